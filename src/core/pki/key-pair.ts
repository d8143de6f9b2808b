import { asBytes, type Bytes } from '../bytes/bytes.ts';
import type { CryptoProvider } from '../crypto/index.ts';
import { PkiError } from './error.ts';
import { type KeyType, keyTypeOfSpki } from './key-type.ts';
import { decodePrivateKeyPem, readPrivateKeyAlgorithm } from './private-key.ts';
import { reading } from './reading.ts';
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
  const spki = new Uint8Array(await provider.subtle.exportKey('spki', publicKey));
  return { keyType, publicKey, privateKey, spki };
}

/** The private key as PKCS#8, DER. */
export async function exportPrivateKey(provider: CryptoProvider, pair: KeyPair): Promise<Bytes> {
  return new Uint8Array(await provider.subtle.exportKey('pkcs8', pair.privateKey));
}

/**
 * Reads a private key in any of the forms Istio writes (`PRIVATE KEY`, `EC PRIVATE KEY`, `RSA PRIVATE KEY`).
 *
 * @throws PkiError for anything else, an encrypted key and kinds of key svidlab does not use
 */
export async function importPrivateKeyPem(provider: CryptoProvider, pem: string): Promise<KeyPair> {
  const pkcs8 = decodePrivateKeyPem(pem);
  const algorithm = importOf(reading('private key', () => readPrivateKeyAlgorithm(pkcs8)));
  const pair = await importPair(provider, pkcs8, algorithm);
  const probe = new Uint8Array(32);
  if (await verify(provider, pair.spki, probe, await sign(provider, pair.privateKey, probe))) return pair;
  throw new PkiError('key.mismatch', 'private key: the public key stored with it belongs to another key');
}

async function importPair(
  provider: CryptoProvider,
  pkcs8: Uint8Array,
  algorithm: EcKeyImportParams | RsaHashedImportParams,
): Promise<KeyPair> {
  const { subtle } = provider;
  try {
    const privateKey = await subtle.importKey('pkcs8', asBytes(pkcs8), algorithm, true, ['sign']);
    const { d, p, q, dp, dq, qi, key_ops, ...publicPart } = await subtle.exportKey('jwk', privateKey);
    void [d, p, q, dp, dq, qi, key_ops];
    const publicKey = await subtle.importKey('jwk', publicPart, algorithm, true, ['verify']);
    const spki = new Uint8Array(await subtle.exportKey('spki', publicKey));
    return { keyType: knownKeyType(spki), publicKey, privateKey, spki };
  } catch (error) {
    if (error instanceof PkiError) throw error;
    throw new PkiError('key.unusable', `private key: ${error instanceof Error ? error.message : 'unusable'}`);
  }
}

function knownKeyType(spki: Uint8Array): KeyType {
  const keyType = keyTypeOfSpki(spki);
  if (keyType === null)
    throw new PkiError('key.type', 'private key: use ECDSA P-256 or P-384, or RSA 2048, 3072 or 4096');
  return keyType;
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
