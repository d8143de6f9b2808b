import { type Bytes, utf8Encode } from './bytes.ts';
import type { AnnotatedBytes } from './span.ts';

/** Octets of a length prefix in TLS notation. */
export type PrefixWidth = 1 | 2 | 3 | 4;

interface OpenSpan {
  start: number;
  end: number;
  label: string;
  detail?: string;
  ref?: string;
  depth: number;
}

/**
 * Writes big-endian (network order) fields and, from the same calls, the spans that name them. A call without a
 * label writes bytes and no span. With `{spans: false}` nothing is recorded, for paths that only need the bytes.
 *
 * ```ts
 * const writer = new ByteWriter();
 * writer.u8(22, 'content type', 'handshake');
 * writer.lengthPrefixed(2, 'fragment', () => writer.bytes(body, 'body'));
 * const { bytes, spans } = writer.finish();
 * ```
 */
export class ByteWriter {
  #buffer: Bytes;
  #length = 0;
  #depth = 0;
  readonly #spans: OpenSpan[] | null;

  constructor(options: { readonly spans?: boolean; readonly capacity?: number } = {}) {
    this.#buffer = options.capacity === undefined ? borrow() : new Uint8Array(options.capacity);
    this.#spans = options.spans === false ? null : [];
  }

  /** Count of bytes written so far, which is the offset of the next one. */
  get length(): number {
    return this.#length;
  }

  u8(value: number, label?: string, detail?: string): this {
    return this.#uint(value, 1, label, detail);
  }

  u16(value: number, label?: string, detail?: string): this {
    return this.#uint(value, 2, label, detail);
  }

  u24(value: number, label?: string, detail?: string): this {
    return this.#uint(value, 3, label, detail);
  }

  u32(value: number, label?: string, detail?: string): this {
    return this.#uint(value, 4, label, detail);
  }

