import type { DerReader } from '../bytes/der-reader.ts';
import { toHex } from '../bytes/hex.ts';
import { PkiError } from './error.ts';
import { readInteger } from './integer.ts';

/**
 * Checks the random bytes of a serial number: istiod draws it below 2^128, RFC 5280 4.1.2.2 wants it positive.
 *
 * @param serial 1 to 16 octets, big-endian, not all zero
 * @returns lower-case hex
 * @throws PkiError otherwise
 */
export function checkSerial(serial: Uint8Array): string {
  if (serial.length > 0 && serial.length <= 16 && serial.some((octet) => octet !== 0)) return toHex(serial);
  throw new PkiError('certificate.serial', 'serial number: needs 1 to 16 octets that are not all zero');
}

/**
 * Reads the next INTEGER of `reader` as a serial number.
 *
 * @returns lower-case hex without padding, with a leading `-` where negative
 * @throws DerError where it is none, or not in its shortest form
 */
export function readSerial(reader: DerReader, what: string): string {
  readInteger(reader, what);
  if (reader.bytes[reader.contentStart]! >= 0x80) return `-${(-reader.integer()).toString(16)}`;
  const hex = reader.integerHex().replace(/^0+/, '');
  return hex === '' ? '0' : hex;
}
