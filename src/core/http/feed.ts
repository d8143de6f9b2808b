import { type Bytes, concatBytes, utf8Decode } from '../bytes/bytes.ts';

/**
 * Bytes that come in pieces. Its generators take what is there and yield where they need more; whoever drives them
 * pushes the next piece before going on, and each piece is used up before more is asked for.
 */
export class Feed {
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;
  #ended = false;

  push(piece: Uint8Array): void {
    this.#piece = piece;
    this.#at = 0;
  }

  end(): void {
    this.#ended = true;
  }

  /** Waits for a byte; false where none will come. */
  *more(): Generator<void, boolean> {
    while (this.#at === this.#piece.length) {
      if (this.#ended) return false;
      yield;
    }
    return true;
  }

  /**
   * Takes bytes through the next line feed, which is left out with a carriage return before it.
   *
   * @param max octets it may have, both of the line's end included
   * @returns `text` null where the line is longer, or where the bytes ended before it did (`octets` tells which)
   */
  *line(max: number): Generator<void, Line> {
    const parts: Uint8Array[] = [];
    let octets = 0;
    while (yield* this.more()) {
      const feed = this.#piece.indexOf(10, this.#at);
      const part = this.#take(feed < 0 ? this.#piece.length - this.#at : feed + 1 - this.#at);
      octets += part.length;
      if (octets > max) return { text: null, octets, crlf: false };
      parts.push(part.slice());
      if (feed >= 0) return wholeLine(concatBytes(...parts));
    }
    return { text: null, octets, crlf: false };
  }

  /** Takes `count` bytes; null where the bytes end before. */
  *exactly(count: number): Generator<void, Bytes | null> {
    const parts: Uint8Array[] = [];
    let left = count;
    while (left > 0) {
      if (!(yield* this.more())) return null;
      const part = this.#take(Math.min(left, this.#piece.length - this.#at));
      parts.push(part.slice());
      left -= part.length;
    }
    return concatBytes(...parts);
  }

  /** Takes everything up to the end; null where that is more than `max` octets. */
  *rest(max: number): Generator<void, Bytes | null> {
    const parts: Uint8Array[] = [];
    let octets = 0;
    while (yield* this.more()) {
      const part = this.#take(this.#piece.length - this.#at);
      octets += part.length;
      if (octets > max) return null;
      parts.push(part.slice());
    }
    return concatBytes(...parts);
  }

  #take(count: number): Uint8Array {
    const part = this.#piece.subarray(this.#at, this.#at + count);
    this.#at += count;
    return part;
  }
}

export interface Line {
  readonly text: string | null;
  readonly octets: number;
  /** Whether it ended as it should, and not with a bare line feed. */
  readonly crlf: boolean;
}

function wholeLine(bytes: Uint8Array): Line {
  const crlf = bytes[bytes.length - 2] === 13;
  const text = utf8Decode(bytes.subarray(0, bytes.length - (crlf ? 2 : 1)));
  return { text, octets: bytes.length, crlf };
}