  u64(value: bigint, label?: string, detail?: string): this {
    const start = this.#reserve(8);
    new DataView(this.#buffer.buffer).setBigUint64(start, value);
    return this.#mark(start, label, detail ?? (label === undefined ? undefined : String(value)));
  }

  bytes(value: Uint8Array, label?: string, detail?: string, ref?: string): this {
    const start = this.#reserve(value.length);
    this.#buffer.set(value, start);
    return this.#mark(start, label, detail, ref);
  }

  utf8(text: string, label?: string): this {
    return this.bytes(utf8Encode(text), label, text);
  }

  /** Unsigned varint (protobuf, base 128, least significant group first). */
  varint(value: number | bigint, label?: string, detail?: string): this {
    const start = this.#length;
    this.#writeVarint(value);
    return this.#mark(start, label, detail);
  }

  /** Adds already annotated bytes, their spans moved to where they now stand. */
  annotated(part: AnnotatedBytes): this {
    const start = this.#reserve(part.bytes.length);
    this.#buffer.set(part.bytes, start);
    for (const span of part.spans) {
      this.#spans?.push({
        ...span,
        start: span.start + start,
        end: span.end + start,
        depth: span.depth + this.#depth,
      });
    }
    return this;
  }

  /** Everything `write` writes becomes one span, with the spans it makes inside. */
  scope(label: string, write: () => void, detail?: string, ref?: string): this {
    const span = this.#open(label, detail, ref);
    this.#depth++;
    write();
    this.#depth--;
    if (span) span.end = this.#length;
    return this;
  }

  /**
   * A length of `width` octets and what `write` writes; the span covers both, the length has its own inside.
   *
   * @throws RangeError where the content does not fit the prefix
   */
  lengthPrefixed(width: PrefixWidth, label: string, write: () => void, detail?: string): this {
    return this.scope(
      label,
      () => {
        const at = this.#reserve(width);
        const prefix = this.#open('length');
        if (prefix) prefix.start = at;
        write();
        const length = this.#length - at - width;
        this.#put(at, length, width, label);
        if (prefix) Object.assign(prefix, { end: at + width, detail: String(length) });
      },
      detail,
    );
  }

  /** A varint length and what `write` writes, without a span of its own. */
  varintPrefixed(write: () => void): this {
    const at = this.#reserve(1);
    const firstInside = this.#spans?.length ?? 0;
    write();
    const length = this.#length - at - 1;
    const extra = varintLength(length) - 1;
    if (extra > 0) this.#makeGap(at + 1, extra, firstInside);
    const end = this.#length;
    this.#length = at;
    this.#writeVarint(length);
    this.#length = end;
    return this;
  }

  /** The bytes written, as a copy of exact length. */
  toBytes(): Bytes {
    return this.#buffer.slice(0, this.#length);
  }

  /** Like `toBytes`, and starts again from nothing, without the buffer, which the next writer gets. */
  take(): Bytes {
    const bytes = this.toBytes();
    giveBack(this.#buffer);
    this.#buffer = NO_BYTES;
    this.#length = 0;
    return bytes;
  }

  finish(): AnnotatedBytes {
    return { bytes: this.toBytes(), spans: this.#spans ?? [] };
  }

  #uint(value: number, width: PrefixWidth, label?: string, detail?: string): this {
    const start = this.#reserve(width);
    this.#put(start, value, width, label ?? 'integer');
    return this.#mark(start, label, detail ?? (label === undefined ? undefined : String(value)));
  }

  #put(at: number, value: number, width: PrefixWidth, label: string): void {
    if (!Number.isInteger(value) || value < 0 || value >= 256 ** width) {
      throw new RangeError(`${label}: ${value} does not fit ${width} octets`);
    }
    let rest = value;
    for (let i = at + width - 1; i >= at; i--) {
      this.#buffer[i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }

  #writeVarint(value: number | bigint): void {
    if (typeof value === 'bigint' || value > 0x7fffffff) return this.#writeBigVarint(BigInt(value));
    if (value < 0) throw new RangeError(`varint: ${value} is negative`);
    let rest = value;
    while (rest > 0x7f) {
      this.#octet((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.#octet(rest);
  }

  /** Negative values take ten octets, as protobuf's int64 does: their two's complement in 64 bits. */
  #writeBigVarint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.#octet(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#octet(Number(rest));
  }

  /** Reserving may move the buffer, so it comes before the buffer is looked at. */
  #octet(value: number): void {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
  }

  #makeGap(at: number, count: number, firstSpan: number): void {
    const end = this.#reserve(count);
    this.#buffer.copyWithin(at + count, at, end);
    const spans = this.#spans ?? [];
    for (let i = firstSpan; i < spans.length; i++) {
      spans[i]!.start += count;
      spans[i]!.end += count;
    }
  }

  #reserve(count: number): number {
    const start = this.#length;
    const needed = start + count;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#length = needed;
    return start;
  }

  #open(label: string, detail?: string, ref?: string): OpenSpan | null {
    if (!this.#spans) return null;
    const span: OpenSpan = { start: this.#length, end: this.#length, label, depth: this.#depth };
    if (detail !== undefined) span.detail = detail;
    if (ref !== undefined) span.ref = ref;
    this.#spans.push(span);
    return span;
  }

  #mark(start: number, label?: string, detail?: string, ref?: string): this {
    if (label === undefined) return this;
    const span = this.#open(label, detail, ref);
    if (span) span.start = start;
    return this;
  }
}

const NO_BYTES: Bytes = new Uint8Array(0);
const KEPT_CAPACITY = 16_384;
/** Buffers beyond 64 octets live outside the heap and cost microseconds each: the last one taken is used again. */
let spare: Bytes | null = null;

function borrow(): Bytes {
  const buffer = spare ?? new Uint8Array(256);
  spare = null;
  return buffer;
}

function giveBack(buffer: Bytes): void {
  if (buffer.length > 0 && buffer.length <= KEPT_CAPACITY) spare = buffer;
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) length++;
  return length;
}
