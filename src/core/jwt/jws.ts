import { compactVerify, errors } from 'jose';
import { asBytes, toBase64Url, utf8Encode } from '../bytes/index.ts';
import { nativeCrypto, type CryptoProvider } from '../crypto/index.ts';
import type { JwsAlgorithm } from './jwk.ts';

/**
 * Signs a payload as a compact JWS (RFC 7515 section 3.1) with the header `{"alg":…,"kid":…}` and nothing else.
 *
 * @param payload - bytes to sign, for a token the UTF-8 of its claims
 */
export async function signCompact(
  provider: CryptoProvider,
  key: { readonly alg: JwsAlgorithm; readonly kid: string; readonly privateKey: CryptoKey },
  payload: Uint8Array,
): Promise<string> {
  const { alg, kid, privateKey } = key;
  const header = utf8Encode(JSON.stringify({ alg, kid }));
  const signingInput = `${toBase64Url(header)}.${toBase64Url(payload)}`;
  const signature = await provider.subtle.sign(PARAMETERS[alg], privateKey, utf8Encode(signingInput));
  return `${signingInput}.${toBase64Url(new Uint8Array(signature))}`;
}

/**
 * Whether the signature of a compact JWS is that of a key.
 *
 * @param token - a well-formed compact JWS
 * @param signature - its last part, decoded
 * @param alg - algorithm of the key; a token that names another one does not pass
 */
export async function verifyCompact(
  provider: CryptoProvider,
  token: string,
  signature: Uint8Array,
  { alg, key }: { readonly alg: JwsAlgorithm; readonly key: CryptoKey },
): Promise<boolean> {
  if (isNative(provider)) return verifyWithJose(token, alg, key);
  const width = ECDSA_WIDTHS[alg];
  // RFC 7518 section 3.4; some providers throw instead of refusing another length.
  if (width !== undefined && signature.length !== width) return false;
  const signingInput = utf8Encode(token.slice(0, token.lastIndexOf('.')));
  return provider.subtle.verify(PARAMETERS[alg], key, asBytes(signature), signingInput);
}

/** jose works on the platform's WebCrypto alone; keys of another provider are used through that provider. */
function isNative(provider: CryptoProvider): boolean {
  return provider === nativeCrypto;
}

async function verifyWithJose(token: string, alg: JwsAlgorithm, key: CryptoKey): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [alg] });
    return true;
  } catch (cause) {
    if (cause instanceof errors.JOSEError) return false;
    throw cause;
  }
}

const PARAMETERS: Readonly<Record<JwsAlgorithm, AlgorithmIdentifier | EcdsaParams>> = {
  RS256: 'RSASSA-PKCS1-v1_5',
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', hash: 'SHA-384' },
};

const ECDSA_WIDTHS: Partial<Record<JwsAlgorithm, number>> = { ES256: 64, ES384: 96 };
