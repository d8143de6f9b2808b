const WARM_UP = 15;
const TWO_32 = 2 ** 32;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * A seeded stream of chance: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, period about 2^127.
 * For names, delays and serial numbers of a simulation; keys and nonces come from the crypto provider.
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(seed: number, name: string) {
    [this.#a, this.#b, this.#c, this.#counter] = hash128(`${seed}/${name}`);
    for (let i = 0; i < WARM_UP; i++) this.uint32();
  }

  /** A whole number from 0 to 2^32 − 1. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number from 0 up to but not including 1, with 53 bits. */
  next(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /**
   * A whole number from 0 up to but not including `n`, every one equally likely.
   * @throws RangeError unless `n` is a whole number from 1 to 2^32.
   */
  int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_32) throw new RangeError(`int needs 1 to 2^32, not ${n}`);
    const fair = TWO_32 - (TWO_32 % n);
    let drawn = this.uint32();
    while (drawn >= fair) drawn = this.uint32();
    return drawn % n;
  }

  bytes(n: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(n);
    for (let i = 0; i < n; i += 4) {
      const word = this.uint32();
      for (let k = 0; k < 4 && i + k < n; k++) bytes[i + k] = word >>> (8 * k);
    }
    return bytes;
  }

  /** A UUID in the form of version 4 (RFC 9562 section 5.4). */
  uuid(): string {
    const bytes = this.bytes(16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    let text = '';
    for (let i = 0; i < 16; i++)
      text += i === 4 || i === 6 || i === 8 || i === 10 ? `-${HEX[bytes[i]!]!}` : HEX[bytes[i]!]!;
    return text;
  }

  /** `n` characters, each drawn from `alphabet`. */
  pick(alphabet: string, n: number): string {
    let picked = '';
    for (let i = 0; i < n; i++) picked += alphabet.charAt(this.int(alphabet.length));
    return picked;
  }
}

/** The streams of one world. A stream depends on the seed and its name alone, so a new actor disturbs nobody. */
export interface RandomStreams {
  /** A new stream from its beginning; the same name gives the same numbers again. */
  stream(name: string): RandomStream;
}

export function randomStreams(seed: number): RandomStreams {
  return { stream: (name) => new RandomStream(seed, name) };
}

/** Four words from text (cyrb128 by bryc): small, and one changed character changes all of them. */
function hash128(text: string): [number, number, number, number] {
  let h1 = 1779033703;
  let h2 = 3144134277;
  let h3 = 1013904242;
  let h4 = 2773480762;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    h1 = h2 ^ Math.imul(h1 ^ code, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ code, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ code, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ code, 2716044179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179);
  return [h1 ^ h2 ^ h3 ^ h4, h2 ^ h1, h3 ^ h1, h4 ^ h1];
}
