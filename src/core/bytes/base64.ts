import type { Bytes } from './bytes.ts';

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  return encode(bytes, STANDARD, true);
}

/** Base64url without padding (RFC 4648 section 5, RFC 7515 section 2). */
export function toBase64Url(bytes: Uint8Array): string {
  return encode(bytes, URL_SAFE, false);
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

function valuesOf(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(0xff);
  for (let i = 0; i < 64; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

function encode(bytes: Uint8Array, alphabet: string, pad: boolean): string {
  let text = '';
  let at = 0;
  for (; at + 2 < bytes.length; at += 3) {
    const group = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    text +=
      alphabet[group >> 18]! +
      alphabet[(group >> 12) & 63]! +
      alphabet[(group >> 6) & 63]! +
      alphabet[group & 63]!;
  }
  const left = bytes.length - at;
  if (left === 0) return text;
  const group = (bytes[at]! << 16) | (left === 2 ? bytes[at + 1]! << 8 : 0);
  text += alphabet[group >> 18]! + alphabet[(group >> 12) & 63]!;
  if (left === 2) text += alphabet[(group >> 6) & 63]!;
  return pad ? text.padEnd(text.length + 3 - left, '=') : text;
}

function decode(text: string, values: Uint8Array, name: string): Bytes {
  if (text.length % 4 === 1) throw new RangeError(`${name}: length ${text.length} is impossible`);
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let group = 0;
  let held = 0;
  let out = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? values[code]! : 0xff;
    if (value === 0xff)
      throw new RangeError(`${name}: unexpected character ${JSON.stringify(text[i])} at ${i}`);
    group = ((group << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) bytes[out++] = (group >> (held -= 8)) & 0xff;
  }
  if ((group & ((1 << held) - 1)) !== 0) throw new RangeError(`${name}: unused bits are not zero`);
  return bytes;
}
