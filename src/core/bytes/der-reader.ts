/**
 * Reading DER (ITU-T X.690) with a cursor that makes no object per element.
 *
 * ```ts
 * const certificate = new DerReader(der).enter(TAG.sequence, 'Certificate');
 * const tbs = certificate.enter(TAG.sequence, 'TBSCertificate');   // a reader of its content; the cursor moves on
 * if (tbs.nextIs(0xa0)) tbs.enter(0xa0).read(TAG.integer).smallInteger();
 * const serial = tbs.read(TAG.integer, 'serialNumber').content();  // then tag/start/contentStart/end describe it
 * const issuer = tbs.read(TAG.sequence, 'issuer').element();       // with its header
 * while (!extensions.done) { … extensions.enter(TAG.sequence) … }
 * certificate.finish('Certificate');
 * ```
 *
 * `read(tag?)` moves to the next element and describes it in the fields; `enter(tag?)` does the same and returns
 * a reader over its content; `skip`, `nextTag`, `nextIs`, `optional`, `done`, `finish`. Values of the current
 * element: `content` `element` `oid` `integer` `smallInteger` `integerHex` `boolean` `bitString` `text` `time`.
 * Every complaint is a `DerError` with the offset into the original bytes. Offsets stay those of the outermost bytes.
 */
import { asBytes, type Bytes, utf8Decode } from './bytes.ts';
import { toHex } from './hex.ts';
import { TAG } from './der.ts';

/** Bytes that are no DER, or not the DER that was expected; `offset` into the bytes given to the reader. */
export class DerError extends Error {
  override readonly name = 'DerError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`DER at offset ${offset}: ${message}`);
    this.offset = offset;
  }
}

export class DerReader {
  readonly bytes: Bytes;
  readonly limit: number;
  /** Offset of the next element's identifier octet. */
  pos: number;
  /** First identifier octet of the current element; 0 before the first read. */
  tag = 0;
  start = 0;
  contentStart = 0;
  end = 0;

  /** @param start first byte to read; @param limit one past the last (offsets into `bytes`) */
  constructor(bytes: Uint8Array, start = 0, limit = bytes.length) {
    this.bytes = asBytes(bytes);
    this.pos = start;
    this.limit = limit;
  }

  get done(): boolean {
    return this.pos >= this.limit;
  }

  /** Identifier octet of the next element, or -1 at the end. */
  get nextTag(): number {
    return this.pos < this.limit ? this.bytes[this.pos]! : -1;
  }

  nextIs(tag: number): boolean {
    return this.nextTag === tag;
  }

  /**
   * Moves to the next element, which must have `tag` where one is given.
   *
   * @param what name for the error message, such as `serialNumber`
   * @throws DerError for truncated, indefinite or over-long lengths, high tag numbers and unexpected tags
   */
  read(tag?: number, what = 'element'): this {
    const { bytes, limit } = this;
    const at = this.pos;
    if (at >= limit) throw new DerError(`${what} is missing`, at);
    const found = bytes[at]!;
    if ((found & 0x1f) === 0x1f) throw new DerError(`${what}: high tag numbers are not used here`, at);
    if (tag !== undefined && found !== tag) {
      throw new DerError(`${what}: expected tag 0x${hexOctet(tag)}, found 0x${hexOctet(found)}`, at);
    }
    this.readLength(at + 1, what);
    this.tag = found;
    this.start = at;
    this.pos = this.end;
    return this;
  }

  /** Reads the next element and returns a reader over its content. */
  enter(tag?: number, what = 'element'): DerReader {
    this.read(tag, what);
    return new DerReader(this.bytes, this.contentStart, this.end);
  }

  /** A reader over the content of the current element. */
  inside(): DerReader {
    return new DerReader(this.bytes, this.contentStart, this.end);
  }

  /** Reads the next element if it has `tag`; otherwise stays and returns false. */
  optional(tag: number): boolean {
    if (!this.nextIs(tag)) return false;
    this.read(tag);
    return true;
  }

