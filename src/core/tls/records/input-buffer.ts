import type { Bytes } from '../../bytes/index.ts';
import { Fault } from '../fault.ts';
import { contentTypeOf, contentTypes, HEADER_LENGTH, MAX_CIPHERTEXT, MAX_CONTENT } from './record.ts';
import type { ContentTypeName } from '../event.ts';

/** A record as cut out of the stream, not yet opened. */
export interface Frame {
  readonly type: ContentTypeName;
  readonly bytes: Bytes;
}

const empty: Bytes = new Uint8Array(0);

/** Cuts the transport's stream into records, however it comes. */
export class InputBuffer {
  #buffer: Bytes = empty;
  #start = 0;
  #end = 0;

  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * The next whole record, or null while it is not all there.
   *
   * @throws Fault for a content type or a length that cannot be, as soon as it is seen
   */
  next(): Frame | null {
    const have = this.#end - this.#start;
    if (have === 0) return null;
    const code = this.#buffer[this.#start]!;
    const type = contentTypeOf(code);
    if (type === null) throw unknownType(code, this.#buffer.subarray(this.#start, this.#end));
    if (have < HEADER_LENGTH) return null;
    const length = (this.#buffer[this.#start + 3]! << 8) | this.#buffer[this.#start + 4]!;
    const most = code === contentTypes.application_data ? MAX_CIPHERTEXT : MAX_CONTENT;
    if (length > most) {
      const reason = `a record of ${length} octets, ${most} are allowed`;
      throw new Fault('record_overflow', 'record.length', reason, '5.1');
    }
    const size = HEADER_LENGTH + length;
    if (have < size) return null;
    const bytes = this.#buffer.slice(this.#start, this.#start + size);
    this.#start += size;
    if (this.#start === this.#end) this.#release();
    return { type, bytes };
  }

  #makeRoom(count: number): void {
    const held = this.#end - this.#start;
    const needed = held + count;
    const size = needed <= this.#buffer.length / 2 ? this.#buffer.length : Math.max(needed, 2 * held);
    const larger = new Uint8Array(size);
    larger.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = larger;
    this.#start = 0;
    this.#end = held;
  }

  /** An idle connection holds no buffer. */
  #release(): void {
    this.#start = 0;
    this.#end = 0;
    this.#buffer = empty;
  }
}

function unknownType(code: number, bytes: Uint8Array): Fault {
  const beginning = String.fromCharCode(...bytes.subarray(0, 16)).replace(/[^\x20-\x7e]/g, '.');
  const reason = `content type ${code} is none of TLS; the bytes begin "${beginning}"`;
  return new Fault('unexpected_message', 'record.type', reason, '5');
}
