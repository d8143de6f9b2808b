import { ByteReader, ByteWriter, type Bytes, utf8Decode, utf8Encode } from '../bytes/index.ts';

/** Field lines of a header block in their order; names in lower case. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

const WITHOUT_INDEXING = 0x00;
const NEVER_INDEXED = 0x10;
/** Fields that no table on the way may keep (RFC 7541 section 7.1.3). */
const secret = new Set(['authorization']);

/**
 * A header block (RFC 7541). Simplified: every field is a literal with its name, without Huffman coding, static table or
 * dynamic table; any HTTP/2 peer reads it.
 */
export function encodeHeaders(headers: HeaderList): Bytes {
  const writer = new ByteWriter({ spans: false });
  for (const [name, value] of headers) {
    writer.u8(secret.has(name) ? NEVER_INDEXED : WITHOUT_INDEXING);
    writeString(writer, name);
    writeString(writer, value);
  }
  return writer.toBytes();
}

/**
 * Reads what {@link encodeHeaders} writes.
 *
 * @throws ByteError for a block that is cut off
 * @throws RangeError for representations it does not use
 */
export function decodeHeaders(block: Uint8Array): HeaderList {
  const reader = new ByteReader(block, { spans: false });
  const headers: (readonly [string, string])[] = [];
  while (!reader.done) {
    const kind = reader.u8();
    if (kind !== WITHOUT_INDEXING && kind !== NEVER_INDEXED)
      throw new RangeError(`header representation 0x${kind.toString(16)} uses a table`);
    const name = readString(reader);
    headers.push([name, readString(reader)]);
  }
  return headers;
}

/** Integers have 7 bits here, and more octets where that is not enough (RFC 7541 section 5.1). */
function writeString(writer: ByteWriter, text: string): void {
  const bytes = utf8Encode(text);
  const most = 0x7f;
  if (bytes.length < most) writer.u8(bytes.length);
  else {
    writer.u8(most);
    let rest = bytes.length - most;
    for (; rest >= 0x80; rest >>>= 7) writer.u8((rest & 0x7f) | 0x80);
    writer.u8(rest);
  }
  writer.bytes(bytes);
}

function readString(reader: ByteReader): string {
  const first = reader.u8();
  if (first >= 0x80) throw new RangeError('a header string is Huffman-coded');
  let length = first;
  if (first === 0x7f) {
    for (let shift = 0; shift < 28; shift += 7) {
      const octet = reader.u8();
      length += (octet & 0x7f) << shift;
      if (octet < 0x80) break;
    }
  }
  return utf8Decode(reader.bytes(length));
}
