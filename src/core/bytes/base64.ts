import { type Bytes, utf8Decode } from './bytes.ts';

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const STANDARD_CODES = codesOf(STANDARD);
const URL_CODES = codesOf(URL_SAFE);
const PAD = 0x3d;

/** Base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  return utf8Decode(text.subarray(0, writeBase64(bytes, text, 0)));
}

/** Base64url without padding (RFC 4648 section 5, RFC 7515 section 2). */
export function toBase64Url(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  return utf8Decode(text.subarray(0, writeGroups(bytes, text, 0, URL_CODES)));
}

/**
 * Writes base64 with padding as ASCII into `out` from `start` on; a text put together from characters costs several
 * times as much.
 *
 * @returns offset one past what was written
 */
export function writeBase64(bytes: Uint8Array, out: Uint8Array, start: number): number {
  let at = writeGroups(bytes, out, start, STANDARD_CODES);
  while ((at - start) % 4 !== 0) out[at++] = PAD;
  return at;
}

/**
 * Base64 to bytes; white space is skipped, padding must be right, unused bits must be zero.
 *
 * @throws RangeError for anything else
 */
export function fromBase64(text: string): Bytes {
  const compact = text.replace(/\s+/g, '');
  if (compact.length % 4 !== 0)
    throw new RangeError(`base64: length ${compact.length} is not a multiple of 4`);
  return decode(compact.replace(/={1,2}$/, ''), STANDARD_VALUES, 'base64');
}

/**
 * Base64url without padding to bytes.
 *
 * @throws RangeError for padding, white space, other characters, an impossible length or unused bits that are set
 */
export function fromBase64Url(text: string): Bytes {
  return decode(text, URL_VALUES, 'base64url');
}

const STANDARD_VALUES = valuesOf(STANDARD);
const URL_VALUES = valuesOf(URL_SAFE);

function codesOf(alphabet: string): Uint8Array {
  return Uint8Array.from(alphabet, (character) => character.charCodeAt(0));
}

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (let i = 0; i < 64; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

function writeGroups(bytes: Uint8Array, out: Uint8Array, start: number, codes: Uint8Array): number {
  const { length } = bytes;
  let to = start;
  let at = 0;
  for (; at + 2 < length; at += 3) {
    const group = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    out[to++] = codes[group >> 18]!;
    out[to++] = codes[(group >> 12) & 63]!;
    out[to++] = codes[(group >> 6) & 63]!;
    out[to++] = codes[group & 63]!;
  }
  const left = length - at;
  if (left === 0) return to;
  const group = (bytes[at]! << 16) | (left === 2 ? bytes[at + 1]! << 8 : 0);
  out[to++] = codes[group >> 18]!;
  out[to++] = codes[(group >> 12) & 63]!;
  if (left === 2) out[to++] = codes[(group >> 6) & 63]!;
  return to;
}

function decode(text: string, values: Int8Array, name: string): Bytes {
  if (text.length % 4 === 1) throw new RangeError(`${name}: length ${text.length} is impossible`);
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let group = 0;
  let held = 0;
  let out = 0;
  let i = 0;
  // Four characters at a time, up to the first that the loop below must refuse.
  for (; i + 3 < text.length; i += 4) {
    const four =
      (valueAt(text, i, values) << 18) |
      (valueAt(text, i + 1, values) << 12) |
      (valueAt(text, i + 2, values) << 6) |
      valueAt(text, i + 3, values);
    if (four < 0) break;
    bytes[out++] = four >> 16;
    bytes[out++] = four >> 8;
    bytes[out++] = four;
  }
  for (; i < text.length; i++) {
    const value = valueAt(text, i, values);
    if (value < 0) throw new RangeError(`${name}: unexpected character ${JSON.stringify(text[i])} at ${i}`);
    group = ((group << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) bytes[out++] = (group >> (held -= 8)) & 0xff;
  }
  if ((group & ((1 << held) - 1)) !== 0) throw new RangeError(`${name}: unused bits are not zero`);
  return bytes;
}

/** -1 for a character outside the alphabet. */
function valueAt(text: string, at: number, values: Int8Array): number {
  const code = text.charCodeAt(at);
  return code < 128 ? values[code]! : -1;
}
