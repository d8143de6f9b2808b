import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/core/bytes/hex.ts';
import { type CryptoProvider, nativeCrypto, randomBytes } from '../../../src/core/crypto/index.ts';
import {
  type Certificate,
  checkSigner,
  createIntermediateCa,
  createSelfSignedRoot,
  issueWorkloadCertificate,
  issuingChain,
  keyIdentifier,
  type KeyType,
  parseCertificate,
  type SigningCa,
  verifyChain,
} from '../../../src/core/pki/index.ts';
import { providers } from '../../support/peculiar.ts';
import { leaf, root } from './forge.ts';
import { quickKeyTypes, sharedKey } from './keys.ts';

const now = new Date('2026-03-02T09:00:00.750Z');
const spiffeId = 'spiffe://cluster.local/ns/shop/sa/order';
const DAY_MS = 86_400_000;

describe.each(providers)('on $name', (provider) => {
  describe.each(quickKeyTypes)('a self-signed root of istiod, %s', (keyType) => {
    it('says what istiod’s says', async () => {
      const { certificate, roots, chain } = await rootOf(provider, keyType);
      expect(certificate).toMatchObject({
        version: 3,
        serialNumber: 'f1020304',
        notBefore: new Date('2026-03-02T09:00:00Z'),
        notAfter: new Date('2036-02-28T09:00:00Z'),
        keyUsage: ['keyCertSign'],
        extKeyUsage: null,
        basicConstraints: { ca: true, pathLen: null },
        aki: null,
        subjectAltNames: [],
        isSelfIssued: true,
        keyType,
      });
      expect(certificate.issuer.toString()).toBe('O=cluster.local');
      expect(certificate.subject.toString()).toBe('O=cluster.local');
      expect(certificate.ski).toBe(await keyIdentifier(provider, certificate.spki));
      expect(shapeOf(certificate)).toEqual(['keyUsage!', 'basicConstraints!', 'subjectKeyIdentifier']);
      expect(certificate.signatureAlgorithm.name).toBe(SIGNATURES[keyType]);
      expect(roots).toEqual([certificate]);
      expect(chain).toEqual([]);
    });

    it('is what @peculiar/x509 writes of the same, byte for byte but for the signature', async () => {
      const { certificate } = await rootOf(provider, keyType);
      await agrees(provider, certificate, certificate);
      const theirs = await writtenByPeculiar(provider, keyType, certificate);
      expect(toHex(certificate.tbs)).toBe(toHex(theirs.tbs));
      expect(theirs.signatureAlgorithm).toEqual(certificate.signatureAlgorithm);
    });
  });

  const pairs = quickKeyTypes.flatMap((ca) => quickKeyTypes.map((workload) => ({ ca, workload })));

  it.each(pairs)('a workload certificate has istiod’s profile: CA $ca, workload $workload', async (kinds) => {
    const ca = await rootOf(provider, kinds.ca);
    const certificate = await issue(provider, ca, kinds.workload);
    expect(certificate).toMatchObject({
      version: 3,
      serialNumber: '9f0102030405060708090a0b0c0d0e0f',
      notBefore: new Date('2026-03-02T08:58:00Z'),
      notAfter: new Date('2026-03-03T09:00:00Z'),
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      extKeyUsage: ['serverAuth', 'clientAuth'],
      basicConstraints: { ca: false, pathLen: null },
      ski: null,
      aki: ca.certificate.ski,
      uris: [spiffeId],
      keyType: kinds.workload,
    });
    expect(certificate.subject.isEmpty).toBe(true);
    expect(certificate.issuer.der).toEqual(ca.certificate.subject.der);
    expect(shapeOf(certificate)).toEqual([
      'keyUsage!',
      'extKeyUsage',
      'basicConstraints!',
      'authorityKeyIdentifier',
      'subjectAltName!',
    ]);
    expect(certificate.signatureAlgorithm.name).toBe(SIGNATURES[kinds.ca]);
    const verdict = await verifyChain(provider, {
      chain: [certificate],
      roots: ca.roots,
      at: now,
      purpose: 'clientAuth',
    });
    expect(verdict.error).toBeNull();
  });

  it.each(pairs)(
    '@peculiar/x509 agrees about a workload certificate: CA $ca, workload $workload',
    async (kinds) => {
      const ca = await rootOf(provider, kinds.ca);
      const certificate = await issue(provider, ca, kinds.workload);
      await agrees(provider, certificate, ca.certificate);
    },
  );

  it.each(quickKeyTypes)('@peculiar/x509 agrees about an intermediate: %s', async (keyType) => {
    const ca = await rootOf(provider, 'ecdsa-p256');
    const middle = await intermediateOf(provider, ca, keyType);
    await agrees(provider, middle.certificate, ca.certificate);
    await agrees(provider, await issue(provider, middle, 'ecdsa-p256'), middle.certificate);
  });

  it('@peculiar/x509 builds the same chain', async () => {
    const ca = await rootOf(provider, 'ecdsa-p256');
    const middle = await intermediateOf(provider, ca, 'ecdsa-p384');
    const end = await issue(provider, middle, 'ecdsa-p256');
    const builder = new x509.X509ChainBuilder({
      certificates: [middle.certificate, ca.certificate].map(({ der }) => new x509.X509Certificate(der)),
    });
    const chain = await builder.build(new x509.X509Certificate(end.der), asCrypto(provider));
    expect([...chain].map(({ serialNumber }) => serialNumber)).toHaveLength(3);
  });
});

