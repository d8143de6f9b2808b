import { type Bytes, utf8Decode } from '../bytes/bytes.ts';
import { DerError, type DerReader } from '../bytes/der-reader.ts';
import { toHex } from '../bytes/hex.ts';
import { formatIp } from './ip-address.ts';
import { Name } from './name.ts';

export type GeneralNameType =
  | 'otherName'
  | 'email'
  | 'dns'
  | 'x400Address'
  | 'directory'
  | 'ediPartyName'
  | 'uri'
  | 'ip'
  | 'registeredId';

/** One name of a subject alternative name (RFC 5280 4.2.1.6). */
export interface GeneralName {
  readonly type: GeneralNameType;
  /** In the field's notation: the URI, the DNS name, the address; hex for the forms that have no text. */
  readonly value: string;
  /** Content octets. */
  readonly bytes: Bytes;
}

const TYPES: readonly GeneralNameType[] = [
  'otherName',
  'email',
  'dns',
  'x400Address',
  'directory',
  'ediPartyName',
  'uri',
  'ip',
  'registeredId',
];

const CONSTRUCTED: ReadonlySet<GeneralNameType> = new Set([
  'otherName',
  'x400Address',
  'directory',
  'ediPartyName',
]);

/**
 * Reads the next element of `reader` as a GeneralName.
 *
 * @param subtree read the `base` of a name constraint, where an address is followed by its mask
 * @throws DerError where it is none, or holds characters its form does not allow
 */
export function readGeneralName(reader: DerReader, subtree = false): GeneralName {
  reader.read(undefined, 'GeneralName');
  const type = (reader.tag & 0xc0) === 0x80 ? TYPES[reader.tag & 0x1f] : undefined;
  if (type === undefined || CONSTRUCTED.has(type) !== ((reader.tag & 0x20) !== 0)) {
    throw new DerError('no such form of GeneralName', reader.start);
  }
  const bytes = reader.content();
  return { type, value: textOf(type, reader, bytes, subtree), bytes };
}

function textOf(type: GeneralNameType, reader: DerReader, bytes: Bytes, subtree: boolean): string {
  switch (type) {
    case 'uri':
    case 'dns':
    case 'email':
      if (bytes.some((octet) => octet >= 0x80))
        throw new DerError('IA5String holds an octet above 7F', reader.start);
      return utf8Decode(bytes);
    case 'ip': {
      const text = formatIp(bytes, subtree);
      if (text === null) throw new DerError(`an IP address has no ${bytes.length} octets`, reader.start);
      return text;
    }
    case 'directory': {
      const inside = reader.inside();
      const name = Name.read(inside, 'directoryName');
      inside.finish('directoryName');
      return name.toString();
    }
    case 'registeredId':
      return reader.oid();
    default:
      return toHex(bytes);
  }
}
