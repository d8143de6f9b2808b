import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../../src/core/bytes/index.ts';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import { importPrivateKeyPem, PkiError, sign, verify } from '../../src/core/pki/index.ts';
import { hasOpenssl, openssl } from './openssl.ts';

/** How OpenSSL is asked for a key, and the label it writes. */
const forms = [
  ['PKCS#8, P-256', 'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256', 'PRIVATE KEY', 'ecdsa-p256'],
  ['PKCS#8, P-384', 'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384', 'PRIVATE KEY', 'ecdsa-p384'],
  ['PKCS#8, RSA', 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048', 'PRIVATE KEY', 'rsa-2048'],
  ['SEC1 after its parameters, P-256', 'ecparam -name prime256v1 -genkey', 'EC PARAMETERS', 'ecdsa-p256'],
  ['SEC1 after its parameters, P-384', 'ecparam -name secp384r1 -genkey', 'EC PARAMETERS', 'ecdsa-p384'],
  ['SEC1, P-256', 'ecparam -name prime256v1 -genkey -noout', 'EC PRIVATE KEY', 'ecdsa-p256'],
  ['SEC1, P-384', 'ecparam -name secp384r1 -genkey -noout', 'EC PRIVATE KEY', 'ecdsa-p384'],
  ['PKCS#1, RSA 2048', 'genrsa -traditional 2048', 'RSA PRIVATE KEY', 'rsa-2048'],
  ['PKCS#1, RSA 3072', 'genrsa -traditional 3072', 'RSA PRIVATE KEY', 'rsa-3072'],
] as const;

describe.skipIf(!hasOpenssl)('private keys as OpenSSL writes them', () => {
  it.each(forms)('%s', async (_form, command, label, keyType) => {
    const pem = openssl(command.split(' '), {}).stdout;
    expect(pem.split('\n')[0]).toBe(`-----BEGIN ${label}-----`);
    const pair = await importPrivateKeyPem(nativeCrypto, pem);
    expect(pair.keyType).toBe(keyType);
    const publicKey = openssl(['pkey', '-in', 'key.pem', '-pubout', '-outform', 'PEM'], { 'key.pem': pem });
    expect(Buffer.from(pair.spki).toString('base64')).toBe(publicKey.stdout.replace(/-----.*-----|\n/g, ''));
    const data = utf8Encode('a nonce');
    expect(await verify(nativeCrypto, pair.spki, data, await sign(nativeCrypto, pair.privateKey, data))).toBe(
      true,
    );
  });

  it.each([
    [
      'an encrypted PKCS#8 key',
      'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -pass pass:x',
      'key.encrypted',
    ],
    ['an encrypted PKCS#1 key', 'genrsa -traditional -aes256 -passout pass:xxxx 2048', 'key.encrypted'],
    ['Ed25519', 'genpkey -algorithm ED25519', 'key.type'],
    ['a curve that is not used', 'ecparam -name secp521r1 -genkey -noout', 'key.type'],
    ['curve parameters in full', 'ecparam -name prime256v1 -genkey -noout -param_enc explicit', 'key.der'],
    ['RSA 1024', 'genrsa 1024', 'key.type'],
  ])('%s is refused by its rule', async (_what, command, rule) => {
    const refused: unknown = await importPrivateKeyPem(
      nativeCrypto,
      openssl(command.split(' '), {}).stdout,
    ).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PkiError);
    expect((refused as PkiError).rule).toBe(rule);
  });
});
