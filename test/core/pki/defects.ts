import { contextConstructed, contextPrimitive, nullValue, oid, seq } from '../../../src/core/bytes/der.ts';
import type { CryptoProvider } from '../../../src/core/crypto/index.ts';
import type { ChainError, ChainToVerify } from '../../../src/core/pki/index.ts';
import { encodeExtension } from '../../../src/core/pki/extension.ts';
import {
  ANY_PURPOSE,
  CLIENT_AUTH,
  directory,
  dns,
  email,
  ext,
  forge,
  intermediate,
  ip,
  leaf,
  NOW,
  root,
  SERVER_AUTH,
  uri,
} from './forge.ts';

/** A chain with one thing wrong, what we say of it, and the code OpenSSL gives it (null: it accepts the chain). */
export interface Defect {
  readonly name: string;
  readonly build: (provider: CryptoProvider) => Promise<Presented>;
  readonly error: Partial<ChainError>;
  readonly openssl: number | null;
}

export type Presented = Pick<ChainToVerify, 'chain' | 'roots'> & Partial<ChainToVerify>;

/** Fills in the time and the purpose a test does not care about. */
export function present(presented: Presented): ChainToVerify {
  return { at: NOW, purpose: 'serverAuth', ...presented };
}

const rootAndLeaf =
  (rootChanges: Parameters<typeof root>[1], leafChanges: Parameters<typeof leaf>[2] = {}) =>
  async (provider: CryptoProvider): Promise<Presented> => {
    const top = await root(provider, rootChanges);
    return { chain: [await leaf(provider, top, leafChanges)], roots: [top.certificate] };
  };

const threeTier =
  (
    intermediateChanges: Parameters<typeof intermediate>[2],
    leafChanges: Parameters<typeof leaf>[2] = {},
    rootChanges: Parameters<typeof root>[1] = {},
  ) =>
  async (provider: CryptoProvider): Promise<Presented> => {
    const top = await root(provider, rootChanges);
    const middle = await intermediate(provider, top, intermediateChanges);
    return {
      chain: [await leaf(provider, middle, leafChanges), middle.certificate],
      roots: [top.certificate],
    };
  };

const withSan = (...names: Parameters<typeof ext.san>[0]) => ({ change: { san: ext.san(names, true) } });
const constrained = (...permitted: Parameters<typeof ext.nameConstraints>[0]) => ({
  change: { nameConstraints: ext.nameConstraints(permitted) },
});
const excluding = (...excluded: Parameters<typeof ext.nameConstraints>[0]) => ({
  change: { nameConstraints: ext.nameConstraints([], excluded) },
});

const flipLast = (signature: Uint8Array): Uint8Array => {
  const changed = Uint8Array.from(signature);
  changed[changed.length - 1]! ^= 1;
  return changed;
};

/** Permits `cluster.local` with `minimum [0] 1`. */
const withMinimum = encodeExtension(
  '2.5.29.30',
  true,
  seq(contextConstructed(0, seq(uri('cluster.local'), contextPrimitive(0, Uint8Array.of(1))))),
);

const sha1Ecdsa = seq(oid('1.2.840.10045.4.1'));
const ecdsaSha512 = seq(oid('1.2.840.10045.4.3.4'));

