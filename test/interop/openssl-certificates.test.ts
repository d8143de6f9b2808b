import { describe, expect, it } from 'vitest';
import { pemEncode } from '../../src/core/bytes/pem.ts';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import {
  type Certificate,
  createCsr,
  createIntermediateCa,
  createSelfSignedRoot,
  exportPrivateKey,
  issueWorkloadCertificate,
  issuingChain,
  type KeyType,
  privateKeyPem,
  type SigningCa,
} from '../../src/core/pki/index.ts';
import { quickKeyTypes, sharedKey } from '../core/pki/keys.ts';
import { providers } from '../support/peculiar.ts';
import { atTime, hasOpenssl, openssl } from './openssl.ts';

const now = new Date('2026-03-02T09:00:00Z');
const spiffeId = 'spiffe://cluster.local/ns/shop/sa/order';
const DAY_MS = 86_400_000;

/** What Istio can be told to use; the two largest RSA keys once each, they are slow to make. */
const hierarchies: readonly { readonly ca: KeyType; readonly workload: KeyType }[] = [
  ...quickKeyTypes.flatMap((ca) => quickKeyTypes.map((workload) => ({ ca, workload }))),
  { ca: 'rsa-4096', workload: 'rsa-3072' },
];

describe.skipIf(!hasOpenssl)('OpenSSL', () => {
  it.each([...quickKeyTypes, 'rsa-3072', 'rsa-4096'] as const)(
    'accepts a CSR of istio-agent: %s',
    async (keyType) => {
      const der = await createCsr(nativeCrypto, await sharedKey(nativeCrypto, keyType), { spiffeId });
      const files = { 'csr.pem': pemEncode('CERTIFICATE REQUEST', der) };
      const run = openssl(['req', '-in', 'csr.pem', '-verify', '-noout', '-text'], files);
      expect(run.status).toBe(0);
      expect(run.stderr + run.stdout).toContain('Certificate request self-signature verify OK');
      expect(withoutBits(run.stdout)).toBe(`Certificate Request:
    Data:
        Version: 1 (0x0)
        Subject: O = 
        Subject Public Key Info:
${KEY_TEXT[keyType]}
        Attributes:
            Requested Extensions:
                X509v3 Subject Alternative Name: critical
                    URI:${spiffeId}
    Signature Algorithm: ${SIGNATURE_TEXT[keyType]}
    Signature Value:
`);
    },
  );

  it.each(quickKeyTypes)('reads a private key in both forms: %s', async (keyType) => {
    const pair = await sharedKey(nativeCrypto, keyType);
    const pkcs8 = await exportPrivateKey(nativeCrypto, pair);
    for (const form of ['pkcs8', 'traditional'] as const) {
      const files = { 'key.pem': privateKeyPem(pkcs8, form) };
      const run = openssl(['pkey', '-in', 'key.pem', '-check', '-pubout'], files);
      expect(run.stderr + run.stdout).toContain('Key is valid');
      expect(run.stdout).toContain(pemEncode('PUBLIC KEY', pair.spki));
    }
  });

  it.each(hierarchies)('shows istiod’s profile: CA $ca, workload $workload', async ({ ca, workload }) => {
    const root = await rootOf(ca);
    const leaf = await issue(root, workload);
    expect(textOf(leaf)).toBe(`Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number:
            9f:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f
        Signature Algorithm: ${SIGNATURE_TEXT[ca]}
        Issuer: O = cluster.local
        Validity
            Not Before: Mar  2 08:58:00 2026 GMT
            Not After : Mar  3 09:00:00 2026 GMT
        Subject: 
        Subject Public Key Info:
${KEY_TEXT[workload]}
        X509v3 extensions:
            X509v3 Key Usage: critical
                Digital Signature, Key Encipherment
            X509v3 Extended Key Usage: 
                TLS Web Server Authentication, TLS Web Client Authentication
            X509v3 Basic Constraints: critical
                CA:FALSE
            X509v3 Authority Key Identifier: 
                ${colons(root.certificate.ski)}
            X509v3 Subject Alternative Name: critical
                URI:${spiffeId}
    Signature Algorithm: ${SIGNATURE_TEXT[ca]}
    Signature Value:
`);
  });

  it.each([...quickKeyTypes, 'rsa-4096'] as const)('shows the self-signed root: %s', async (keyType) => {
    const { certificate } = await rootOf(keyType);
    expect(textOf(certificate)).toBe(`Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number: 240 (0xf0)
        Signature Algorithm: ${SIGNATURE_TEXT[keyType]}
        Issuer: O = cluster.local
        Validity
            Not Before: Mar  2 09:00:00 2026 GMT
            Not After : Feb 28 09:00:00 2036 GMT
        Subject: O = cluster.local
        Subject Public Key Info:
${KEY_TEXT[keyType]}
        X509v3 extensions:
            X509v3 Key Usage: critical
                Certificate Sign
            X509v3 Basic Constraints: critical
                CA:TRUE
            X509v3 Subject Key Identifier: 
                ${colons(certificate.ski)}
    Signature Algorithm: ${SIGNATURE_TEXT[keyType]}
    Signature Value:
`);
  });

  describe.each(hierarchies)('verifies chains: CA $ca, workload $workload', ({ ca, workload }) => {
    it.each(['sslserver', 'sslclient'])(
      'for %s, from NotBefore until just before NotAfter',
      async (purpose) => {
        const root = await rootOf(ca);
        for (const signer of [root, await intermediateOf(root, workload)]) {
          const leaf = await issue(signer, workload);
          const verify = (at: string) => verifyAt(new Date(at), purpose, leaf, issuingChain(signer), root);
          expect(verify('2026-03-02T09:00:00Z')).toMatchObject({ status: 0, stdout: 'leaf.pem: OK\n' });
          expect(verify('2026-03-03T08:59:59Z').status).toBe(0);
          expect(verify('2026-03-03T09:00:01Z').stderr).toContain(
            'error 10 at 0 depth lookup: certificate has expired',
          );
        }
      },
    );
  });
});

