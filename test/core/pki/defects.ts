import { nullValue, oid, seq } from '../../../src/core/bytes/der.ts';
import {
  ANY_PURPOSE,
  CLIENT_AUTH,
  dns,
  ext,
  forge,
  intermediate,
  leaf,
  NOW,
  root,
  SERVER_AUTH,
} from './forge.ts';
import { nameDefects } from './name-defects.ts';
import { type Defect, rootAndLeaf, threeTier } from './presented.ts';

const flipLast = (signature: Uint8Array): Uint8Array => {
  const changed = Uint8Array.from(signature);
  changed[changed.length - 1]! ^= 1;
  return changed;
};

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
    build: rootAndLeaf({ change: { ski: null } }, { change: { aki: ext.aki('aa') } }),
    error: { kind: 'malformed-certificate', rule: 'key-identifier', depth: 1 },
    openssl: 86,
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
  ...nameDefects,
];
