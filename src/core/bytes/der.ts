/**
 * Writing DER (ITU-T X.690): small functions, each returning one whole TLV, to be nested:
 *
 * ```ts
 * seq(int(2), oid('2.5.29.17'), bool(true), octets(seq(contextPrimitive(6, utf8Encode('spiffe://…')))))
 * ```
 *
 * - Structure: `seq` `set` `setOf` `contextExplicit(n, …tlvs)` `contextConstructed(n, …tlvs)`
 *   `contextPrimitive(n, content)` `tlv(tag, content)` `tlvOf(tag, …tlvs)`
 * - Values: `int` `uint` (big-endian magnitude) `bool` `nullValue` `oid` `octets` `bits` `namedBits`
 *   `utf8String` `printableString` `ia5String` `time` (RFC 5280 rule) `utcTime` `generalizedTime`
 *
 * These run thousands of times when a fleet is issued its certificates: constant parts (an algorithm
 * identifier, a fixed extension) should be built once by the caller and passed again. `oid` and `bool` are
 * shared constants, so treat every result as immutable.
 *
 * Reading: `DerReader` in der-reader.ts (fast cursor), `derTree` in der-tree.ts (everything, with offsets).
 */
import { type Bytes, utf8Encode } from './bytes.ts';

/** First identifier octet of the universal types this project writes and reads. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** First identifier octet of `[n]`: 0x80 + n, plus 0x20 where constructed. */
export function contextTag(n: number, constructed: boolean): number {
  return (constructed ? 0xa0 : 0x80) | n;
}

/** One TLV with the identifier octet `tag` and the given content octets. */
export function tlv(tag: number, content: Uint8Array): Bytes {
  const start = headerLength(content.length);
  const out = new Uint8Array(start + content.length);
  writeHeader(out, tag, content.length, start);
  out.set(content, start);
  return out;
}

/** One constructed TLV holding `parts`, each a TLV, in the given order. */
export function tlvOf(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  let at = headerLength(length);
  const out = new Uint8Array(at + length);
  writeHeader(out, tag, length, at);
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** SEQUENCE (also SEQUENCE OF). */
export function seq(...parts: readonly Uint8Array[]): Bytes {
  return tlvOf(TAG.sequence, ...parts);
}

/** SET with the elements as given: the caller has them in tag order. */
export function set(...parts: readonly Uint8Array[]): Bytes {
  return tlvOf(TAG.set, ...parts);
}

/** SET OF: elements are put into the ascending order of their encodings (X.690 11.6). */
export function setOf(...parts: readonly Uint8Array[]): Bytes {
  return parts.length < 2 ? set(...parts) : set(...[...parts].sort(compareEncodings));
}

/** `[n] EXPLICIT`: context tag around whole TLVs. */
export function contextExplicit(n: number, ...parts: readonly Uint8Array[]): Bytes {
  return tlvOf(contextTag(n, true), ...parts);
}

/** `[n] IMPLICIT` of a constructed type: the same bytes as explicit, named for what the caller means. */
export function contextConstructed(n: number, ...parts: readonly Uint8Array[]): Bytes {
  return tlvOf(contextTag(n, true), ...parts);
}

/** `[n] IMPLICIT` of a primitive type: `content` without its own tag (a GeneralName URI, a key identifier). */
export function contextPrimitive(n: number, content: Uint8Array): Bytes {
  return tlv(contextTag(n, false), content);
}

const TRUE: Bytes = Uint8Array.of(TAG.boolean, 1, 0xff);
const FALSE: Bytes = Uint8Array.of(TAG.boolean, 1, 0);
const NULL: Bytes = Uint8Array.of(TAG.null, 0);

/** BOOLEAN; DER writes true as FF. */
export function bool(value: boolean): Bytes {
  return value ? TRUE : FALSE;
}

/** NULL. */
export function nullValue(): Bytes {
  return NULL;
}

/** INTEGER from a safe integer or a bigint, two's complement in the fewest octets. */
export function int(value: number | bigint): Bytes {
  if (typeof value === 'number' && value >= -128 && value <= 127) {
    return Uint8Array.of(TAG.integer, 1, value & 0xff);
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`DER INTEGER: ${value} is not a safe integer`);
  }
  const octets: number[] = [];
  let rest = BigInt(value);
  for (;;) {
    const octet = Number(rest & 0xffn);
    octets.push(octet);
    rest >>= 8n;
    if ((rest === 0n && octet < 0x80) || (rest === -1n && octet >= 0x80)) break;
  }
  return tlv(TAG.integer, Uint8Array.from(octets.reverse()));
}

/** Non-negative INTEGER from its big-endian magnitude: leading zeros go, a sign octet comes where needed. */
export function uint(magnitude: Uint8Array): Bytes {
  let from = 0;
  while (from < magnitude.length - 1 && magnitude[from] === 0) from++;
  const sign = magnitude.length === 0 || magnitude[from]! >= 0x80 ? 1 : 0;
  const length = magnitude.length - from + sign;
  const start = headerLength(length);
  const out = new Uint8Array(start + length);
  writeHeader(out, TAG.integer, length, start);
  out.set(from === 0 ? magnitude : magnitude.subarray(from), start + sign);
  return out;
}

