import { DerError, type DerReader } from '../bytes/der-reader.ts';
import { TAG } from '../bytes/der.ts';

/**
 * Moves `reader` to the next INTEGER, which must be in its shortest form (X.690 8.3.2).
 *
 * @throws DerError otherwise
 */
export function readInteger(reader: DerReader, what: string): DerReader {
  reader.read(TAG.integer, what);
  const { bytes, contentStart, end } = reader;
  if (contentStart === end) throw new DerError(`${what} is empty`, reader.start);
  const [first, second] = [bytes[contentStart]!, bytes[contentStart + 1]!];
  const isLong = end - contentStart > 1;
  if (isLong && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new DerError(`${what} is not in its shortest form`, reader.start);
  }
  return reader;
}
