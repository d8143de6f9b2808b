import { asBytes, type Bytes } from '../bytes/bytes.ts';
import { bits, oid, seq } from '../bytes/der.ts';
import type { CryptoProvider } from '../crypto/index.ts';
import { PkiError } from './error.ts';
import { type KeyType, keyTypeOfSpki } from './key-type.ts';
import { OID } from './oid.ts';
import { decodePrivateKeyPem } from './private-key.ts';
import { readingKey } from './reading.ts';
import { sign, verify } from './signature.ts';

export interface KeyPair {
  readonly keyType: KeyType;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Bytes;
}

/**
 * Makes a key pair for signing: ECDSA, or RSASSA-PKCS1-v1_5 with SHA-256.
 *
 * @param options.extractable whether the private key can be exported; istio-agent's must be, Envoy gets it
 */
export async function generateKeyPair(
  provider: CryptoProvider,
  keyType: KeyType,
  { extractable = true }: { readonly extractable?: boolean } = {},
): Promise<KeyPair> {
  const { publicKey, privateKey } = await provider.subtle.generateKey(generationOf(keyType), extractable, [
    'sign',
    'verify',
  ]);
  return { keyType, publicKey, privateKey, spki: await exportSpki(provider, keyType, publicKey) };
}

const EC_ALGORITHMS: Partial<Record<KeyType, Bytes>> = {
  'ecdsa-p256': seq(oid(OID.ecPublicKey), oid(OID.p256)),
  'ecdsa-p384': seq(oid(OID.ecPublicKey), oid(OID.p384)),
};

/** SubjectPublicKeyInfo; of an EC key from its raw point, which is cheaper to export (RFC 5480 section 2). */
async function exportSpki(provider: CryptoProvider, keyType: KeyType, publicKey: CryptoKey): Promise<Bytes> {
  const algorithm = EC_ALGORITHMS[keyType];
  const exported = await provider.subtle.exportKey(algorithm === undefined ? 'spki' : 'raw', publicKey);
  const bytes = new Uint8Array(exported);
  return algorithm === undefined ? bytes : seq(algorithm, bits(bytes));
}

/** The private key as PKCS#8, DER. */
export async function exportPrivateKey(provider: CryptoProvider, pair: KeyPair): Promise<Bytes> {
  return new Uint8Array(await provider.subtle.exportKey('pkcs8', pair.privateKey));
}

/**
 * Reads a private key in any of the forms Istio writes (`PRIVATE KEY`, `EC PRIVATE KEY`, `RSA PRIVATE KEY`).
 *
 * @throws PkiError for anything else, an encrypted key, kinds of key svidlab does not use, and a stored public key
 *   that belongs to another private one
 */
export async function importPrivateKeyPem(provider: CryptoProvider, pem: string): Promise<KeyPair> {
  const { pkcs8, algorithm, spki } = decodePrivateKeyPem(pem);
  const pair = await importPair(provider, pkcs8, importOf(algorithm), spki);
  const probe = new Uint8Array(32);
  if (await verify(provider, pair.spki, probe, await sign(provider, pair.privateKey, probe))) return pair;
  throw new PkiError('key.mismatch', 'private key: the public key stored with it belongs to another key');
}

type ImportAlgorithm = EcKeyImportParams | RsaHashedImportParams;

async function importPair(
  provider: CryptoProvider,
  pkcs8: Uint8Array,
  algorithm: ImportAlgorithm,
  written: Bytes | null,
): Promise<KeyPair> {
  const { subtle } = provider;
  try {
    const privateKey = await subtle.importKey('pkcs8', asBytes(pkcs8), algorithm, true, ['sign']);
    const spki = written ?? (await derivePublicKey(provider, privateKey, algorithm));
    const keyType = knownKeyType(spki);
    const publicKey = await subtle.importKey('spki', spki, algorithm, true, ['verify']);
    return { keyType, publicKey, privateKey, spki };
  } catch (error) {
    if (error instanceof PkiError) throw error;
    throw new PkiError('key.unusable', `private key: ${error instanceof Error ? error.message : 'unusable'}`);
  }
}

/** An EC key may be stored without its public half; WebCrypto computes it for the JWK. */
async function derivePublicKey(
  { subtle }: CryptoProvider,
  privateKey: CryptoKey,
  algorithm: ImportAlgorithm,
): Promise<Bytes> {
  const { kty, crv, x, y } = (await subtle.exportKey('jwk', privateKey)) as Required<JsonWebKey>;
  const publicKey = await subtle.importKey('jwk', { kty, crv, x, y }, algorithm, true, ['verify']);
  return new Uint8Array(await subtle.exportKey('spki', publicKey));
}

function knownKeyType(spki: Uint8Array): KeyType {
  const keyType = readingKey(() => keyTypeOfSpki(spki));
  if (keyType !== null) return keyType;
  throw new PkiError('key.type', 'private key: use ECDSA P-256 or P-384, or RSA 2048, 3072 or 4096');
}

function generationOf(keyType: KeyType): EcKeyGenParams | RsaHashedKeyGenParams {
  switch (keyType) {
    case 'ecdsa-p256':
      return { name: 'ECDSA', namedCurve: 'P-256' };
    case 'ecdsa-p384':
      return { name: 'ECDSA', namedCurve: 'P-384' };
    default:
      return {
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        modulusLength: Number(keyType.slice(4)),
        publicExponent: Uint8Array.of(1, 0, 1),
      };
  }
}

function importOf(algorithm: 'rsa' | 'P-256' | 'P-384'): EcKeyImportParams | RsaHashedImportParams {
  return algorithm === 'rsa'
    ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    : { name: 'ECDSA', namedCurve: algorithm };
}
