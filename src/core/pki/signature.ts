import { asBytes, type Bytes } from '../bytes/bytes.ts';
import type { CryptoProvider, HashName } from '../crypto/index.ts';
import { ecdsaSignatureFromDer, ecdsaSignatureToDer } from './ecdsa-signature.ts';
import { type PublicKeyInfo, readPublicKeyInfo } from './key-type.ts';
import { importPublicKey } from './public-key-cache.ts';
import type { SignatureScheme } from './signature-algorithm.ts';

const EC: Readonly<Record<string, { readonly width: number; readonly hash: HashName }>> = {
  'P-256': { width: 32, hash: 'SHA-256' },
  'P-384': { width: 48, hash: 'SHA-384' },
  'P-521': { width: 66, hash: 'SHA-512' },
};

/**
 * Signs `data` with the algorithm that belongs to the key: ECDSA with the hash of its curve, or RSASSA-PKCS1-v1_5
 * with SHA-256.
 *
 * @returns the signature as X.509 and TLS carry it (ECDSA as a DER sequence)
 */
export async function sign(
  provider: CryptoProvider,
  privateKey: CryptoKey,
  data: Uint8Array,
): Promise<Bytes> {
  const curve = (privateKey.algorithm as { readonly namedCurve?: string }).namedCurve;
  const parameters =
    curve === undefined ? privateKey.algorithm.name : { name: 'ECDSA', hash: EC[curve]!.hash };
  const raw = new Uint8Array(await provider.subtle.sign(parameters, privateKey, asBytes(data)));
  return curve === undefined ? raw : ecdsaSignatureToDer(raw);
}

/**
 * Whether `signature` over `data` was made by {@link sign} with the private key of `spki`.
 *
 * @param spki SubjectPublicKeyInfo, DER
 * @throws DerError where `spki` is none
 */
export async function verify(
  provider: CryptoProvider,
  spki: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const key = readPublicKeyInfo(spki);
  if (key.kind === 'other') return false;
  const scheme: SignatureScheme =
    key.kind === 'ec' ? { kind: 'ecdsa', hash: EC[key.curve]!.hash } : { kind: 'rsa-pkcs1', hash: 'SHA-256' };
  return (await verifySignature(provider, { spki, key, scheme, data, signature })) === 'valid';
}

export interface SignatureToVerify {
  readonly spki: Uint8Array;
  readonly key: PublicKeyInfo;
  readonly scheme: SignatureScheme;
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
  /** Keep the imported key for later calls; for the keys of CAs. */
  readonly reuseKey?: boolean;
}

/** `unsupported`: the scheme and the key do not belong together, or the provider has no such algorithm. */
export type SignatureVerdict = 'valid' | 'invalid' | 'unsupported';

/** Verifies a signature of a certificate, request or list, whatever algorithm it announces. Never throws for bad input. */
export async function verifySignature(
  provider: CryptoProvider,
  input: SignatureToVerify,
): Promise<SignatureVerdict> {
  const plan = planOf(input);
  if (plan === null) return 'unsupported';
  if (plan.signature === null) return 'invalid';
  let key: CryptoKey;
  try {
    key = await importPublicKey(provider, input.spki, plan.importAs, input.reuseKey ?? false);
  } catch {
    return 'unsupported';
  }
  const valid = await provider.subtle.verify(plan.verifyAs, key, plan.signature, asBytes(input.data));
  return valid ? 'valid' : 'invalid';
}

interface Plan {
  readonly importAs: EcKeyImportParams | RsaHashedImportParams;
  readonly verifyAs: AlgorithmIdentifier | RsaPssParams | EcdsaParams;
  readonly signature: Bytes | null;
}

function planOf({ key, scheme, signature }: SignatureToVerify): Plan | null {
  if (scheme.kind === 'ecdsa' && key.kind === 'ec') {
    return {
      importAs: { name: 'ECDSA', namedCurve: key.curve },
      verifyAs: { name: 'ECDSA', hash: scheme.hash },
      signature: ecdsaSignatureFromDer(signature, EC[key.curve]!.width),
    };
  }
  if (scheme.kind === 'rsa-pkcs1' && key.kind === 'rsa') {
    const importAs = { name: 'RSASSA-PKCS1-v1_5', hash: scheme.hash };
    return { importAs, verifyAs: 'RSASSA-PKCS1-v1_5', signature: asBytes(signature) };
  }
  if (scheme.kind === 'rsa-pss' && key.kind === 'rsa') {
    const verifyAs = { name: 'RSA-PSS', saltLength: scheme.saltLength };
    return { importAs: { name: 'RSA-PSS', hash: scheme.hash }, verifyAs, signature: asBytes(signature) };
  }
  return null;
}