describe('issuing', () => {
  it('ends with the signing certificate', async () => {
    const short = await rootOf(nativeCrypto, 'ecdsa-p256', 3_600_000);
    const certificate = await issue(nativeCrypto, short, 'ecdsa-p256');
    expect(certificate.notAfter).toEqual(short.certificate.notAfter);
    expect(certificate.notAfter).toEqual(new Date('2026-03-02T10:00:00Z'));
  });

  it('is refused by an expired signing certificate, in istiod’s words', async () => {
    const { certificate } = await rootOf(nativeCrypto, 'ecdsa-p256', 3_600_000);
    expect(checkSigner(certificate, new Date('2026-03-02T09:59:59Z'))).toBeNull();
    expect(checkSigner(certificate, new Date('2026-03-02T10:00:00Z'))).toEqual({
      kind: 'signer-expired',
      grpcCode: 13,
      grpcName: 'Internal',
      metricLabel: 'CERT_GEN_ERROR',
      message: 'CSR signing error (signing certificate has expired at 2026-03-02 10:00:00 +0000 UTC)',
    });
  });

  it('leaves the AKI out where the signing certificate has no SKI', async () => {
    const old = await root(nativeCrypto, { change: { ski: null } });
    const ca = { certificate: old.certificate, keyPair: old.key, chain: [], roots: [old.certificate] };
    const certificate = await issue(nativeCrypto, ca, 'ecdsa-p256');
    expect(certificate.aki).toBeNull();
    expect(shapeOf(certificate)).toEqual([
      'keyUsage!',
      'extKeyUsage',
      'basicConstraints!',
      'subjectAltName!',
    ]);
  });

  it.each([
    [spiffeId, `CN=${spiffeId}`],
    ['a'.repeat(64), `CN=${'a'.repeat(64)}`],
    ['a'.repeat(65), ''],
    [null, ''],
  ])('names the subject only for a CSR that had a name: %s', async (commonName, subject) => {
    const ca = await rootOf(nativeCrypto, 'ecdsa-p256');
    const { spki } = await sharedKey(nativeCrypto, 'ecdsa-p256');
    const request = { spki, spiffeId, commonName, now, ttlMs: DAY_MS, serial: randomBytes(nativeCrypto, 16) };
    const certificate = await issueWorkloadCertificate(nativeCrypto, ca, request);
    expect(certificate.subject.toString()).toBe(subject);
  });

  it('writes dates from 2050 on as GeneralizedTime', async () => {
    const ca = await rootOf(nativeCrypto, 'ecdsa-p256', 40 * 365 * DAY_MS);
    const { spki } = await sharedKey(nativeCrypto, 'ecdsa-p256');
    const lastSecond = new Date('2049-12-31T23:59:59Z');
    const request = { spki, spiffeId, now: lastSecond, ttlMs: 1000, serial: Uint8Array.of(1) };
    const certificate = await issueWorkloadCertificate(nativeCrypto, ca, request);
    const text = new TextDecoder('latin1').decode(certificate.der);
    expect(text).toContain('\x17\x0d491231235759Z\x18\x0f20500101000000Z');
    expect(certificate.notAfter).toEqual(new Date('2050-01-01T00:00:00Z'));
    expect(ca.certificate.notAfter.getUTCFullYear()).toBe(2066);
    await agrees(nativeCrypto, certificate, ca.certificate);
  });

  it.each([
    [Uint8Array.of(0, 0, 7), '7'],
    [Uint8Array.of(0x80), '80'],
    [new Uint8Array(16).fill(0xff), 'f'.repeat(32)],
  ])('keeps the serial number positive: %s', async (serial, hex) => {
    const ca = await rootOf(nativeCrypto, 'ecdsa-p256');
    const { spki } = await sharedKey(nativeCrypto, 'ecdsa-p256');
    const certificate = await issueWorkloadCertificate(nativeCrypto, ca, {
      spki,
      spiffeId,
      now,
      ttlMs: 1000,
      serial,
    });
    expect(certificate.serialNumber).toBe(hex);
    const again = await createSelfSignedRoot(nativeCrypto, {
      organization: 'a',
      keyType: 'ecdsa-p256',
      now,
      serial,
    });
    expect(again.certificate.serialNumber).toBe(hex);
  });

  it.each([[new Uint8Array(0)], [new Uint8Array(16)], [new Uint8Array(17).fill(1)]])(
    'takes no serial number of %s',
    async (serial) => {
      const ca = await rootOf(nativeCrypto, 'ecdsa-p256');
      const { spki } = await sharedKey(nativeCrypto, 'ecdsa-p256');
      const request = { spki, spiffeId, now, ttlMs: 1000, serial };
      await expect(issueWorkloadCertificate(nativeCrypto, ca, request)).rejects.toMatchObject({
        rule: 'certificate.serial',
      });
    },
  );
});

