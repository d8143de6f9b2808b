/**
 * Where decoded bytes stand in the text that encodes them, so that a field of a certificate inside a PEM block
 * inside a message leads to the very characters that carry it.
 */
import type { Range } from './document.ts';

/** Maps a range of decoded bytes to the range of the document that holds them. */
export type Place = (start: number, end: number) => Range;

/** Bytes that stand as they are, from `offset` on. */
export function placeAt(offset: number): Place {
  return (start, end) => ({ start: offset + start, end: offset + end });
}

/** Bytes inside base64 or base64url, whose characters stand at `offsets`. */
function base64Place(offsets: ArrayLike<number>): Place {
  const at = (index: number): number => offsets[Math.min(index, offsets.length - 1)] ?? 0;
  return (start, end) => {
    const first = at(Math.floor((start * 4) / 3));
    if (end <= start) return { start: first, end: first };
    return { start: first, end: at(Math.floor((end * 8 - 1) / 6)) + 1 };
  };
}

/** Bytes inside one run of base64url characters that begins at `offset`. */
export function base64UrlPlace(offset: number, length: number): Place {
  return base64Place(Array.from({ length }, (_, index) => offset + index));
}

const CR = 0x0d;
const LF = 0x0a;

/**
 * Bytes inside the PEM block that stands in `document[start, end)`, BEGIN line included.
 *
 * @param offsetOf where the n-th byte of `pem` stands in the document
 */
export function pemPlace(pem: Uint8Array, offsetOf: (index: number) => number): Place {
  const offsets: number[] = [];
  const bodyStart = pem.indexOf(LF) + 1;
  const footer = pem.lastIndexOf(LF, Math.max(0, pem.length - 2));
  for (let at = bodyStart; at < footer; at++) {
    const octet = pem[at]!;
    if (octet !== CR && octet !== LF && octet !== 0x20 && octet !== 0x09) offsets.push(offsetOf(at));
  }
  return base64Place(offsets);
}
