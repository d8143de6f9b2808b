import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import type { CryptoProvider } from '../../../src/core/crypto/index.ts';
import { type Certificate, tlsVerdict, verifySpiffePeer } from '../../../src/core/pki/index.ts';
import { providers } from '../../support/peculiar.ts';
import { type Authority, dns, ext, forge, intermediate, leaf, NOW, root, uri } from './forge.ts';

const order = 'spiffe://cluster.local/ns/shop/sa/order';

const refusals: readonly (readonly [name: string, change: Record<string, Bytes | null>, error: object])[] = [
  [
    'no URI',
    { san: ext.san([dns('order.test')], true) },
    { kind: 'no-uri-san', message: 'could not get leaf SPIFFE ID: certificate contains no URI SAN' },
  ],
  [
    'two URIs',
    { san: ext.san([uri(order), uri('spiffe://cluster.local/ns/shop/sa/db')], true) },
    {
      kind: 'several-uri-sans',
      uris: [order, 'spiffe://cluster.local/ns/shop/sa/db'],
      message: 'could not get leaf SPIFFE ID: certificate contains more than one URI SAN',
    },
  ],
  [
    'a URI that is no SPIFFE ID',
    { san: ext.san([uri('https://cluster.local/x')], true) },
    {
      kind: 'bad-spiffe-id',
      uri: 'https://cluster.local/x',
      rule: 'wrong-scheme',
      position: 0,
      message: 'could not get leaf SPIFFE ID: scheme is missing or invalid',
    },
  ],
  [
    'a CA',
    { basicConstraints: ext.basicConstraints(true) },
    { kind: 'leaf-is-ca', message: 'leaf certificate with CA flag set to true' },
  ],
  [
    'a key that may sign certificates',
    { keyUsage: ext.keyUsage([0, 5]) },
    { kind: 'leaf-may-sign', usage: 'keyCertSign', message: 'leaf certificate with KeyCertSign key usage' },
  ],
  [
    'a key that may sign revocation lists',
    { keyUsage: ext.keyUsage([0, 6]) },
    { kind: 'leaf-may-sign', usage: 'cRLSign', message: 'leaf certificate with KeyCrlSign key usage' },
  ],
  [
    'a trust domain nobody knows',
    { san: ext.san([uri('spiffe://elsewhere.test/x')], true) },
    {
      kind: 'no-bundle',
      trustDomain: 'elsewhere.test',
      known: ['cluster.local', 'other.test'],
      message: 'could not get X509 bundle: x509bundle: no X.509 bundle for trust domain "elsewhere.test"',
    },
  ],
];

describe.each(providers)('a SPIFFE peer on $name', (provider) => {
  it('is verified in go-spiffe’s order', async () => {
    const { top, bundles } = await world(provider);
    const middle = await intermediate(provider, top);
    const chain = [await leaf(provider, middle), middle.certificate];
    const result = await verifySpiffePeer(provider, { chain, bundles, at: NOW });
    expect(result).toMatchObject({ ok: true, spiffeId: order, error: null });
    expect(result.path).toHaveLength(3);
    expect(result.checks.map(({ id }) => id).slice(0, 8)).toEqual([
      'svid.chain',
      'svid.uri',
      'svid.id',
      'svid.notCa',
      'svid.keyCertSign',
      'svid.cRLSign',
      'svid.bundle',
      'path.found',
    ]);
  });

  it.each(refusals)('is refused with %s', async (_name, change, error) => {
    const { top, bundles } = await world(provider);
    const chain = [await leaf(provider, top, { change })];
    const result = await verifySpiffePeer(provider, { chain, bundles, at: NOW });
    expect(result).toMatchObject({ ok: false, spiffeId: null, error });
    expect(result.checks.at(-1)?.ok).toBe(false);
  });

  it('is refused without a chain', async () => {
    const { bundles } = await world(provider);
    const result = await verifySpiffePeer(provider, { chain: [], bundles, at: NOW });
    expect(result).toMatchObject({ ok: false, error: { kind: 'empty-chain' } });
  });

  it('is refused when another trust domain’s CA speaks for it', async () => {
    const { other, bundles } = await world(provider);
    const result = await verifySpiffePeer(provider, {
      chain: [await leaf(provider, other)],
      bundles,
      at: NOW,
    });
    expect(result).toMatchObject({ ok: false, spiffeId: null, error: { kind: 'unknown-issuer', depth: 0 } });
  });

  it('is not asked for its purpose, unless one is given', async () => {
    const { top, bundles } = await world(provider);
    const change = { extKeyUsage: ext.extKeyUsage(['1.3.6.1.5.5.7.3.1']), keyUsage: ext.keyUsage([2]) };
    const peer = { chain: [await leaf(provider, top, { change })], bundles, at: NOW };
    expect((await verifySpiffePeer(provider, peer)).ok).toBe(true);
    const asClient = await verifySpiffePeer(provider, { ...peer, purpose: 'clientAuth' });
    expect(asClient.error).toMatchObject({ kind: 'key-usage-missing', needed: 'digitalSignature' });
    const { certificate } = await forge(provider, {
      subject: '',
      signer: top,
      extensions: [
        ext.extKeyUsage(['1.3.6.1.5.5.7.3.1']),
        ext.san([uri(order)], true),
        ext.aki(top.certificate.ski!),
      ],
    });
    const wrong = await verifySpiffePeer(provider, { ...peer, chain: [certificate], purpose: 'clientAuth' });
    expect(wrong.error).toMatchObject({ kind: 'wrong-purpose', needed: 'clientAuth' });
  });
});