describe('a CA', () => {
  it('renewed with the key it had verifies the leaves of before', async () => {
    const before = await rootOf(nativeCrypto, 'ecdsa-p256');
    const end = await issue(nativeCrypto, before, 'ecdsa-p256');
    const after = await createSelfSignedRoot(nativeCrypto, {
      organization: 'cluster.local',
      keyPair: before.keyPair,
      now: new Date('2026-03-02T12:00:00Z'),
      serial: Uint8Array.of(9),
    });
    expect(after.certificate.ski).toBe(before.certificate.ski);
    const at = new Date('2026-03-02T13:00:00Z');
    const result = await verifyChain(nativeCrypto, {
      chain: [end],
      roots: after.roots,
      at,
      purpose: 'serverAuth',
    });
    expect(result.error).toBeNull();
  });

  it('of a trust domain with an underscore is named by UTF8String, as Go does', async () => {
    const { certificate } = await createSelfSignedRoot(nativeCrypto, {
      organization: 'my_domain',
      keyType: 'ecdsa-p256',
      now,
      serial: Uint8Array.of(1),
    });
    expect(toHex(certificate.subject.der)).toBe('30143112301006035504' + '0a0c096d795f646f6d61696e');
  });

  it('below a root limits itself to a trust domain', async () => {
    const top = await rootOf(nativeCrypto, 'ecdsa-p256');
    const middle = await intermediateOf(nativeCrypto, top, 'ecdsa-p256');
    expect(shapeOf(middle.certificate)).toEqual([
      'subjectKeyIdentifier',
      'basicConstraints!',
      'keyUsage!',
      'authorityKeyIdentifier',
      'nameConstraints!',
    ]);
    expect(middle.certificate).toMatchObject({
      basicConstraints: { ca: true, pathLen: 0 },
      keyUsage: ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'keyCertSign', 'cRLSign'],
      notAfter: top.certificate.notAfter,
    });
    expect(middle.certificate.subject.toString()).toBe('O=Istio, CN=Intermediate CA');
    expect(middle.certificate.nameConstraints?.permitted.map(({ value }) => value)).toEqual([
      'cluster.local',
    ]);
    expect(issuingChain(middle)).toEqual([middle.certificate]);
    expect(issuingChain(top)).toEqual([]);
    const lower = await createIntermediateCa(nativeCrypto, middle, {
      subject: [['CN', 'Lower']],
      keyType: 'ecdsa-p256',
      now,
      ttlMs: DAY_MS,
      serial: Uint8Array.of(5),
    });
    expect(issuingChain(lower)).toEqual([lower.certificate, middle.certificate]);
  });
});

