import { type Bytes, concatBytes } from '../../bytes/index.ts';
import { Fault } from '../fault.ts';

const HEADER = 4;
const empty: Bytes = new Uint8Array(0);

/** Joins handshake messages from the records they are spread over, and parts those that share one. */
export class MessageJoiner {
  #held: Bytes = empty;
  #parts: Bytes[] = [];
  #partsLength = 0;

  get isEmpty(): boolean {
    return this.#held.length === 0 && this.#partsLength === 0;
  }

  push(content: Bytes): void {
    this.#parts.push(content);
    this.#partsLength += content.length;
  }

  /**
   * The next whole message with its header, or null.
   *
   * @param limit octets a message may have
   * @throws Fault illegal_parameter where it announces more
   */
  next(limit: number): Bytes | null {
    const have = this.#held.length + this.#partsLength;
    if (have < HEADER) return null;
    if (this.#held.length < HEADER) this.#merge();
    const length = (this.#held[1]! << 16) | (this.#held[2]! << 8) | this.#held[3]!;
    if (length > limit) {
      const reason = `a handshake message of ${length} octets, ${limit} are allowed`;
      // BoringSSL: SSL_R_EXCESSIVE_MESSAGE_SIZE goes out as illegal_parameter.
      throw new Fault('illegal_parameter', 'message.length', reason);
    }
    const size = HEADER + length;
    if (have < size) return null;
    this.#merge();
    const message = this.#held.subarray(0, size);
    // A view of nothing would keep the whole record.
    this.#held = size === this.#held.length ? empty : this.#held.subarray(size);
    return message;
  }

  #merge(): void {
    if (this.#parts.length === 0) return;
    this.#held =
      this.#held.length === 0 && this.#parts.length === 1
        ? this.#parts[0]!
        : concatBytes(this.#held, ...this.#parts);
    this.#parts = [];
    this.#partsLength = 0;
  }
}
