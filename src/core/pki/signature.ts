import { asBytes, type Bytes } from '../bytes/bytes.ts';
import { bits, nullValue, oid, seq } from '../bytes/der.ts';
import type { CryptoProvider, HashName } from '../crypto/index.ts';
import { ecdsaSignatureFromDer, ecdsaSignatureToDer } from './ecdsa-signature.ts';
import { type PublicKeyInfo, readPublicKeyInfo } from './key-type.ts';
import { OID } from './oid.ts';
import { importPublicKey, type KeyToImport } from './public-key-cache.ts';
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
  if (key.kind !== 'ec' && key.kind !== 'rsa') return false;
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

/** `wrong-key`: scheme and key do not belong together; `bad-key`: the provider does not accept the key. */
export type SignatureVerdict = 'valid' | 'invalid' | 'wrong-key' | 'bad-key';

/** Verifies a signature of a certificate, request or list, whatever algorithm it announces. Never throws for bad input. */
export async function verifySignature(
  provider: CryptoProvider,
  input: SignatureToVerify,
): Promise<SignatureVerdict> {
  const plan = planOf(input);
  if (plan === null) return 'wrong-key';
  if (plan.signature === null) return 'invalid';
  let key: CryptoKey;
  try {
    key = await importPublicKey(provider, plan.key, input.reuseKey ?? false);
  } catch {
    return 'bad-key';
  }
  try {
    const valid = await provider.subtle.verify(plan.verifyAs, key, plan.signature, asBytes(input.data));
    return valid ? 'valid' : 'invalid';
  } catch {
    // Parameters beyond what the key can carry, such as a salt longer than the modulus.
    return 'invalid';
  }
}

interface Plan {
  readonly key: KeyToImport;
  readonly verifyAs: AlgorithmIdentifier | RsaPssParams | EcdsaParams;
  readonly signature: Bytes | null;
}

function planOf({ spki, key, scheme, signature }: SignatureToVerify): Plan | null {
  if (scheme.kind === 'ecdsa' && key.kind === 'ec') {
    const algorithm = { name: 'ECDSA', namedCurve: key.curve };
    const { width } = EC[key.curve]!;
    // A raw point imports three times as fast as the SPKI around it (Node 20); WebCrypto has no compressed ones.
    const isRaw = key.point.length === 2 * width + 1 && key.point[0] === 4;
    return {
      key: isRaw
        ? { format: 'raw', bytes: key.point, algorithm }
        : { format: 'spki', bytes: spki, algorithm },
      verifyAs: { name: 'ECDSA', hash: scheme.hash },
      signature: ecdsaSignatureFromDer(signature, width),
    };
  }
  if (scheme.kind === 'ed25519' && key.kind === 'ed25519') {
    const algorithm = { name: 'Ed25519' };
    return {
      key: { format: 'spki', bytes: spki, algorithm },
      verifyAs: algorithm,
      signature: signature.length === 64 ? asBytes(signature) : null,
    };
  }
  if (key.kind !== 'rsa' || (scheme.kind !== 'rsa-pkcs1' && scheme.kind !== 'rsa-pss')) return null;
  if (key.pss !== null && !isWithin(scheme, key.pss.scheme)) return null;
  const name = scheme.kind === 'rsa-pkcs1' ? 'RSASSA-PKCS1-v1_5' : 'RSA-PSS';
  // WebCrypto knows rsaEncryption only: a PSS key is wrapped again as one.
  const bytes = key.pss === null ? spki : seq(RSA_ENCRYPTION, bits(key.pkcs1));
  return {
    key: { format: 'spki', bytes, algorithm: { name, hash: scheme.hash } },
    verifyAs: scheme.kind === 'rsa-pss' ? { name, saltLength: scheme.saltLength } : name,
    signature: asBytes(signature),
  };
}

const RSA_ENCRYPTION = seq(oid(OID.rsaEncryption), nullValue());

/** RFC 4055 3.3: what a PSS key's own parameters allow. */
function isWithin(scheme: SignatureScheme, limits: SignatureScheme | null): boolean {
  if (scheme.kind !== 'rsa-pss') return false;
  if (limits === null) return true;
  return limits.kind === 'rsa-pss' && limits.hash === scheme.hash && scheme.saltLength >= limits.saltLength;
}
