import { DerError } from '../bytes/der-reader.ts';
import { PemError } from '../bytes/pem.ts';
import { PkiError } from './error.ts';

/**
 * Runs a parser and turns its complaints into {@link PkiError}s, keeping the offset.
 *
 * @param what the thing that is read, for the message: `certificate`
 */
export function reading<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof DerError) {
      throw new PkiError(
        `${what}.der`,
        `${what}: ${error.message.replace(/^DER at offset \d+: /, '')}`,
        error.offset,
      );
    }
    if (error instanceof PemError)
      throw new PkiError(`${what}.pem`, `${what}: ${error.message}`, error.offset);
    throw error;
  }
}
