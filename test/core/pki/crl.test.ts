import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { bits, int, oid, seq, time } from '../../../src/core/bytes/der.ts';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  createCrl,
  createIntermediateCa,
  createSelfSignedRoot,
  parseCrl,
} from '../../../src/core/pki/index.ts';
import { encodeName } from '../../../src/core/pki/name.ts';

const now = new Date('2026-03-02T09:00:00Z');
const later = new Date('2026-03-03T09:00:00Z');

describe('a revocation list', () => {
  it('is read with its entries', async () => {
    const ca = await createSelfSignedRoot(nativeCrypto, {
      organization: 'cluster.local',
      keyType: 'ecdsa-p256',
      now,
      serial: Uint8Array.of(1),
    });
    const theirs = await x509.X509CrlGenerator.create(
      {
        issuer: 'O=cluster.local',
        thisUpdate: now,
        nextUpdate: later,
        entries: [
          { serialNumber: '72d82d75', revocationDate: now, reason: x509.X509CrlReason.keyCompromise },
          { serialNumber: '0f', revocationDate: now },
        ],
        extensions: [new x509.AuthorityKeyIdentifierExtension(ca.certificate.ski!)],
        signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
        signingKey: ca.keyPair.privateKey,
      },
      globalThis.crypto,
    );
    const crl = parseCrl(new Uint8Array(theirs.rawData));
    expect(crl).toMatchObject({
      version: 2,
      thisUpdate: now,
      nextUpdate: later,
      aki: ca.certificate.ski,
      crlNumber: null,
      revoked: [
        { serialNumber: '72d82d75', revokedAt: now, reason: 'keyCompromise' },
        { serialNumber: 'f', revokedAt: now, reason: null, extensions: [] },
      ],
    });
    expect(crl.issuer.toString()).toBe('O=cluster.local');
    expect(crl.signatureAlgorithm.name).toBe('ecdsa-with-SHA256');
    expect(parseCrl(crl.pem()).der).toEqual(crl.der);
  });

  it('of version 1 may be empty and without an end', () => {
    const algorithm = seq(oid('1.2.840.10045.4.3.2'));
    const tbs = seq(algorithm, encodeName(['2.5.4.10', 'a']), time(now));
    const crl = parseCrl(seq(tbs, algorithm, bits(new Uint8Array(8))));
    expect(crl).toMatchObject({ version: 1, nextUpdate: null, revoked: [], extensions: [] });
  });

  it.each([
    ['a version that does not exist', seq(int(2)), 'crl: no such version: 2 (at offset 4)'],
    ['nothing in it', seq(), 'crl: signature is missing (at offset 4)'],
  ])('is not read with %s', (_what, tbs, message) => {
    expect(() => parseCrl(seq(tbs, seq(oid('1.2.3')), bits(new Uint8Array(1))))).toThrow(message);
  });

  it('is not read from another PEM block', () => {
    expect(() => parseCrl('-----BEGIN X-----\n-----END X-----\n')).toThrow(
      'crl: PEM at offset 0: no "X509 CRL" block (found X)',
    );
  });

  it('made by a CA lists what it was told, and is read back', async () => {
    const root = await createSelfSignedRoot(nativeCrypto, {
      organization: 'cluster.local',
      keyType: 'ecdsa-p256',
      now,
      serial: Uint8Array.of(1),
    });
    const ca = await createIntermediateCa(nativeCrypto, root, {
      subject: [['CN', 'Lists']],
      keyType: 'ecdsa-p256',
      now,
      ttlMs: 86_400_000,
      serial: Uint8Array.of(2),
    });
    const lists = { thisUpdate: now, nextUpdate: later, crlNumber: 7 };
    const revoked = [{ serialNumber: 'abc', revokedAt: now, reason: 'superseded' } as const];
    const crl = await createCrl(nativeCrypto, ca, { ...lists, revoked });
    expect(crl).toMatchObject({ version: 2, crlNumber: '7', aki: ca.certificate.ski, revoked });
    expect((await createCrl(nativeCrypto, ca, { ...lists, revoked: [] })).revoked).toEqual([]);
    await expect(createCrl(nativeCrypto, root, { ...lists, revoked })).rejects.toThrow(
      'CRL: O=cluster.local may not sign one: keyUsage has keyCertSign and not cRLSign',
    );
  });
});