const encodedOids = new Map<string, Bytes>();
const MAX_CACHED_OIDS = 512;

/**
 * OBJECT IDENTIFIER from dotted decimal.
 *
 * @throws RangeError where `dotted` is no object identifier
 */
export function oid(dotted: string): Bytes {
  const known = encodedOids.get(dotted);
  if (known) return known;
  const encoded = encodeOid(dotted);
  if (encodedOids.size < MAX_CACHED_OIDS) encodedOids.set(dotted, encoded);
  return encoded;
}

/** OCTET STRING. */
export function octets(content: Uint8Array): Bytes {
  return tlv(TAG.octetString, content);
}

/** BIT STRING; `unusedBits` (0–7) at the end of the last octet, which the caller has set to zero. */
export function bits(content: Uint8Array, unusedBits = 0): Bytes {
  const length = content.length + 1;
  const start = headerLength(length);
  const out = new Uint8Array(start + length);
  writeHeader(out, TAG.bitString, length, start);
  out[start] = unusedBits;
  out.set(content, start + 1);
  return out;
}

/** BIT STRING of a named bit list (X.690 11.2.2): `positions` of the set bits, trailing zero bits dropped. */
export function namedBits(positions: readonly number[]): Bytes {
  if (positions.length === 0) return bits(new Uint8Array(0));
  const highest = Math.max(...positions);
  const content = new Uint8Array((highest >> 3) + 1);
  for (const position of positions) content[position >> 3]! |= 0x80 >> (position & 7);
  return bits(content, 7 - (highest & 7));
}

/** UTF8String. */
export function utf8String(text: string): Bytes {
  return tlv(TAG.utf8String, utf8Encode(text));
}

/** PrintableString; the caller keeps to its alphabet (see {@link isPrintable}). */
export function printableString(text: string): Bytes {
  return tlv(TAG.printableString, utf8Encode(text));
}

/** IA5String (ASCII). */
export function ia5String(text: string): Bytes {
  return tlv(TAG.ia5String, utf8Encode(text));
}

/** Whether `text` stays within PrintableString's alphabet (X.680 41.4). */
export function isPrintable(text: string): boolean {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text);
}

/** A certificate's Time: UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5). */
export function time(date: Date): Bytes {
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050 ? utcTime(date) : generalizedTime(date);
}

/** UTCTime `YYMMDDHHMMSSZ`; fractions of a second are cut off. */
export function utcTime(date: Date): Bytes {
  const out = new Uint8Array(15);
  writeHeader(out, TAG.utcTime, 13, 2);
  twoDigits(out, 2, date.getUTCFullYear() % 100);
  restOfTime(out, 4, date);
  return out;
}

/** GeneralizedTime `YYYYMMDDHHMMSSZ`; fractions of a second are cut off, as RFC 5280 4.1.2.5.2 asks. */
export function generalizedTime(date: Date): Bytes {
  const out = new Uint8Array(17);
  writeHeader(out, TAG.generalizedTime, 15, 2);
  const year = date.getUTCFullYear();
  twoDigits(out, 2, Math.floor(year / 100));
  twoDigits(out, 4, year % 100);
  restOfTime(out, 6, date);
  return out;
}

function restOfTime(out: Uint8Array, at: number, date: Date): void {
  twoDigits(out, at, date.getUTCMonth() + 1);
  twoDigits(out, at + 2, date.getUTCDate());
  twoDigits(out, at + 4, date.getUTCHours());
  twoDigits(out, at + 6, date.getUTCMinutes());
  twoDigits(out, at + 8, date.getUTCSeconds());
  out[at + 10] = 0x5a;
}

function twoDigits(out: Uint8Array, at: number, value: number): void {
  out[at] = 0x30 + Math.floor(value / 10);
  out[at + 1] = 0x30 + (value % 10);
}

function headerLength(contentLength: number): number {
  if (contentLength < 0x80) return 2;
  if (contentLength < 0x100) return 3;
  if (contentLength < 0x10000) return 4;
  return contentLength < 0x1000000 ? 5 : 6;
}

/** `header` is headerLength(length), which the caller has computed to allocate. */
function writeHeader(out: Uint8Array, tag: number, length: number, header: number): void {
  out[0] = tag;
  if (header === 2) {
    out[1] = length;
    return;
  }
  out[1] = 0x80 | (header - 2);
  for (let at = header - 1, rest = length; at > 1; at--, rest >>>= 8) out[at] = rest & 0xff;
}

function encodeOid(dotted: string): Bytes {
  if (!/^[0-2](\.(0|[1-9]\d*))+$/.test(dotted))
    throw new RangeError(`DER: "${dotted}" is no object identifier`);
  const [first, second, ...rest] = dotted.split('.').map(BigInt);
  if (first! < 2n && second! > 39n) throw new RangeError(`DER: "${dotted}" is no object identifier`);
  const content: number[] = [];
  for (const arc of [first! * 40n + second!, ...rest]) pushBase128(content, arc);
  return tlv(TAG.oid, Uint8Array.from(content));
}

function pushBase128(content: number[], arc: bigint): void {
  const septets = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) septets.push(Number(rest & 0x7fn) | 0x80);
  content.push(...septets.reverse());
}

function compareEncodings(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
