/**
 * Protocol Buffers wire format (protobuf.dev, "Encoding"): varint (0), 64-bit (1), length-delimited (2) and
 * 32-bit (5) fields. Groups (3, 4) are refused. proto3 rules: fields at their default are not written, except
 * members of a oneof, which the `…Always` form writes.
 */
import { asBytes, type Bytes, utf8DecodeStrict, utf8Encode } from './bytes.ts';
import { ByteWriter } from './byte-writer.ts';

/** Wire types of a protobuf key. */
export const WIRE = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;

/** Bytes that are no protobuf, or not the message that was expected. */
export class ProtoError extends Error {
  override readonly name = 'ProtoError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`protobuf at offset ${offset}: ${message}`);
    this.offset = offset;
  }
}

/** Writes the fields of one message in the order of the calls. */
export class ProtoWriter {
  readonly #writer = new ByteWriter({ spans: false });

  /** string; nothing where empty. */
  string(field: number, value: string): this {
    return value === '' ? this : this.bytesAlways(field, utf8Encode(value));
  }

  /** bytes; nothing where empty. */
  bytes(field: number, value: Uint8Array): this {
    return value.length === 0 ? this : this.bytesAlways(field, value);
  }

  /** string or bytes as a oneof member or repeated element. */
  bytesAlways(field: number, value: Uint8Array): this {
    this.#key(field, WIRE.delimited).varint(value.length).bytes(value);
    return this;
  }

  /** string as a oneof member or repeated element. */
  stringAlways(field: number, value: string): this {
    return this.bytesAlways(field, utf8Encode(value));
  }

  /** int32, int64, bool or enum; nothing where 0 or false. */
  varint(field: number, value: number | bigint | boolean): this {
    return Number(value) === 0 ? this : this.varintAlways(field, value);
  }

  varintAlways(field: number, value: number | bigint | boolean): this {
    const number = typeof value === 'boolean' ? Number(value) : value;
    this.#key(field, WIRE.varint).varint(number < 0 ? BigInt(number) : number);
    return this;
  }

  /** double, as a oneof member. */
  doubleAlways(field: number, value: number): this {
    const octets = new Uint8Array(8);
    new DataView(octets.buffer).setFloat64(0, value, true);
    this.#key(field, WIRE.fixed64).bytes(octets);
    return this;
  }

  /** An embedded message; written even if empty, since its presence means something. */
  message(field: number, write: (message: this) => void): this {
    this.#key(field, WIRE.delimited).varintPrefixed(() => write(this));
    return this;
  }

  /** The bytes written; what is written afterwards begins a new message. */
  finish(): Bytes {
    return this.#writer.take();
  }

  #key(field: number, wire: number): ByteWriter {
    return this.#writer.varint(field * 8 + wire);
  }
}

/**
 * Reads the fields of one message, one at a time:
 *
 * ```ts
 * const reader = new ProtoReader(bytes);
 * while (reader.next()) {
 *   if (reader.field === 1) csr = reader.string();
 *   else if (reader.field === 4) struct = readStruct(reader.message());
 * }   // fields whose value is not asked for are skipped, as protobuf demands
 * ```
 */
export class ProtoReader {
  readonly source: Bytes;
  #pos: number;
  readonly #limit: number;
  field = 0;
  wire = 0;
  /** Offset of the current field's key; of its value (after a length); one past its end. */
  start = 0;
  valueStart = 0;
  end = 0;
  /** A bigint where it takes more than four octets. */
  #varint: number | bigint = 0;

  constructor(source: Uint8Array, start = 0, end = source.length) {
    this.source = asBytes(source);
    this.#pos = start;
    this.#limit = end;
  }

  /**
   * Moves to the next field; false at the end.
   *
   * @throws ProtoError for malformed keys, lengths beyond the message and groups
   */
  next(): boolean {
    if (this.#pos >= this.#limit) return false;
    this.start = this.#pos;
    const key = Number(this.#readVarint());
    this.field = Math.floor(key / 8);
    this.wire = key % 8;
    if (this.field === 0 || this.field >= 2 ** 29) {
      throw new ProtoError(`field number ${this.field} is not possible`, this.start);
    }
    this.#readValue();
    this.#pos = this.end;
    return true;
  }

  string(): string {
    const text = utf8DecodeStrict(this.bytes());
    if (text === null) throw new ProtoError(`field ${this.field} is not UTF-8`, this.valueStart);
    return text;
  }

  /** The value of a length-delimited field, as a view. */
  bytes(): Bytes {
    this.#expect(WIRE.delimited);
    return this.source.subarray(this.valueStart, this.end);
  }

  /** A reader over an embedded message; its offsets stay those of the outermost bytes. */
  message(): ProtoReader {
    this.#expect(WIRE.delimited);
    return new ProtoReader(this.source, this.valueStart, this.end);
  }

  bool(): boolean {
    return this.number() !== 0;
  }

  /** int64 (and int32, enum) with its sign. */
  int64(): bigint {
    this.#expect(WIRE.varint);
    return BigInt.asIntN(64, BigInt(this.#varint));
  }

  /** int32 or an int64 for which the nearest double is good enough. */
  number(): number {
    this.#expect(WIRE.varint);
    return typeof this.#varint === 'number' ? this.#varint : Number(this.int64());
  }

  double(): number {
    this.#expect(WIRE.fixed64);
    return new DataView(this.source.buffer, this.source.byteOffset + this.valueStart, 8).getFloat64(0, true);
  }

  #expect(wire: number): void {
    if (this.wire !== wire) {
      throw new ProtoError(`field ${this.field} has wire type ${this.wire}, expected ${wire}`, this.start);
    }
  }

  #readValue(): void {
    this.valueStart = this.#pos;
    if (this.wire === WIRE.varint) this.#varint = this.#readVarint();
    else if (this.wire === WIRE.fixed64) this.#pos += 8;
    else if (this.wire === WIRE.fixed32) this.#pos += 4;
    else if (this.wire === WIRE.delimited) {
      const length = Number(this.#readVarint());
      this.valueStart = this.#pos;
      this.#pos += length;
    } else throw new ProtoError(`wire type ${this.wire} is not supported`, this.start);
    if (this.#pos > this.#limit) {
      throw new ProtoError(`field ${this.field} goes beyond the end of its message`, this.start);
    }
    this.end = this.#pos;
  }

  #readVarint(): number | bigint {
    let small = 0;
    for (let count = 0; count < 4; count++) {
      const octet = this.#readOctet();
      small |= (octet & 0x7f) << (7 * count);
      if (octet < 0x80) return small;
    }
    let large = BigInt(small);
    for (let count = 4; count < 10; count++) {
      const octet = this.#readOctet();
      large |= BigInt(octet & 0x7f) << BigInt(7 * count);
      if (octet < 0x80) return BigInt.asUintN(64, large);
    }
    this.#readOctet();
    throw new ProtoError('varint is longer than ten octets', this.#pos - 1);
  }

  #readOctet(): number {
    if (this.#pos >= this.#limit) throw new ProtoError('varint is cut off', this.#pos);
    return this.source[this.#pos++]!;
  }
}
