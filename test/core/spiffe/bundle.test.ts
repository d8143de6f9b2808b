import { describe, expect, it } from 'vitest';
import {
  formatSpiffeBundle,
  parseSpiffeBundle,
  parseSpiffeBundleMap,
  type SpiffeBundle,
  SpiffeBundleError,
} from '../../../src/core/spiffe/index.ts';

const bundle: SpiffeBundle = {
  x509Authorities: [Uint8Array.of(0x30, 0), Uint8Array.of(0x30, 1, 5)],
  jwtAuthorities: [{ keyId: 'one', jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'BB' } }],
  sequence: 18446744073709551615n,
  refreshHintSeconds: 300,
};

const formatted = `{
    "keys": [
        {
            "use": "x509-svid",
            "x5c": [
                "MAA="
            ]
        },
        {
            "use": "x509-svid",
            "x5c": [
                "MAEF"
            ]
        },
        {
            "use": "jwt-svid",
            "kid": "one",
            "kty": "EC",
            "crv": "P-256",
            "x": "AA",
            "y": "BB"
        }
    ],
    "spiffe_sequence": 18446744073709551615,
    "spiffe_refresh_hint": 300
}
`;

describe('a SPIFFE bundle', () => {
  it('is written with its 64-bit sequence intact, and read back', () => {
    expect(formatSpiffeBundle(bundle)).toBe(formatted);
    expect(parseSpiffeBundle(formatted)).toEqual(bundle);
    const bare = { ...bundle, sequence: null, refreshHintSeconds: null };
    expect(parseSpiffeBundle(formatSpiffeBundle(bare))).toEqual(bare);
    expect(parseSpiffeBundle(formatSpiffeBundle({ ...bare, sequence: 7n })).sequence).toBe(7n);
  });

  it('may trust nobody', () => {
    expect(parseSpiffeBundle('{"keys": []}')).toMatchObject({ x509Authorities: [], jwtAuthorities: [] });
  });

  it('passes over entries of another use and x509-svid entries without x5c', () => {
    const text = '{"keys": [{"use": "wit-svid", "kid": "a"}, {"use": "x509-svid"}, {"kty": "EC"}]}';
    expect(parseSpiffeBundle(text)).toMatchObject({ x509Authorities: [], jwtAuthorities: [] });
  });

  it.each([
    ['{}', 'keys', 'spiffebundle: no authorities found'],
    ['[]', 'json', 'spiffebundle: document is no object'],
    ['{"keys": [1]}', 'json', 'spiffebundle: entry 0 of JWKS is no object'],
    [
      '{"keys": [{"use": "x509-svid", "x5c": ["MAA=", "MAA="]}]}',
      'x5c',
      'spiffebundle: expected a single certificate in x509-svid entry 0; got 2',
    ],
    [
      '{"keys": [{"use": "x509-svid", "x5c": ["-_"]}]}',
      'certificate',
      'spiffebundle: x509-svid entry 0 holds no base64',
    ],
    [
      '{"keys": [{"use": "jwt-svid", "kty": "EC"}]}',
      'kid',
      'spiffebundle: error adding authority 0 of JWKS: keyID cannot be empty',
    ],
    [
      '{"keys": [], "spiffe_sequence": -1}',
      'sequence',
      'spiffebundle: spiffe_sequence is no non-negative integer',
    ],
    [
      '{"keys": [], "spiffe_sequence": "7"}',
      'sequence',
      'spiffebundle: spiffe_sequence is no non-negative integer',
    ],
    [
      '{"keys": [], "spiffe_refresh_hint": 1.5}',
      'refresh-hint',
      'spiffebundle: spiffe_refresh_hint is no whole number of seconds',
    ],
  ])('is not %s', (text, rule, message) => {
    expect(() => parseSpiffeBundle(text)).toThrow(expect.objectContaining({ rule, message }));
  });

  it('is no JSON that JSON.parse refuses', () => {
    expect(() => parseSpiffeBundle('{')).toThrow(SpiffeBundleError);
  });
});

describe('a SPIFFE bundle map', () => {
  it('holds one bundle for each trust domain', () => {
    const map = parseSpiffeBundleMap(
      `{"trust_domains": {"seoul.test": ${formatted}, "busan.test": {"keys": []}}}`,
    );
    expect([...map.keys()]).toEqual(['seoul.test', 'busan.test']);
    expect(map.get('seoul.test')).toEqual(bundle);
  });

  it('is refused where a member occurs twice', () => {
    const text =
      '{"trust_domains": {"a.test": {"keys": []}, "b.test": {"keys": []}, "a.test": {"keys": []}}}';
    expect(() => parseSpiffeBundleMap(text)).toThrow('spiffebundle: member "a.test" occurs twice');
    const escaped = '{"trust_domains": {"a.test": {"keys": []}, "\\u0061.test": {"keys": []}}}';
    expect(() => parseSpiffeBundleMap(escaped)).toThrow('occurs twice');
  });

  it('lets two objects have members of one name', () => {
    const text = '{"trust_domains": {"a.test": {"keys": [{"use": "x"}, {"use": "x"}]}}}';
    expect(parseSpiffeBundleMap(text).size).toBe(1);
  });

  it('is refused where a name is no trust domain', () => {
    expect(() => parseSpiffeBundleMap('{"trust_domains": {"spiffe://a": {"keys": []}}}')).toThrow(
      'spiffebundle: "spiffe://a" is no trust domain name',
    );
  });
});
