import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  serviceAccountOf,
  SpiffeId,
  SpiffeIdError,
  type SpiffeIdRule,
  TrustDomain,
} from '../../../src/core/spiffe/index.ts';

const trustDomainText =
  'trust domain characters are limited to lowercase letters, numbers, dots, dashes, and underscores';
const pathText = 'path segment characters are limited to letters, numbers, dots, dashes, and underscores';

const refused: readonly (readonly [text: string, rule: SpiffeIdRule, position: number, message: string])[] = [
  ['', 'empty', 0, 'cannot be empty'],
  ['http://td/x', 'wrong-scheme', 0, 'scheme is missing or invalid'],
  ['SPIFFE://td', 'wrong-scheme', 0, 'scheme is missing or invalid'],
  ['spiffe:/td', 'wrong-scheme', 0, 'scheme is missing or invalid'],
  ['td/x', 'wrong-scheme', 0, 'scheme is missing or invalid'],
  [' spiffe://td', 'wrong-scheme', 0, 'scheme is missing or invalid'],
  ['spiffe://', 'missing-trust-domain', 9, 'trust domain is missing'],
  ['spiffe:///x', 'missing-trust-domain', 9, 'trust domain is missing'],
  ['spiffe://Example.org', 'trust-domain-character', 9, trustDomainText],
  ['spiffe://td:80', 'trust-domain-character', 11, trustDomainText],
  ['spiffe://u@td', 'trust-domain-character', 10, trustDomainText],
  ['spiffe://td?x', 'trust-domain-character', 11, trustDomainText],
  ['spiffe://td%20/x', 'trust-domain-character', 11, trustDomainText],
  ['spiffe://[::1]/x', 'trust-domain-character', 9, trustDomainText],
  ['spiffe://태그/x', 'trust-domain-character', 9, trustDomainText],
  [`spiffe://${'a'.repeat(256)}/x`, 'trust-domain-too-long', 264, 'trust domain is longer than 255 bytes'],
  ['spiffe://td/a%20b', 'path-character', 13, pathText],
  ['spiffe://td/a?q', 'path-character', 13, pathText],
  ['spiffe://td/a#f', 'path-character', 13, pathText],
  ['spiffe://td/é', 'path-character', 12, pathText],
  ['spiffe://td//x', 'empty-segment', 12, 'path cannot contain empty segments'],
  ['spiffe://td/x//', 'empty-segment', 14, 'path cannot contain empty segments'],
  ['spiffe://td/./x', 'dot-segment', 12, 'path cannot contain dot segments'],
  ['spiffe://td/..', 'dot-segment', 12, 'path cannot contain dot segments'],
  ['spiffe://td/', 'trailing-slash', 11, 'path cannot have a trailing slash'],
  ['spiffe://td/x/', 'trailing-slash', 13, 'path cannot have a trailing slash'],
  [`spiffe://td/${'a'.repeat(2037)}`, 'too-long', 2048, 'SPIFFE ID is longer than 2048 bytes'],
];

describe('a SPIFFE ID', () => {
  it.each(refused)('is not %j: %s', (text, rule, position, message) => {
    const result = SpiffeId.parse(text);
    expect(result.ok ? null : { ...result.error, message: result.error.message }).toMatchObject({
      rule,
      position,
      message,
      input: text,
    });
    expect(() => SpiffeId.fromString(text)).toThrow(SpiffeIdError);
  });

  it.each([
    ['spiffe://td', 'td', [], null],
    ['spiffe://td/...', 'td', ['...'], null],
    ['spiffe://10.1.2.3/x', '10.1.2.3', ['x'], null],
    ['spiffe://my_domain.1-a/A.b_C-9', 'my_domain.1-a', ['A.b_C-9'], null],
    [
      'spiffe://cluster.local/ns/shop/sa/order',
      'cluster.local',
      ['ns', 'shop', 'sa', 'order'],
      { namespace: 'shop', serviceAccount: 'order' },
    ],
    ['spiffe://td/ns/shop/sa/order/x', 'td', ['ns', 'shop', 'sa', 'order', 'x'], null],
    ['spiffe://td/sa/order/ns/shop', 'td', ['sa', 'order', 'ns', 'shop'], null],
  ])('is %s', (text, trustDomain, segments, account) => {
    const id = SpiffeId.fromString(text);
    expect(id.toString()).toBe(text);
    expect(id.trustDomain.name).toBe(trustDomain);
    expect(id.segments).toEqual(segments);
    expect(serviceAccountOf(id)).toEqual(account);
    expect(id.memberOf(trustDomain)).toBe(true);
    expect(id.memberOf(TrustDomain.fromString('elsewhere'))).toBe(false);
  });

  it('may have 2048 bytes, 255 of them the trust domain', () => {
    const id = `spiffe://${'a'.repeat(255)}/${'b'.repeat(2048 - 265)}`;
    expect(id).toHaveLength(2048);
    expect(SpiffeId.parse(id).ok).toBe(true);
  });

  it('equals another exactly where the texts are equal', () => {
    const id = SpiffeId.fromString('spiffe://td/ns/a/sa/b');
    expect(id.equals(SpiffeId.forServiceAccount('td', 'a', 'b'))).toBe(true);
    expect(id.equals(SpiffeId.fromString('spiffe://td/ns/a/sa/B'))).toBe(false);
  });

  it('for a service account refuses names that no ID can have', () => {
    expect(() => SpiffeId.forServiceAccount('td', 'a b', 'c')).toThrow(SpiffeIdError);
    expect(() => SpiffeId.forServiceAccount('td', '', 'c')).toThrow('path cannot contain empty segments');
  });

  it('is read back as it was written (any text)', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((rest) => `spiffe://td${rest}`),
        ),
        (text) => {
          const result = SpiffeId.parse(text);
          if (!result.ok) return result.error.position >= 0 && result.error.position <= text.length;
          const { trustDomain, path } = result.id;
          return `spiffe://${trustDomain.name}${path}` === text && result.id.toString() === text;
        },
      ),
    );
  });

  it('is built from any legal segments', () => {
    const segment = fc.stringMatching(/^[a-zA-Z0-9._-]+$/).filter((text) => text !== '.' && text !== '..');
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), (segments) => {
        const text = ['spiffe://td', ...segments].join('/');
        expect(SpiffeId.fromString(text).segments).toEqual(segments);
      }),
    );
  });
});

describe('a trust domain', () => {
  it('is read from its name or from an ID', () => {
    expect(TrustDomain.fromString('cluster.local').id).toBe('spiffe://cluster.local');
    const fromId = TrustDomain.fromString('spiffe://cluster.local/ns/a/sa/b');
    expect(fromId.equals(TrustDomain.fromString('cluster.local'))).toBe(true);
    expect(String(fromId)).toBe('cluster.local');
  });

  it.each([
    ['', 'missing-trust-domain'],
    ['Cluster.local', 'trust-domain-character'],
    ['a/b', 'trust-domain-character'],
    ['http://a', 'wrong-scheme'],
    ['a'.repeat(256), 'trust-domain-too-long'],
  ])('is not %j: %s', (text, rule) => {
    expect(TrustDomain.parse(text)).toMatchObject({ ok: false, error: { rule } });
  });
});
