import { describe, expect, it } from 'vitest';
import { bits, contextConstructed, int, oid, seq, set, utf8String } from '../../../src/core/bytes/der.ts';
import { toHex } from '../../../src/core/bytes/hex.ts';
import { pemEncode } from '../../../src/core/bytes/pem.ts';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  checkPossession,
  createCsr,
  generateKeyPair,
  parseCsr,
  readSigningRequest,
  sign,
  verifyCsrSignature,
} from '../../../src/core/pki/index.ts';
import { encodeName } from '../../../src/core/pki/name.ts';
import { signatureAlgorithmDer } from '../../../src/core/pki/signature-algorithm.ts';
import { providers } from '../../support/peculiar.ts';
import { quickKeyTypes, sharedKey } from './keys.ts';

const spiffeId = 'spiffe://cluster.local/ns/shop/sa/order';

describe.each(providers)('a CSR of istio-agent on $name', (provider) => {
  it.each(quickKeyTypes)('asks for one SPIFFE ID with a key of its own: %s', async (keyType) => {
    const pair = await sharedKey(provider, keyType);
    const csr = parseCsr(await createCsr(provider, pair, { spiffeId }));
    expect(csr.uris).toEqual([spiffeId]);
    expect(csr.subjectAltNames.map(({ type, value }) => `${type}:${value}`)).toEqual([`uri:${spiffeId}`]);
    expect(csr.extensions.map(({ name, critical }) => ({ name, critical }))).toEqual([
      { name: 'subjectAltName', critical: true },
    ]);
    expect(csr.spki).toEqual(pair.spki);
    expect(csr.keyType).toBe(keyType);
    expect(csr.signatureAlgorithm.name).toBe(
      { 'ecdsa-p256': 'ecdsa-with-SHA256', 'ecdsa-p384': 'ecdsa-with-SHA384' }[keyType as string] ??
        'sha256WithRSAEncryption',
    );
    expect(await verifyCsrSignature(provider, csr)).toBe(true);
  });

  it('has a subject of one O without a value, as Go writes it', async () => {
    const pair = await sharedKey(provider, 'ecdsa-p256');
    const { subject } = parseCsr(await createCsr(provider, pair, { spiffeId }));
    expect(toHex(subject.der)).toBe('300b3109300706035504' + '0a1300');
    expect(subject.toString()).toBe('O=');
  });

  it('is recognised by its signature when a bit of it is flipped', async () => {
    const der = await createCsr(provider, await sharedKey(provider, 'ecdsa-p256'), { spiffeId });
    const changed = Uint8Array.from(der);
    changed[der.length - 1]! ^= 1;
    expect(await verifyCsrSignature(provider, parseCsr(changed))).toBe(false);
    const renamed = Uint8Array.from(der);
    renamed[new TextDecoder('latin1').decode(der).indexOf('order')] = 0x4f;
    expect(parseCsr(renamed).uris).toEqual(['spiffe://cluster.local/ns/shop/sa/Order']);
    expect(await verifyCsrSignature(provider, parseCsr(renamed))).toBe(false);
  });

  it('asks for what it is told to, valid or not', async () => {
    const pair = await sharedKey(provider, 'ecdsa-p256');
    const csr = parseCsr(await createCsr(provider, pair, { spiffeId: 'not a SPIFFE ID' }));
    expect(csr.uris).toEqual(['not a SPIFFE ID']);
  });
});

describe('a CSR of somebody else', () => {
  it('may ask for nothing', async () => {
    const csr = parseCsr(await handmade(contextConstructed(0)));
    expect(csr).toMatchObject({ extensions: [], uris: [] });
    expect(parseCsr(await handmade()).extensions).toEqual([]);
    expect(await verifyCsrSignature(nativeCrypto, csr)).toBe(true);
  });

  it('may have attributes that mean nothing here', async () => {
    const challenge = seq(oid('1.2.840.113549.1.9.7'), set(utf8String('secret')));
    const csr = parseCsr(await handmade(contextConstructed(0, challenge)));
    expect(csr.subject.toString()).toBe('O=Hanok Corp, CN=order');
  });

  it.each([
    ['a version other than 0', seq(int(1)), 'csr.version', 'csr: no such version: 1 (at offset'],
    ['no subject', seq(int(0)), 'csr.der', 'csr: subject is missing (at offset'],
  ])('is not read with %s', (_what, info, rule, message) => {
    const der = seq(info, seq(oid('1.2.840.10045.4.3.2')), bits(new Uint8Array(8)));
    expect(() => parseCsr(der)).toThrow(
      expect.objectContaining({ rule, message: expect.stringContaining(message) as string }),
    );
  });
});

