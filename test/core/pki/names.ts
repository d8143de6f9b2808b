import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import {
  ia5String,
  oid,
  printableString,
  seq,
  set,
  TAG,
  tlv,
  utf8String,
} from '../../../src/core/bytes/der.ts';

/** A Name of one attribute an RDN, each value encoded as given. */
export function nameWith(...attributes: readonly (readonly [oid: string, value: Bytes])[]): Bytes {
  return seq(...attributes.map(([type, value]) => set(seq(oid(type), value))));
}

/** Character strings by type. */
export const text = { utf8: utf8String, printable: printableString, ia5: ia5String };

/** BMPString: two octets a character. */
export function bmpString(value: string): Bytes {
  const octets = [...value].flatMap((character) => [
    character.charCodeAt(0) >> 8,
    character.charCodeAt(0) & 0xff,
  ]);
  return tlv(TAG.bmpString, Uint8Array.from(octets));
}