describe('a refusal in BoringSSL’s words', () => {
  const at = { depth: 1, certificate: 'CN=x' };

  it.each([
    [
      { kind: 'unknown-issuer', issuer: '', authorityKeyId: null, sameNameKeyIds: [], ...at },
      20,
      'unable to get local issuer certificate',
      48,
    ],
    [{ kind: 'self-signed-untrusted', ...at }, 19, 'self signed certificate in certificate chain', 48],
    [{ kind: 'self-signed-untrusted', depth: 0, certificate: '' }, 18, 'self signed certificate', 48],
    [
      { kind: 'certificate-expired', notAfter: NOW, at: NOW, depth: 0, certificate: '' },
      10,
      'certificate has expired',
      45,
    ],
    [
      { kind: 'certificate-not-yet-valid', notBefore: NOW, at: NOW, depth: 0, certificate: '' },
      9,
      'certificate is not yet valid',
      45,
    ],
    [{ kind: 'bad-signature', issuer: '', algorithm: '', ...at }, 7, 'certificate signature failure', 51],
    [
      { kind: 'wrong-purpose', needed: 'serverAuth', found: [], ...at },
      26,
      'unsupported certificate purpose',
      43,
    ],
    [{ kind: 'path-too-long', limit: 0, below: 1, ...at }, 25, 'path length constraint exceeded', 48],
    [{ kind: 'key-refused', reason: 'weak', key: '', ...at }, 6, 'unable to decode issuer public key', 42],
    [
      { kind: 'unknown-critical-extension', oid: '', name: '', ...at },
      34,
      'unhandled critical extension',
      46,
    ],
    [
      { kind: 'name-not-permitted', name: '', constraints: [], by: '', ...at },
      47,
      'permitted subtree violation',
      46,
    ],
  ] as const)('%j', (error, code, text, alert) => {
    expect(tlsVerdict(error)).toMatchObject({ code, text, depth: error.depth, alert: { code: alert } });
  });

  it('keeps what is said about a SPIFFE ID', () => {
    expect(tlsVerdict({ kind: 'no-uri-san', message: 'certificate contains no URI SAN' })).toEqual({
      code: null,
      text: 'certificate contains no URI SAN',
      depth: 0,
      alert: { name: 'certificate_unknown', code: 46 },
    });
    expect(tlsVerdict({ kind: 'empty-chain' }).text).toBe('empty cert chain');
  });
});

interface World {
  readonly top: Authority;
  readonly other: Authority;
  readonly bundles: ReadonlyMap<string, readonly Certificate[]>;
}

async function world(provider: CryptoProvider): Promise<World> {
  const [top, other] = [await root(provider), await root(provider, { subject: 'Other' })];
  const bundles = new Map([
    ['cluster.local', [top.certificate]],
    ['other.test', [other.certificate]],
  ]);
  return { top, other, bundles };
}