describe('the CSR of a CreateCertificate call', () => {
  const refused = { grpcCode: 3, grpcName: 'InvalidArgument', metricLabel: 'CSR_ERROR' };

  it.each([
    ['', 'csr-not-pem', 'CSR signing error (certificate signing request is not properly encoded)'],
    ['hello', 'csr-not-pem', 'CSR signing error (certificate signing request is not properly encoded)'],
    [
      '-----BEGIN CERTIFICATE REQUEST-----\n???\n-----END CERTIFICATE REQUEST-----',
      'csr-not-pem',
      'CSR signing error (certificate signing request is not properly encoded)',
    ],
    [
      pemEncode('CERTIFICATE REQUEST', Uint8Array.of(0x30, 0)),
      'csr-not-parsed',
      'CSR signing error (failed to parse X.509 certificate signing request)',
    ],
    [
      pemEncode('CERTIFICATE', Uint8Array.of(0x30, 0)),
      'csr-not-parsed',
      'CSR signing error (failed to parse X.509 certificate signing request)',
    ],
  ])('is refused in istiod’s words: %j', (pem, kind, message) => {
    expect(readSigningRequest(pem)).toEqual({ ok: false, refusal: { kind, message, ...refused } });
  });

  it('is read from its first block, whatever the label', async () => {
    const der = await handmade();
    const result = readSigningRequest(`before\n${pemEncode('ANYTHING', der)}after`);
    expect(result.ok && result.csr.der).toEqual(der);
  });

  it.each([
    ['ecdsa-p256', 'x509: ECDSA verification failure'],
    ['rsa-2048', 'crypto/rsa: verification error'],
  ] as const)('is refused with a bad signature in Go’s words: %s', async (keyType, text) => {
    const der = await createCsr(nativeCrypto, await sharedKey(nativeCrypto, keyType), { spiffeId });
    expect(await checkPossession(nativeCrypto, parseCsr(der))).toBeNull();
    const changed = Uint8Array.from(der);
    changed[der.length - 1]! ^= 1;
    expect(await checkPossession(nativeCrypto, parseCsr(changed))).toEqual({
      kind: 'csr-signature',
      message: `CSR signing error (${text})`,
      ...refused,
    });
  });

  it('is refused where the algorithm is not one for the key', async () => {
    const pair = await generateKeyPair(nativeCrypto, 'ecdsa-p256');
    const info = seq(int(0), seq(), pair.spki);
    const signature = bits(await sign(nativeCrypto, pair.privateKey, info));
    const csr = parseCsr(seq(info, signatureAlgorithmDer('rsa-2048'), signature));
    expect((await checkPossession(nativeCrypto, csr))?.message).toBe(
      'CSR signing error (x509: signature algorithm specifies an RSA public key, but have public key of type *ecdsa.PublicKey)',
    );
    const weak = parseCsr(seq(info, seq(oid('1.2.840.10045.4.1')), signature));
    expect((await checkPossession(nativeCrypto, weak))?.message).toBe(
      'CSR signing error (x509: cannot verify signature: insecure algorithm ECDSA-SHA1)',
    );
  });
});

/** A CSR with a full subject and the attributes given. */
async function handmade(attributes?: Uint8Array): Promise<Uint8Array> {
  const pair = await sharedKey(nativeCrypto, 'ecdsa-p256');
  const subject = encodeName(['2.5.4.10', 'Hanok Corp'], ['2.5.4.3', 'order']);
  const info = seq(int(0), subject, pair.spki, ...(attributes === undefined ? [] : [attributes]));
  return seq(
    info,
    signatureAlgorithmDer('ecdsa-p256'),
    bits(await sign(nativeCrypto, pair.privateKey, info)),
  );
}