export const defects: readonly Defect[] = [
  {
    name: 'intermediate missing',
    build: async (provider) => {
      const presented = await threeTier({})(provider);
      return { ...presented, chain: presented.chain.slice(0, 1) };
    },
    error: { kind: 'unknown-issuer', depth: 0, issuer: 'CN=Intermediate' },
    openssl: 20,
  },
  {
    name: 'a root of the same name with another key',
    build: async (provider) => {
      const top = await root(provider);
      const stranger = await root(provider);
      return { chain: [await leaf(provider, top)], roots: [stranger.certificate] };
    },
    error: { kind: 'unknown-issuer', depth: 0, issuer: 'CN=Root' },
    openssl: 20,
  },
  {
    name: 'self-signed leaf',
    build: async (provider) => {
      const alone = await forge(provider, { subject: 'alone', extensions: [ext.san([dns('alone.test')])] });
      return { chain: [alone.certificate], roots: [(await root(provider)).certificate] };
    },
    error: { kind: 'self-signed-untrusted', depth: 0 },
    openssl: 18,
  },
  {
    name: 'the root is sent but not trusted',
    build: async (provider) => {
      const top = await root(provider);
      const other = await root(provider, { subject: 'Other root' });
      return { chain: [await leaf(provider, top), top.certificate], roots: [other.certificate] };
    },
    error: { kind: 'self-signed-untrusted', depth: 1, certificate: 'CN=Root' },
    openssl: 19,
  },
  {
    name: 'no roots at all',
    build: async (provider) => ({ ...(await rootAndLeaf({})(provider)), roots: [] }),
    error: { kind: 'unknown-issuer', depth: 0 },
    openssl: 20,
  },
  {
    name: 'leaf signature broken',
    build: rootAndLeaf({}, { tamper: flipLast }),
    error: { kind: 'bad-signature', depth: 0, issuer: 'CN=Root', algorithm: 'ecdsa-with-SHA256' },
    openssl: 7,
  },
  {
    name: 'intermediate signature broken',
    build: threeTier({ tamper: flipLast }),
    error: { kind: 'bad-signature', depth: 1 },
    openssl: 7,
  },
  {
    name: 'signature that is no DER',
    build: rootAndLeaf({}, { tamper: () => Uint8Array.of(1, 2, 3) }),
    error: { kind: 'bad-signature', depth: 0 },
    openssl: 7,
  },
  {
    name: 'algorithms inside and outside differ',
    build: rootAndLeaf({}, { innerAlgorithm: ecdsaSha512 }),
    error: { kind: 'signature-algorithm-mismatch', inner: 'ecdsa-with-SHA512', outer: 'ecdsa-with-SHA256' },
    openssl: 78,
  },
  {
    name: 'signed with SHA-1',
    build: rootAndLeaf({}, { innerAlgorithm: sha1Ecdsa, outerAlgorithm: sha1Ecdsa }),
    error: { kind: 'signature-algorithm-refused', reason: 'weak', algorithm: 'ecdsa-with-SHA1' },
    openssl: 7,
  },
  {
    name: 'RSA algorithm announced for an EC key',
    build: rootAndLeaf(
      {},
      {
        innerAlgorithm: seq(oid('1.2.840.113549.1.1.11'), nullValue()),
        outerAlgorithm: seq(oid('1.2.840.113549.1.1.11'), nullValue()),
      },
    ),
    error: { kind: 'signature-algorithm-refused', reason: 'wrong-key', algorithm: 'sha256WithRSAEncryption' },
    openssl: 20,
  },
  {
    name: 'unknown signature algorithm',
    build: rootAndLeaf({}, { innerAlgorithm: seq(oid('1.2.3.4')), outerAlgorithm: seq(oid('1.2.3.4')) }),
    error: { kind: 'signature-algorithm-refused', reason: 'unknown', algorithm: '1.2.3.4' },
    openssl: 20,
  },
  {
    name: 'leaf expired',
    build: rootAndLeaf({}, { notAfter: '2026-03-02T11:59:59Z' }),
    error: { kind: 'certificate-expired', depth: 0, notAfter: new Date('2026-03-02T11:59:59Z'), at: NOW },
    openssl: 10,
  },
  {
    name: 'leaf not yet valid',
    build: rootAndLeaf({}, { notBefore: '2026-03-02T12:00:01Z' }),
    error: {
      kind: 'certificate-not-yet-valid',
      depth: 0,
      notBefore: new Date('2026-03-02T12:00:01Z'),
      at: NOW,
    },
    openssl: 9,
  },
  {
    name: 'intermediate expired',
    build: threeTier({ notAfter: '2026-03-02T10:00:00Z' }),
    error: { kind: 'certificate-expired', depth: 1 },
    openssl: 10,
  },
  {
    name: 'root expired',
    build: rootAndLeaf({ notAfter: '2026-03-02T10:00:00Z' }),
    error: { kind: 'certificate-expired', depth: 1, certificate: 'CN=Root' },
    openssl: 10,
  },
  {
    name: 'intermediate without CA:TRUE',
    build: threeTier({
      change: { basicConstraints: ext.basicConstraints(false), keyUsage: ext.keyUsage([0]) },
    }),
    error: { kind: 'not-a-ca', reason: 'ca-false', depth: 1 },
    openssl: 79,
  },
  {
    name: 'intermediate without basicConstraints',
    build: threeTier({ change: { basicConstraints: null } }),
    error: { kind: 'not-a-ca', reason: 'no-basic-constraints', depth: 1 },
    openssl: 79,
  },
  {
    name: 'version 1 intermediate',
    build: threeTier(
      { version: null, change: { basicConstraints: null, keyUsage: null, ski: null, aki: null } },
      { change: { aki: null } },
    ),
    error: { kind: 'not-a-ca', reason: 'version', depth: 1 },
    openssl: 85,
  },
  {
    name: 'intermediate whose key may not sign certificates',
    build: threeTier({ change: { keyUsage: ext.keyUsage([0, 6]) } }),
    error: {
      kind: 'key-usage-missing',
      needed: 'keyCertSign',
      found: ['digitalSignature', 'cRLSign'],
      depth: 1,
    },
    openssl: 79,
  },
  {
    name: 'two intermediates below path length 0',
    build: async (provider) => {
      const top = await root(provider);
      const first = await intermediate(provider, top, { subject: 'First', pathLen: 0 });
      const second = await intermediate(provider, first, { subject: 'Second' });
      const end = await leaf(provider, second);
      return { chain: [end, second.certificate, first.certificate], roots: [top.certificate] };
    },
    error: { kind: 'path-too-long', depth: 1, certificate: 'CN=Second' },
    openssl: 25,
  },
  {
    name: 'intermediate below a root of path length 0',
    build: threeTier({}, {}, { pathLen: 0 }),
    error: { kind: 'path-too-long', depth: 1 },
    openssl: 25,
  },
  {
    name: 'server leaf used as a client',
    build: async (provider) => ({
      ...(await rootAndLeaf({}, { change: { extKeyUsage: ext.extKeyUsage([SERVER_AUTH]) } })(provider)),
      purpose: 'clientAuth',
    }),
    error: { kind: 'wrong-purpose', needed: 'clientAuth', found: ['serverAuth'], depth: 0 },
    openssl: 26,
  },
  {
    name: 'any purpose instead of the one needed',
    build: rootAndLeaf({}, { change: { extKeyUsage: ext.extKeyUsage([ANY_PURPOSE]) } }),
    error: { kind: 'wrong-purpose', found: ['anyExtendedKeyUsage'] },
    openssl: 26,
  },
  {
    name: 'intermediate limited to clients',
    build: threeTier({ change: { extKeyUsage: ext.extKeyUsage([CLIENT_AUTH]) } }),
    error: { kind: 'wrong-purpose', needed: 'serverAuth', depth: 1 },
    openssl: 26,
  },
  {
    name: 'unknown critical extension in the leaf',
    build: rootAndLeaf({}, { change: { unknown: ext.unknown(true) } }),
    error: { kind: 'unknown-critical-extension', oid: '1.3.6.1.4.1.99999.1', depth: 0 },
    openssl: 34,
  },
  {
    name: 'unknown critical extension in the intermediate',
    build: threeTier({ change: { unknown: ext.unknown(true) } }),
    error: { kind: 'unknown-critical-extension', depth: 1 },
    openssl: 34,
  },
  {
    name: 'extension twice',
    build: rootAndLeaf({}, { change: { again: ext.keyUsage([0]) } }),
    error: { kind: 'malformed-certificate', rule: 'duplicate-extension', found: 'keyUsage' },
    openssl: 20,
  },
  {
    name: 'extensions in a version 1 certificate',
    build: rootAndLeaf({}, { version: null }),
    error: { kind: 'malformed-certificate', rule: 'version' },
    openssl: 93,
  },
  {
    name: 'empty subject without a critical SAN',
    build: rootAndLeaf({}, { change: { san: ext.san([dns('order.test')], false) } }),
    error: { kind: 'malformed-certificate', rule: 'subject-empty', found: 'subjectAltName is not critical' },
    openssl: 88,
  },
  {
    name: 'leaf without an authority key identifier',
    build: rootAndLeaf({}, { change: { aki: null } }),
    error: { kind: 'malformed-certificate', rule: 'key-identifier', depth: 0 },
    openssl: 85,
  },
  {
    name: 'CA without a subject key identifier',
    build: rootAndLeaf({ change: { ski: null } }),
    error: { kind: 'malformed-certificate', rule: 'key-identifier', depth: 1 },
    openssl: 85,
  },
  {
    name: 'CA whose basicConstraints are not critical',
    build: rootAndLeaf({ change: { basicConstraints: ext.basicConstraints(true, null, false) } }),
    error: { kind: 'malformed-certificate', rule: 'extension-criticality', depth: 1 },
    openssl: 89,
  },
  {
    name: 'serial number zero',
    build: rootAndLeaf({}, { serial: Uint8Array.of(0) }),
    error: { kind: 'malformed-certificate', rule: 'serial-number' },
    openssl: null,
  },
  {
    name: 'serial number of 21 octets',
    build: rootAndLeaf({}, { serial: new Uint8Array(20).fill(0xff) }),
    error: { kind: 'malformed-certificate', rule: 'serial-number' },
    openssl: null,
  },
  {
    name: 'URI outside the permitted host',
    build: threeTier(constrained(uri('dev.local'))),
    error: {
      kind: 'name-not-permitted',
      name: 'spiffe://cluster.local/ns/shop/sa/order',
      constraints: ['URI:dev.local'],
      by: 'CN=Intermediate',
      depth: 0,
    },
    openssl: 47,
  },
  {
    name: 'URI constraint with a leading dot does not admit the host itself',
    build: threeTier(constrained(uri('.cluster.local'))),
    error: { kind: 'name-not-permitted', constraints: ['URI:.cluster.local'] },
    openssl: 47,
  },
  {
    name: 'URI constraint is no suffix',
    build: threeTier(constrained(uri('local'))),
    error: { kind: 'name-not-permitted', constraints: ['URI:local'] },
    openssl: 47,
  },
  {
    name: 'URI in the excluded host',
    build: threeTier(excluding(uri('cluster.local'))),
    error: { kind: 'name-excluded', constraints: ['URI:cluster.local'] },
    openssl: 48,
  },
  {
    name: 'trust domain with an underscore under a URI constraint',
    build: threeTier(constrained(uri('cluster.local')), withSan(uri('spiffe://my_domain/ns/a/sa/b'))),
    error: { kind: 'name-constraint-unusable', name: 'spiffe://my_domain/ns/a/sa/b' },
    openssl: 47,
  },
  {
    name: 'trust domain that is an address under a URI constraint',
    build: threeTier(excluding(uri('cluster.local')), withSan(uri('spiffe://10.1.2.3/ns/a/sa/b'))),
    error: { kind: 'name-constraint-unusable' },
    openssl: null,
  },
  {
    name: 'URI without a host under a URI constraint',
    build: threeTier(constrained(uri('cluster.local')), withSan(uri('urn:uuid:1'))),
    error: { kind: 'name-constraint-unusable', name: 'urn:uuid:1' },
    openssl: 53,
  },
  {
    name: 'DNS name outside the permitted domain',
    build: threeTier(constrained(dns('shop.test')), withSan(dns('orders.test'))),
    error: { kind: 'name-not-permitted', constraints: ['DNS:shop.test'] },
    openssl: 47,
  },
  {
    name: 'DNS name that only ends like the permitted domain',
    build: threeTier(constrained(dns('shop.test')), withSan(dns('myshop.test'))),
    error: { kind: 'name-not-permitted' },
    openssl: 47,
  },
  {
    name: 'one of two names outside',
    build: threeTier(constrained(dns('shop.test')), withSan(dns('a.shop.test'), dns('b.test'))),
    error: { kind: 'name-not-permitted', name: 'b.test' },
    openssl: 47,
  },
  {
    name: 'DNS name in the excluded domain',
    build: threeTier(excluding(dns('shop.test')), withSan(dns('a.shop.test'))),
    error: { kind: 'name-excluded', name: 'a.shop.test' },
    openssl: 48,
  },
  {
    name: 'wildcard that covers an excluded name',
    build: threeTier(excluding(dns('bar.shop.test')), withSan(dns('*.shop.test'))),
    error: { kind: 'name-excluded', name: '*.shop.test' },
    openssl: null,
  },
  {
    name: 'address outside the permitted network',
    build: threeTier(constrained(ip(10, 1, 0, 0, 255, 255, 0, 0)), withSan(ip(10, 2, 0, 1))),
    error: { kind: 'name-not-permitted', name: '10.2.0.1', constraints: ['IP:10.1.0.0/255.255.0.0'] },
    openssl: 47,
  },
  {
    name: 'e-mail address outside the permitted host',
    build: threeTier(constrained(email('shop.test')), withSan(email('ann@other.test'))),
    error: { kind: 'name-not-permitted', name: 'ann@other.test' },
    openssl: 47,
  },
  {
    name: 'subject outside the permitted directory',
    build: threeTier(constrained(directory('shop')), { subject: 'other' }),
    error: { kind: 'name-not-permitted', name: 'CN=other', constraints: ['DirName:CN=shop'] },
    openssl: 47,
  },
  {
    name: 'constraint on the root',
    build: rootAndLeaf(constrained(uri('dev.local'))),
    error: { kind: 'name-not-permitted', by: 'CN=Root' },
    openssl: 47,
  },
  {
    name: 'an intermediate narrows and the root would admit',
    build: threeTier(
      constrained(uri('a.test')),
      withSan(uri('spiffe://b.test/x')),
      constrained(uri('a.test'), uri('b.test')),
    ),
    error: { kind: 'name-not-permitted', by: 'CN=Intermediate' },
    openssl: 47,
  },
  {
    name: 'an intermediate cannot widen what the root permits',
    build: threeTier(
      constrained(uri('a.test'), uri('b.test')),
      withSan(uri('spiffe://b.test/x')),
      constrained(uri('a.test')),
    ),
    error: { kind: 'name-not-permitted', by: 'CN=Root' },
    openssl: 47,
  },
  {
    name: 'weak RSA key in the leaf',
    build: async (provider) => {
      const top = await root(provider);
      const pair = await provider.subtle.generateKey(
        {
          name: 'RSASSA-PKCS1-v1_5',
          hash: 'SHA-256',
          modulusLength: 1024,
          publicExponent: Uint8Array.of(1, 0, 1),
        },
        true,
        ['sign', 'verify'],
      );
      const spki = new Uint8Array(await provider.subtle.exportKey('spki', pair.publicKey));
      const end = await leaf(provider, top, { key: { ...pair, keyType: 'rsa-2048', spki } });
      return { chain: [end], roots: [top.certificate] };
    },
    error: { kind: 'key-refused', reason: 'weak', key: 'RSA 1024', depth: 0 },
    openssl: null,
  },
  {
    name: 'distances in a name constraint',
    build: threeTier({ change: { nameConstraints: withMinimum } }),
    error: { kind: 'name-constraint-unusable', reason: 'a subtree has a minimum or maximum' },
    openssl: 49,
  },
];
