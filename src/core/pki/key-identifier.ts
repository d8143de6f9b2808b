import { DerReader } from '../bytes/der-reader.ts';
import { TAG } from '../bytes/der.ts';
import { toHex } from '../bytes/hex.ts';
import { type CryptoProvider, digest } from '../crypto/index.ts';

/**
 * Key identifier as Go 1.25 makes it, and so Istio from 1.29 on: the first 160 bits of SHA-256 over the bits of
 * the public key (RFC 7093 section 2, method 1). Older builds took SHA-1 (RFC 5280 4.2.1.2, method 1).
 *
 * @param spki SubjectPublicKeyInfo, DER
 * @returns lower-case hex, 40 digits
 * @throws DerError where `spki` is none
 */
export async function keyIdentifier(provider: CryptoProvider, spki: Uint8Array): Promise<string> {
  const info = new DerReader(spki).enter(TAG.sequence, 'SubjectPublicKeyInfo');
  info.read(TAG.sequence, 'algorithm');
  const { content } = info.read(TAG.bitString, 'subjectPublicKey').bitString();
  return toHex((await digest(provider, 'SHA-256', content)).subarray(0, 20));
}
