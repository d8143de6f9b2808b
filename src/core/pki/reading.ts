import { DerError } from '../bytes/der-reader.ts';
import { PemError } from '../bytes/pem.ts';
import { PkiError } from './error.ts';

/**
 * Runs a parser and turns its complaints into {@link PkiError}s, keeping the offset.
 *
 * @param rule first part of the error's rule: `certificate`
 * @param what the thing that is read, for the message, where it is called otherwise
 */
export function reading<T>(rule: string, parse: () => T, what = rule): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof DerError) {
      throw new PkiError(
        `${rule}.der`,
        `${what}: ${error.message.replace(/^DER at offset \d+: /, '')}`,
        error.offset,
      );
    }
    if (error instanceof PemError)
      throw new PkiError(`${rule}.pem`, `${what}: ${error.message}`, error.offset);
    throw error;
  }
}

/** {@link reading} for private keys. */
export function readingKey<T>(parse: () => T): T {
  return reading('key', parse, 'private key');
}