describe('an own leaf', () => {
  it('is the same as one built by hand, byte for byte but for the signature', async () => {
    const top = await root(nativeCrypto, { subject: 'cluster.local' });
    const key = await sharedKey(nativeCrypto, 'ecdsa-p256');
    const ca = { certificate: top.certificate, keyPair: top.key, chain: [], roots: [top.certificate] };
    const issued = await issue(nativeCrypto, ca, 'ecdsa-p256');
    const serial = Uint8Array.of(0x9f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const byHand = await leaf(nativeCrypto, top, {
      key,
      serial,
      notBefore: '2026-03-02T08:58:00Z',
      notAfter: '2026-03-03T09:00:00Z',
    });
    expect(toHex(issued.tbs)).toBe(toHex(byHand.tbs));
  });
});

const SIGNATURES: Readonly<Record<KeyType, string>> = {
  'ecdsa-p256': 'ecdsa-with-SHA256',
  'ecdsa-p384': 'ecdsa-with-SHA384',
  'rsa-2048': 'sha256WithRSAEncryption',
  'rsa-3072': 'sha256WithRSAEncryption',
  'rsa-4096': 'sha256WithRSAEncryption',
};

/** Names of the extensions in order, `!` after critical ones. */
function shapeOf({ extensions }: Certificate): string[] {
  return extensions.map(({ name, critical }) => (critical ? `${name}!` : name));
}

async function rootOf(provider: CryptoProvider, keyType: KeyType, ttlMs?: number): Promise<SigningCa> {
  return createSelfSignedRoot(provider, {
    organization: 'cluster.local',
    keyPair: await sharedKey(provider, keyType),
    now,
    serial: Uint8Array.of(0xf1, 2, 3, 4),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  });
}

async function intermediateOf(
  provider: CryptoProvider,
  parent: SigningCa,
  keyType: KeyType,
): Promise<SigningCa> {
  return createIntermediateCa(provider, parent, {
    subject: [
      ['O', 'Istio'],
      ['CN', 'Intermediate CA'],
    ],
    keyType,
    keyPair: await sharedKey(provider, keyType),
    now,
    ttlMs: 20 * 365 * DAY_MS,
    serial: Uint8Array.of(7),
    permittedUriHosts: ['cluster.local'],
  });
}

async function issue(provider: CryptoProvider, ca: SigningCa, keyType: KeyType): Promise<Certificate> {
  const { spki } = await sharedKey(provider, keyType);
  const serial = Uint8Array.of(0x9f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return issueWorkloadCertificate(provider, ca, { spki, spiffeId, now, ttlMs: DAY_MS, serial });
}

/** The same root again, made by @peculiar/x509's own generator. */
async function writtenByPeculiar(
  provider: CryptoProvider,
  keyType: KeyType,
  { subject, spki, notBefore, notAfter, serialNumber, extensions }: Certificate,
): Promise<Certificate> {
  const { privateKey } = await sharedKey(provider, keyType);
  const written = await x509.X509CertificateGenerator.create(
    {
      serialNumber,
      subject: new x509.Name(subject.der),
      issuer: new x509.Name(subject.der),
      notBefore,
      notAfter,
      publicKey: spki,
      signingKey: privateKey,
      signingAlgorithm: {
        name: privateKey.algorithm.name,
        hash: keyType === 'ecdsa-p384' ? 'SHA-384' : 'SHA-256',
      },
      extensions: extensions.map(({ oid, critical, value }) => new x509.Extension(oid, critical, value)),
    },
    asCrypto(provider),
  );
  return parseCertificate(new Uint8Array(written.rawData));
}

function asCrypto({ subtle, getRandomValues }: CryptoProvider): Crypto {
  return { subtle, getRandomValues } as Crypto;
}

/** Reads the certificate with @peculiar/x509 and compares what both see, the signature included. */
async function agrees(provider: CryptoProvider, ours: Certificate, issuer: Certificate): Promise<void> {
  const theirs = new x509.X509Certificate(ours.der);
  expect(theirs.serialNumber.replace(/^0+/, '')).toBe(ours.serialNumber);
  expect([theirs.notBefore, theirs.notAfter]).toEqual([ours.notBefore, ours.notAfter]);
  expect(toHex(new Uint8Array(theirs.publicKey.rawData))).toBe(toHex(ours.spki));
  expect(theirs.extensions.map(({ type, critical }) => [type, critical])).toEqual(
    ours.extensions.map(({ oid, critical }) => [oid, critical]),
  );
  const san = theirs.getExtension(x509.SubjectAlternativeNameExtension);
  expect((san?.names.items ?? []).map(({ value }) => value)).toEqual(ours.uris);
  const publicKey = new x509.PublicKey(issuer.spki);
  expect(await theirs.verify({ publicKey, date: now, signatureOnly: true }, asCrypto(provider))).toBe(true);
}
