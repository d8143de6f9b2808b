import { toBase64Url, type Bytes } from '../bytes/index.ts';
import { digest, type CryptoProvider } from '../crypto/index.ts';
import type { KeyType } from '../pki/index.ts';

/** Signature algorithms of tokens (RFC 7518 section 3.1), by the kind of key. */
export type JwsAlgorithm = 'RS256' | 'ES256' | 'ES384';

/** A public key as `/openid/v1/jwks` publishes it (RFC 7517), members in the order in which Kubernetes writes them. */
export type PublicJwk =
  | { use: 'sig'; kty: 'RSA'; kid: string; alg: JwsAlgorithm; n: string; e: string }
  | { use: 'sig'; kty: 'EC'; kid: string; crv: string; alg: JwsAlgorithm; x: string; y: string };

/** A JWK set (RFC 7517 section 5). */
export interface Jwks {
  readonly keys: readonly PublicJwk[];
}

/** The algorithm Kubernetes signs with for a key: RS256 for RSA, by the curve for ECDSA. */
export function jwsAlgorithmOf(keyType: KeyType): JwsAlgorithm {
  if (keyType === 'ecdsa-p256') return 'ES256';
  return keyType === 'ecdsa-p384' ? 'ES384' : 'RS256';
}

/**
 * `kid` as Kubernetes makes it: base64url of SHA-256 over the SubjectPublicKeyInfo, 43 characters (kubernetes:
 * pkg/serviceaccount/jwt.go, keyIDFromPublicKey).
 *
 * @param spki - DER
 */
export async function keyIdOf(provider: CryptoProvider, spki: Bytes): Promise<string> {
  return toBase64Url(await digest(provider, 'SHA-256', spki));
}

/** A public key as a member of a JWKS. */
export async function publicJwk(
  provider: CryptoProvider,
  key: CryptoKey,
  kid: string,
  alg: JwsAlgorithm,
): Promise<PublicJwk> {
  const { n, e, crv, x, y } = await provider.subtle.exportKey('jwk', key);
  if (n !== undefined && e !== undefined) return { use: 'sig', kty: 'RSA', kid, alg, n, e };
  if (crv !== undefined && x !== undefined && y !== undefined)
    return { use: 'sig', kty: 'EC', kid, crv, alg, x, y };
  throw new TypeError('only RSA and EC keys sign tokens');
}

/**
 * Imports a key of a JWKS for verifying.
 *
 * @throws DOMException (or the provider's own error) for a key the provider does not accept
 */
export function importJwk(provider: CryptoProvider, jwk: PublicJwk): Promise<CryptoKey> {
  const algorithm =
    jwk.kty === 'RSA'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : { name: 'ECDSA', namedCurve: jwk.crv };
  const { use: _use, kid: _kid, ...material } = jwk;
  return provider.subtle.importKey('jwk', material, algorithm, true, ['verify']);
}
