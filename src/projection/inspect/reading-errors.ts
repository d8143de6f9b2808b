/** What the parsers throw for unusable input; anything else that is thrown is a bug. */
const NAMES: ReadonlySet<string> = new Set([
  'ByteError',
  'DerError',
  'Fault',
  'JsonError',
  'JwtFormError',
  'PemError',
  'PkiError',
  'ProtoError',
]);

export function isReadingError(error: unknown): error is Error {
  return error instanceof Error && NAMES.has(error.name);
}

/** Offset of the byte a parser complained about, where it knows. */
export function offsetOf(error: Error): number | null {
  return 'offset' in error && typeof error.offset === 'number' ? error.offset : null;
}