  skip(): void {
    this.read();
  }

  /** @throws DerError where elements are left */
  finish(what: string): void {
    if (!this.done) throw new DerError(`${what}: bytes are left over`, this.pos);
  }

  /** Content octets of the current element, as a view. */
  content(): Bytes {
    return this.bytes.subarray(this.contentStart, this.end);
  }

  /** The current element with its header, as a view. */
  element(): Bytes {
    return this.bytes.subarray(this.start, this.end);
  }

  /** OBJECT IDENTIFIER in dotted decimal. */
  oid(): string {
    return decodeOid(this.bytes, this.contentStart, this.end);
  }

  boolean(): boolean {
    if (this.end - this.contentStart !== 1) throw new DerError('BOOLEAN is not one octet', this.start);
    return this.bytes[this.contentStart] !== 0;
  }

  integer(): bigint {
    this.checkInteger();
    const magnitude = BigInt(`0x${toHex(this.content())}`);
    const negative = this.bytes[this.contentStart]! >= 0x80;
    return negative ? magnitude - (1n << BigInt((this.end - this.contentStart) * 8)) : magnitude;
  }

  /** INTEGER that must fit 31 bits, such as a version or a path length. */
  smallInteger(): number {
    this.checkInteger();
    if (this.end - this.contentStart > 4) throw new DerError('INTEGER is larger than expected', this.start);
    let value = this.bytes[this.contentStart]! >= 0x80 ? -1 : 0;
    for (let at = this.contentStart; at < this.end; at++) value = (value << 8) | this.bytes[at]!;
    return value;
  }

  /** INTEGER's content as lower-case hex without the sign octet; for serial numbers. */
  integerHex(): string {
    this.checkInteger();
    const from = this.contentStart;
    const padded = this.end - from > 1 && this.bytes[from] === 0;
    return toHex(this.bytes.subarray(padded ? from + 1 : from, this.end));
  }

  /** BIT STRING without its leading octet; `unusedBits` must be checked by those to whom it matters. */
  bitString(): { readonly content: Bytes; readonly unusedBits: number } {
    const unusedBits = this.end > this.contentStart ? this.bytes[this.contentStart]! : 8;
    const empty = this.end - this.contentStart === 1;
    if (unusedBits > 7 || (empty && unusedBits > 0))
      throw new DerError('BIT STRING has no valid length', this.start);
    return { content: this.bytes.subarray(this.contentStart + 1, this.end), unusedBits };
  }

  /** Character string of any of the usual types; TeletexString is read as Latin-1, as OpenSSL does. */
  text(): string {
    return decodeText(this.tag, this.content());
  }

  /** UTCTime or GeneralizedTime in milliseconds since 1970. */
  time(): number {
    return decodeTime(this.bytes, this.tag, this.contentStart, this.end);
  }

  /** Reads only the length at `lengthAt`, for callers that read tags of several octets themselves. */
  measure(lengthAt: number): this {
    this.readLength(lengthAt, 'element');
    return this;
  }

  private readLength(at: number, what: string): void {
    const { bytes, limit } = this;
    if (at >= limit) throw new DerError(`${what}: the length is missing`, at);
    let length = bytes[at]!;
    let contentStart = at + 1;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0) throw new DerError(`${what}: indefinite length is not DER`, at);
      if (count > 4) throw new DerError(`${what}: the length takes ${count} octets`, at);
      contentStart += count;
      if (contentStart > limit) throw new DerError(`${what}: the length is cut off`, at);
      length = 0;
      for (let i = at + 1; i < contentStart; i++) length = length * 256 + bytes[i]!;
      if (length < 0x80 || (count > 1 && bytes[at + 1] === 0)) {
        throw new DerError(`${what}: the length is not in its shortest form`, at);
      }
    }
    if (contentStart + length > limit) {
      throw new DerError(`${what}: ${length} octets announced, ${limit - contentStart} left`, at);
    }
    this.contentStart = contentStart;
    this.end = contentStart + length;
  }

  private checkInteger(): void {
    if (this.end === this.contentStart) throw new DerError('INTEGER without content', this.start);
  }
}

