import { asBytes, type Bytes } from '../bytes/bytes.ts';
import type { CryptoProvider } from './provider.ts';

export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/** Hash of `bytes` (FIPS 180-4). SHA-1 serves key identifiers of RFC 5280 4.2.1.2 only, never signatures. */
export async function digest(provider: CryptoProvider, hash: HashName, bytes: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await provider.subtle.digest(hash, asBytes(bytes)));
}
