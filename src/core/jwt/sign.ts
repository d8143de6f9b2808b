import { utf8Encode } from '../bytes/index.ts';
import type { CryptoProvider } from '../crypto/index.ts';
import type { ServiceAccountClaims } from './claims.ts';
import type { ServiceAccountIssuer } from './issuer.ts';
import { signCompact } from './jws.ts';
import { sortedJson } from './sorted-json.ts';

/**
 * Signs a service-account token as the API server does: header `alg` and `kid` only, claims in alphabetical order
 * (kubernetes: pkg/serviceaccount/jwt.go).
 *
 * @returns the compact JWT
 */
export function signServiceAccountToken(
  provider: CryptoProvider,
  issuer: ServiceAccountIssuer,
  claims: ServiceAccountClaims,
): Promise<string> {
  const key = { alg: issuer.alg, kid: issuer.kid, privateKey: issuer.keyPair.privateKey };
  return signCompact(provider, key, utf8Encode(sortedJson(claims)));
}