/**
 * OBJECT IDENTIFIER content octets to dotted decimal.
 *
 * @throws DerError where it is empty, cut off or has padded arcs
 */
export function decodeOid(bytes: Uint8Array, start: number, end: number): string {
  if (end <= start || bytes[end - 1]! >= 0x80) throw new DerError('OBJECT IDENTIFIER is cut off', start);
  let text = '';
  let value = 0;
  let big: bigint | null = null;
  for (let at = start; at < end; at++) {
    const octet = bytes[at]!;
    if (octet === 0x80 && value === 0 && big === null)
      throw new DerError('OBJECT IDENTIFIER arc is padded', at);
    if (big !== null) big = (big << 7n) | BigInt(octet & 0x7f);
    else if (value >= 2 ** 45) big = (BigInt(value) << 7n) | BigInt(octet & 0x7f);
    else value = value * 128 + (octet & 0x7f);
    if (octet >= 0x80) continue;
    text = text === '' ? firstArcs(big ?? value) : `${text}.${big ?? value}`;
    value = 0;
    big = null;
  }
  return text;
}

/**
 * UTCTime or GeneralizedTime content to milliseconds since 1970. Only the forms RFC 5280 4.1.2.5 allows: with
 * seconds, in Z, without fractions.
 *
 * @throws DerError for any other form or an impossible date
 */
export function decodeTime(bytes: Uint8Array, tag: number, start: number, end: number): number {
  const yearDigits = tag === TAG.utcTime ? 2 : tag === TAG.generalizedTime ? 4 : 0;
  if (yearDigits === 0) throw new DerError(`tag 0x${hexOctet(tag)} is no time`, start);
  if (end - start !== yearDigits + 11 || bytes[end - 1] !== 0x5a) {
    throw new DerError('time is not in the form YYMMDDHHMMSSZ', start);
  }
  const at = start + yearDigits;
  let year = digits(bytes, start, yearDigits);
  if (yearDigits === 2) year += year < 50 ? 2000 : 1900;
  const month = digits(bytes, at, 2);
  const day = digits(bytes, at + 2, 2);
  const [hour, minute, second] = [
    digits(bytes, at + 4, 2),
    digits(bytes, at + 6, 2),
    digits(bytes, at + 8, 2),
  ];
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day);
  const real = new Date(midnight);
  const possible = real.getUTCMonth() === month - 1 && real.getUTCDate() === day;
  if (!possible || hour > 23 || minute > 59 || second > 59)
    throw new DerError('no such date and time', start);
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Content of a character string to text, by its universal tag. */
export function decodeText(tag: number, content: Uint8Array): string {
  if (tag === TAG.bmpString) return wideText(content, 2);
  if (tag === TAG.universalString) return wideText(content, 4);
  if (tag === TAG.teletexString) return wideText(content, 1);
  return utf8Decode(content);
}

function wideText(content: Uint8Array, width: number): string {
  let text = '';
  for (let at = 0; at + width <= content.length; at += width) {
    let point = 0;
    for (let i = 0; i < width; i++) point = point * 256 + content[at + i]!;
    text += point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point);
  }
  return text;
}

function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = bytes[i]! - 0x30;
    if (!(digit >= 0 && digit <= 9)) throw new DerError('time has something else than digits', i);
    value = value * 10 + digit;
  }
  return value;
}

function firstArcs(value: number | bigint): string {
  if (typeof value === 'bigint') return `2.${value - 80n}`;
  const first = value < 40 ? 0 : value < 80 ? 1 : 2;
  return `${first}.${value - first * 40}`;
}

function hexOctet(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}
