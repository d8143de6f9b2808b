import { describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import { createCrl, createIntermediateCa, createSelfSignedRoot } from '../../src/core/pki/index.ts';
import { corpus } from '../core/pki/corpus/corpus.ts';
import { hasOpenssl, openssl } from './openssl.ts';

const now = new Date('2026-03-02T09:00:00Z');
const later = new Date('2026-03-09T09:00:00Z');

async function listingCa() {
  const root = await createSelfSignedRoot(nativeCrypto, {
    organization: 'cluster.local',
    keyType: 'ecdsa-p256',
    now,
    serial: Uint8Array.of(1),
  });
  const day = 86_400_000;
  return createIntermediateCa(nativeCrypto, root, {
    subject: [['CN', 'Lists']],
    keyType: 'ecdsa-p384',
    now,
    ttlMs: 365 * day,
    serial: Uint8Array.of(2),
  });
}

describe.skipIf(!hasOpenssl)('OpenSSL on CRLs', () => {
  it('reads and verifies one that a CA has made', async () => {
    const ca = await listingCa();
    const crl = await createCrl(nativeCrypto, ca, {
      thisUpdate: now,
      nextUpdate: later,
      crlNumber: 300,
      revoked: [
        { serialNumber: 'f', revokedAt: now, reason: 'keyCompromise' },
        { serialNumber: 'ff00aa', revokedAt: now },
      ],
    });
    const files = { 'crl.pem': crl.pem(), 'ca.pem': ca.certificate.pem() };
    const run = openssl(['crl', '-in', 'crl.pem', '-noout', '-text', '-CAfile', 'ca.pem'], files);
    expect(run.stderr).toContain('verify OK');
    for (const line of ['Issuer: CN = Lists', 'Serial Number: 0F', 'Key Compromise', 'Serial Number: FF00AA'])
      expect(run.stdout).toContain(line);
    expect(run.stdout).toMatch(/X509v3 CRL Number: \n\s+300\n/);
  });

  it('reads every one of the corpus', async () => {
    const made = await Promise.all(corpus.map(({ build }) => build(nativeCrypto)));
    const crls = made.flatMap(({ revocation }) => revocation?.crls ?? []);
    expect(crls.length).toBeGreaterThan(100);
    for (const crl of crls) {
      const { status, stderr } = openssl(['crl', '-noout', '-in', 'crl.pem'], { 'crl.pem': crl.pem() });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
  });
});
