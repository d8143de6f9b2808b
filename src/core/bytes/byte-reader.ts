import { asBytes, type Bytes, utf8Decode } from './bytes.ts';
import type { PrefixWidth } from './byte-writer.ts';
import type { Span } from './span.ts';

/** Bytes that end too early or say something impossible; `offset` into the bytes the reader was given. */
export class ByteError extends Error {
  override readonly name = 'ByteError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`offset ${offset}: ${message}`);
    this.offset = offset;
  }
}

/**
 * Reads what `ByteWriter` writes: big-endian fields, with the spans that name them. A read without a label makes
 * no span; with `{spans: false}` none is made at all. Every complaint is a `ByteError` with the offset.
 */
export class ByteReader {
  readonly source: Bytes;
  #pos: number;
  #limit: number;
  #depth = 0;
  readonly #spans: Span[] | null;

  constructor(
    source: Uint8Array,
    options: { readonly spans?: boolean; readonly start?: number; readonly end?: number } = {},
  ) {
    this.source = asBytes(source);
    this.#pos = options.start ?? 0;
    this.#limit = options.end ?? source.length;
    this.#spans = options.spans === false ? null : [];
  }

  get offset(): number {
    return this.#pos;
  }

  get left(): number {
    return this.#limit - this.#pos;
  }

  get done(): boolean {
    return this.#pos >= this.#limit;
  }

  get spans(): readonly Span[] {
    return this.#spans ?? [];
  }

  u8(label?: string, detail?: (value: number) => string): number {
    return this.#uint(1, label, detail);
  }

  u16(label?: string, detail?: (value: number) => string): number {
    return this.#uint(2, label, detail);
  }

  u24(label?: string, detail?: (value: number) => string): number {
    return this.#uint(3, label, detail);
  }

  u32(label?: string, detail?: (value: number) => string): number {
    return this.#uint(4, label, detail);
  }

  u64(label?: string): bigint {
    const start = this.#take(8, label ?? 'integer');
    const value = new DataView(this.source.buffer, this.source.byteOffset).getBigUint64(start);
    this.#mark(start, label, String(value));
    return value;
  }

  /** The next `count` bytes as a view. */
  bytes(count: number, label?: string, detail?: string): Bytes {
    const start = this.#take(count, label ?? 'bytes');
    this.#mark(start, label, detail);
    return this.source.subarray(start, start + count);
  }

  /** Everything up to the end of the current scope. */
  rest(label?: string, detail?: string): Bytes {
    return this.bytes(this.left, label, detail);
  }

  utf8(count: number, label?: string): string {
    const start = this.#pos;
    const text = utf8Decode(this.bytes(count));
    this.#mark(start, label, text);
    return text;
  }

  /** What `read` reads becomes one span. */
  scope<T>(label: string, read: () => T, detail?: (value: T) => string): T {
    const index = this.#spans?.length ?? 0;
    const start = this.#pos;
    const depth = this.#depth++;
    this.#spans?.push({ start, end: start, label, depth });
    const value = read();
    this.#depth = depth;
    if (this.#spans) {
      const span: Span = { start, end: this.#pos, label, depth };
      this.#spans[index] = detail ? { ...span, detail: detail(value) } : span;
    }
    return value;
  }

  /**
   * A length of `width` octets and its content: `read` sees only the content and must read all of it.
   *
   * @throws ByteError where the content is cut off or not read to its end
   */
  lengthPrefixed<T>(width: PrefixWidth, label: string, read: (end: number) => T): T {
    return this.scope(label, () => {
      const length = this.#uint(width, 'length');
      if (length > this.left) {
        throw new ByteError(`${label}: ${length} octets announced, ${this.left} left`, this.#pos);
      }
      const outer = this.#limit;
      this.#limit = this.#pos + length;
      const value = read(this.#limit);
      if (!this.done) throw new ByteError(`${label}: ${this.left} octets were not expected`, this.#pos);
      this.#limit = outer;
      return value;
    });
  }

  /** @throws ByteError where bytes are left */
  finish(what = 'message'): void {
    if (!this.done) throw new ByteError(`${what}: ${this.left} octets are left over`, this.#pos);
  }

  #uint(width: PrefixWidth, label?: string, detail?: (value: number) => string): number {
    const start = this.#take(width, label ?? 'integer');
    let value = 0;
    for (let at = start; at < start + width; at++) value = value * 256 + this.source[at]!;
    if (label !== undefined) this.#mark(start, label, detail ? detail(value) : String(value));
    return value;
  }

  #take(count: number, what: string): number {
    if (count < 0 || count > this.left) {
      throw new ByteError(`${what}: needs ${count} octets, ${this.left} left`, this.#pos);
    }
    const start = this.#pos;
    this.#pos += count;
    return start;
  }

  #mark(start: number, label?: string, detail?: string): void {
    if (label === undefined || !this.#spans) return;
    const span: Span = { start, end: this.#pos, label, depth: this.#depth };
    this.#spans.push(detail === undefined ? span : { ...span, detail });
  }
}
