import { concatBytes, type Bytes } from '../bytes/bytes.ts';
import { DerReader } from '../bytes/der-reader.ts';
import { seq, TAG, uint } from '../bytes/der.ts';

/**
 * WebCrypto's ECDSA signature (r‖s, each as wide as the curve's order) as X.509 and TLS carry it:
 * `SEQUENCE { r INTEGER, s INTEGER }` (RFC 5480 appendix A).
 */
export function ecdsaSignatureToDer(raw: Uint8Array): Bytes {
  const half = raw.length >> 1;
  return seq(uint(raw.subarray(0, half)), uint(raw.subarray(half)));
}

/**
 * The way back. Null where `der` is no such sequence or an integer does not fit `width` octets: a signature
 * that cannot be right.
 *
 * @param width octets of the curve's order: 32, 48 or 66
 */
export function ecdsaSignatureFromDer(der: Uint8Array, width: number): Bytes | null {
  try {
    const outer = new DerReader(der);
    const pair = outer.enter(TAG.sequence);
    outer.finish('signature');
    const r = fixedWidth(pair.read(TAG.integer).content(), width);
    const s = fixedWidth(pair.read(TAG.integer).content(), width);
    return pair.done && r !== null && s !== null ? concatBytes(r, s) : null;
  } catch {
    return null;
  }
}

function fixedWidth(integer: Uint8Array, width: number): Uint8Array | null {
  if (integer.length === 0 || integer[0]! >= 0x80) return null;
  const padded = integer.length > 1 && integer[0] === 0;
  if (padded && integer[1]! < 0x80) return null;
  const magnitude = padded ? integer.subarray(1) : integer;
  if (magnitude.length > width) return null;
  const out = new Uint8Array(width);
  out.set(magnitude, width - magnitude.length);
  return out;
}
