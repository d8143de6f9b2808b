import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../../../src/core/bytes/bytes.ts';
import { pemDecode, pemEncode } from '../../../src/core/bytes/pem.ts';
import { DerReader } from '../../../src/core/bytes/der-reader.ts';
import { int, octets, oid, seq, TAG } from '../../../src/core/bytes/der.ts';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  exportPrivateKey,
  generateKeyPair,
  importPrivateKeyPem,
  keyIdentifier,
  keyTypeOfSpki,
  privateKeyPem,
  sign,
  verify,
} from '../../../src/core/pki/index.ts';
import { ecdsaSignatureFromDer, ecdsaSignatureToDer } from '../../../src/core/pki/ecdsa-signature.ts';
import { providers } from '../../support/peculiar.ts';
import { quickKeyTypes, sharedKey } from './keys.ts';

const data = utf8Encode('a nonce');

describe.each(providers)('key pairs on $name', (provider) => {
  describe.each(quickKeyTypes)('%s', (keyType) => {
    it('have the SPKI the provider exports', async () => {
      const pair = await sharedKey(provider, keyType);
      const exported = new Uint8Array(await provider.subtle.exportKey('spki', pair.publicKey));
      expect(pair.spki).toEqual(exported);
      expect(keyTypeOfSpki(pair.spki)).toBe(keyType);
    });

    it('prove themselves by a signature', async () => {
      const pair = await sharedKey(provider, keyType);
      const signature = await sign(provider, pair.privateKey, data);
      expect(await verify(provider, pair.spki, data, signature)).toBe(true);
      expect(await verify(provider, pair.spki, utf8Encode('another'), signature)).toBe(false);
      const other = await generateKeyPair(provider, 'ecdsa-p256');
      expect(await verify(provider, other.spki, data, signature)).toBe(false);
      expect(await verify(provider, pair.spki, data, new Uint8Array(0))).toBe(false);
    });

    it.each(['pkcs8', 'traditional'] as const)('survive PEM, %s', async (form) => {
      const pair = await sharedKey(provider, keyType);
      const pem = privateKeyPem(await exportPrivateKey(provider, pair), form);
      const label = keyType.startsWith('rsa') ? 'RSA PRIVATE KEY' : 'EC PRIVATE KEY';
      expect(pem.split('\n')[0]).toBe(`-----BEGIN ${form === 'pkcs8' ? 'PRIVATE KEY' : label}-----`);
      const back = await importPrivateKeyPem(provider, pem);
      expect(back.keyType).toBe(keyType);
      expect(back.spki).toEqual(pair.spki);
      const signature = await sign(provider, back.privateKey, data);
      expect(await verify(provider, pair.spki, data, signature)).toBe(true);
    });
  });

  it('cannot be exported where that was asked for', async () => {
    const pair = await generateKeyPair(provider, 'ecdsa-p256', { extractable: false });
    await expect(exportPrivateKey(provider, pair)).rejects.toThrow();
    expect(await verify(provider, pair.spki, data, await sign(provider, pair.privateKey, data))).toBe(true);
  });
});

