import type { CryptoProvider } from '../crypto/index.ts';
import { generateKeyPair, type KeyPair } from '../pki/key-pair.ts';
import type { KeyType } from '../pki/key-type.ts';
import { importJwk, jwsAlgorithmOf, keyIdOf, publicJwk, type Jwks, type JwsAlgorithm } from './jwk.ts';

/** A key that tokens are verified with. */
export interface VerificationKey {
  readonly alg: JwsAlgorithm;
  readonly key: CryptoKey;
}

/** Somebody whose tokens are accepted: name and keys, imported once. */
export interface TokenIssuer {
  /** Value of `iss`. */
  readonly issuer: string;
  /** By `kid`. */
  readonly verificationKeys: ReadonlyMap<string, VerificationKey>;
}

/** The API server as an issuer of service-account tokens. */
export interface ServiceAccountIssuer extends TokenIssuer {
  readonly alg: JwsAlgorithm;
  readonly kid: string;
  readonly keyPair: KeyPair;
  /** What `GET /openid/v1/jwks` answers. */
  jwks(): Jwks;
}

/**
 * Makes the signing key of an API server.
 *
 * @param options.issuer - `--service-account-issuer`, for example `https://kubernetes.default.svc.cluster.local`
 * @param options.keyType - `rsa-2048` by default, as kubeadm makes it
 */
export async function createServiceAccountIssuer(
  provider: CryptoProvider,
  { issuer, keyType = 'rsa-2048' }: { readonly issuer: string; readonly keyType?: KeyType },
): Promise<ServiceAccountIssuer> {
  const keyPair = await generateKeyPair(provider, keyType);
  const alg = jwsAlgorithmOf(keyType);
  const kid = await keyIdOf(provider, keyPair.spki);
  const jwk = await publicJwk(provider, keyPair.publicKey, kid, alg);
  const verificationKeys = new Map([[kid, { alg, key: keyPair.publicKey }]]);
  return { issuer, alg, kid, keyPair, verificationKeys, jwks: () => ({ keys: [jwk] }) };
}

/**
 * Accepts the tokens of an issuer by its published keys, as a verifier outside the cluster does.
 *
 * @throws DOMException (or the provider's own error) for a key the provider does not accept
 */
export async function trustIssuer(
  provider: CryptoProvider,
  issuer: string,
  jwks: Jwks,
): Promise<TokenIssuer> {
  const keys = await Promise.all(
    jwks.keys.map(async (jwk) => [jwk.kid, { alg: jwk.alg, key: await importJwk(provider, jwk) }] as const),
  );
  return { issuer, verificationKeys: new Map(keys) };
}
