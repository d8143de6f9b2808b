/**
 * Bytes over a plain `ArrayBuffer`, as WebCrypto's types ask for. Every function of this folder returns this
 * form; inputs may be any `Uint8Array`.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Types `bytes` as {@link Bytes} without copying.
 *
 * @param bytes a view that is not over a `SharedArrayBuffer` (nothing in this project shares memory)
 */
export function asBytes(bytes: Uint8Array): Bytes {
  return bytes as Bytes;
}

/** Joins `parts` into one new array. */
export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether `a` and `b` hold the same bytes. Not constant-time: for display and public values only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Up to this length the encoder's call costs more than the characters. */
const SHORT_TEXT = 64;

/** Text to UTF-8; lone surrogates become U+FFFD. */
export function utf8Encode(text: string): Bytes {
  const { length } = text;
  if (length > SHORT_TEXT) return encoder.encode(text);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return encoder.encode(text);
    bytes[i] = code;
  }
  return bytes;
}

/** UTF-8 to text; malformed sequences become U+FFFD. */
export function utf8Decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** UTF-8 to text, or null where `bytes` are not well-formed UTF-8. */
export function utf8DecodeStrict(bytes: Uint8Array): string | null {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return null;
  }
}