describe('a private key from a file', () => {
  it('is read without its public half', async () => {
    const pair = await sharedKey(nativeCrypto, 'ecdsa-p384');
    const info = new DerReader(await exportPrivateKey(nativeCrypto, pair)).enter(TAG.sequence);
    info.read(TAG.integer);
    info.skip();
    const key = info.enter(TAG.octetString).enter(TAG.sequence);
    key.read(TAG.integer);
    const secret = key.read(TAG.octetString).element();
    const algorithm = seq(oid('1.2.840.10045.2.1'), oid('1.3.132.0.34'));
    const bare = seq(int(0), algorithm, octets(seq(int(1), secret)));
    const back = await importPrivateKeyPem(nativeCrypto, pemEncode('PRIVATE KEY', bare));
    expect(back.spki).toEqual(pair.spki);
  });

  it('is found after the parameters that OpenSSL writes before it', async () => {
    const pair = await sharedKey(nativeCrypto, 'ecdsa-p256');
    const pem = privateKeyPem(await exportPrivateKey(nativeCrypto, pair), 'traditional');
    const parameters = pemEncode('EC PARAMETERS', oid('1.2.840.10045.3.1.7'));
    expect((await importPrivateKeyPem(nativeCrypto, parameters + pem)).spki).toEqual(pair.spki);
  });

  it('is refused with the public half of another key', async () => {
    const [one, two] = [
      await generateKeyPair(nativeCrypto, 'ecdsa-p256'),
      await generateKeyPair(nativeCrypto, 'ecdsa-p256'),
    ];
    const pkcs8 = await exportPrivateKey(nativeCrypto, one);
    const forged = Uint8Array.from(pkcs8);
    forged.set(two.spki.subarray(-65), forged.length - 65);
    await expect(importPrivateKeyPem(nativeCrypto, pemEncode('PRIVATE KEY', forged))).rejects.toMatchObject({
      name: 'PkiError',
    });
  });

  it.each([
    ['nothing', '', 'key.pem', 'private key: no block of a private key'],
    [
      'a certificate',
      pemEncode('CERTIFICATE', Uint8Array.of(0x30, 0)),
      'key.pem',
      'private key: no block of a private key',
    ],
    [
      'an encrypted key',
      pemEncode('ENCRYPTED PRIVATE KEY', Uint8Array.of(0x30, 0)),
      'key.encrypted',
      'private key: encrypted keys cannot be read',
    ],
    [
      'junk',
      pemEncode('PRIVATE KEY', Uint8Array.of(0x30, 5)),
      'key.der',
      'private key: PrivateKeyInfo: 5 octets announced, 0 left (at offset 1)',
    ],
    [
      'an Ed25519 key',
      pemEncode('PRIVATE KEY', seq(int(0), seq(oid('1.3.101.112')), octets(octets(new Uint8Array(32))))),
      'key.type',
      'private key: algorithm 1.3.101.112 is not used here',
    ],
  ])('is not read from %s', async (_what, pem, rule, message) => {
    await expect(importPrivateKeyPem(nativeCrypto, pem)).rejects.toMatchObject({
      name: 'PkiError',
      rule,
      message,
    });
  });

  it('names a size of RSA key that svidlab does not make', async () => {
    const pair = await nativeCrypto.subtle.generateKey(
      {
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        modulusLength: 1024,
        publicExponent: Uint8Array.of(1, 0, 1),
      },
      true,
      ['sign', 'verify'],
    );
    const pkcs8 = new Uint8Array(await nativeCrypto.subtle.exportKey('pkcs8', pair.privateKey));
    await expect(importPrivateKeyPem(nativeCrypto, pemEncode('PRIVATE KEY', pkcs8))).rejects.toMatchObject({
      rule: 'key.type',
    });
  });
});

describe('an ECDSA signature', () => {
  it('goes to DER and back with its zeros', () => {
    const raw = new Uint8Array(64);
    raw[31] = 1;
    raw[32] = 0x80;
    const der = ecdsaSignatureToDer(raw);
    expect([...der.subarray(0, 8)]).toEqual([0x30, 38, 2, 1, 1, 2, 33, 0]);
    expect(ecdsaSignatureFromDer(der, 32)).toEqual(raw);
  });

  it.each([
    ['no sequence', Uint8Array.of(4, 1, 0)],
    ['bytes after it', Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1, 0)],
    ['a third integer', Uint8Array.of(0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1)],
    ['a negative integer', Uint8Array.of(0x30, 6, 2, 1, 0x81, 2, 1, 1)],
    ['a padded integer', Uint8Array.of(0x30, 7, 2, 2, 0, 1, 2, 1, 1)],
    ['an empty integer', Uint8Array.of(0x30, 5, 2, 0, 2, 1, 1)],
    ['nothing', new Uint8Array(0)],
  ])('is none with %s', (_what, der) => {
    expect(ecdsaSignatureFromDer(der, 32)).toBeNull();
  });

  it('is none where an integer is wider than the curve', () => {
    const wide = seq(Uint8Array.of(2, 33, ...new Uint8Array(33).fill(1)), int(1));
    expect(ecdsaSignatureFromDer(wide, 32)).toBeNull();
  });
});

describe('a key identifier', () => {
  it('is the first 160 bits of SHA-256 over the key’s bits', async () => {
    const spki = pemDecode(
      `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==
-----END PUBLIC KEY-----`,
    );
    const hash = await nativeCrypto.subtle.digest('SHA-256', spki.slice(26));
    const expected = [...new Uint8Array(hash).subarray(0, 20)].map((octet) =>
      octet.toString(16).padStart(2, '0'),
    );
    expect(await keyIdentifier(nativeCrypto, spki)).toBe(expected.join(''));
  });
});