describe.skipIf(!hasOpenssl).each(providers)('OpenSSL on what $name made', (provider) => {
  it('verifies CSR and chain', async () => {
    const ca = await createSelfSignedRoot(provider, {
      organization: 'cluster.local',
      keyType: 'ecdsa-p384',
      now,
      serial: Uint8Array.of(1),
    });
    const pair = await sharedKey(provider, 'ecdsa-p256');
    const csr = await createCsr(provider, pair, { spiffeId });
    const checked = openssl(['req', '-in', 'csr.pem', '-verify', '-noout'], {
      'csr.pem': pemEncode('CERTIFICATE REQUEST', csr),
    });
    expect(checked.status).toBe(0);
    const request = { spki: pair.spki, spiffeId, now, ttlMs: DAY_MS, serial: Uint8Array.of(2) };
    const leaf = await issueWorkloadCertificate(provider, ca, request);
    expect(verifyAt(now, 'sslclient', leaf, [], ca).stdout).toBe('leaf.pem: OK\n');
  });
});

const SIGNATURE_TEXT: Readonly<Record<KeyType, string>> = {
  'ecdsa-p256': 'ecdsa-with-SHA256',
  'ecdsa-p384': 'ecdsa-with-SHA384',
  'rsa-2048': 'sha256WithRSAEncryption',
  'rsa-3072': 'sha256WithRSAEncryption',
  'rsa-4096': 'sha256WithRSAEncryption',
};

const ecText = (
  bitCount: number,
  oidName: string,
  curve: string,
) => `            Public Key Algorithm: id-ecPublicKey
                Public-Key: (${bitCount} bit)
                pub:
                ASN1 OID: ${oidName}
                NIST CURVE: ${curve}`;

const rsaText = (bitCount: number) => `            Public Key Algorithm: rsaEncryption
                Public-Key: (${bitCount} bit)
                Modulus:
                Exponent: 65537 (0x10001)`;

const KEY_TEXT: Readonly<Record<KeyType, string>> = {
  'ecdsa-p256': ecText(256, 'prime256v1', 'P-256'),
  'ecdsa-p384': ecText(384, 'secp384r1', 'P-384'),
  'rsa-2048': rsaText(2048),
  'rsa-3072': rsaText(3072),
  'rsa-4096': rsaText(4096),
};

/** The text without the lines of colon hex of keys and signatures. */
function withoutBits(text: string): string {
  const isBits = (line: string) => /^ {8}(?: {12})?(?:[0-9a-f]{2}:)*[0-9a-f]{2}:?$/.test(line);
  return (
    text
      .split('\n')
      .filter((line) => !isBits(line))
      .join('\n')
      // From 3.2 on, names are written without spaces round "=".
      .replace(/(Issuer|Subject): O=/g, '$1: O = ')
  );
}

function textOf(certificate: Certificate): string {
  const run = openssl(['x509', '-in', 'a.pem', '-noout', '-text'], { 'a.pem': certificate.pem() });
  return withoutBits(run.stdout);
}

function colons(hex: string | null): string {
  return (hex ?? '').toUpperCase().match(/../g)!.join(':');
}

async function rootOf(keyType: KeyType): Promise<SigningCa> {
  const keyPair = await sharedKey(nativeCrypto, keyType);
  return createSelfSignedRoot(nativeCrypto, {
    organization: 'cluster.local',
    keyPair,
    now,
    serial: Uint8Array.of(0xf0),
  });
}

async function intermediateOf(parent: SigningCa, keyType: KeyType): Promise<SigningCa> {
  return createIntermediateCa(nativeCrypto, parent, {
    subject: [
      ['O', 'Istio'],
      ['CN', 'Intermediate CA'],
    ],
    keyType,
    keyPair: await sharedKey(nativeCrypto, keyType),
    now,
    ttlMs: 365 * DAY_MS,
    serial: Uint8Array.of(7),
    permittedUriHosts: ['cluster.local'],
  });
}

async function issue(ca: SigningCa, keyType: KeyType): Promise<Certificate> {
  const { spki } = await sharedKey(nativeCrypto, keyType);
  const serial = Uint8Array.of(0x9f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return issueWorkloadCertificate(nativeCrypto, ca, { spki, spiffeId, now, ttlMs: DAY_MS, serial });
}

function verifyAt(at: Date, purpose: string, leaf: Certificate, rest: readonly Certificate[], ca: SigningCa) {
  const untrusted = rest.length > 0 ? ['-untrusted', 'rest.pem'] : [];
  const args = [
    'verify',
    '-x509_strict',
    '-purpose',
    purpose,
    ...atTime(at),
    '-CAfile',
    'root.pem',
    ...untrusted,
  ];
  return openssl([...args, 'leaf.pem'], {
    'leaf.pem': leaf.pem(),
    'rest.pem': rest.map((certificate) => certificate.pem()).join(''),
    'root.pem': ca.roots.map((certificate) => certificate.pem()).join(''),
  });
}
