import type { CryptoProvider } from '../../core/crypto/index.ts';

/** What a call drew from chance: with it, the same call comes to the same bytes and the same state again. */
export type Journal = readonly unknown[];

/**
 * A provider that writes down what differs each time (random bytes, new keys, signatures) or gives it out again. The
 * state of a connection lives in an object that no tape can hold: continuing a run from its past means to
 * make the calls again with what they drew then.
 */
export class JournaledCrypto implements CryptoProvider {
  readonly name: string;
  readonly subtle: SubtleCrypto;
  readonly #source: CryptoProvider;
  #written: unknown[] = [];
  #given: Journal | null = null;
  #position = 0;

  constructor(source: CryptoProvider) {
    this.name = source.name;
    this.#source = source;
    this.subtle = this.#journaled(source.subtle);
  }

  getRandomValues<T extends Uint8Array<ArrayBuffer>>(into: T): T {
    if (this.#given !== null) {
      into.set(this.#next() as Uint8Array);
      return into;
    }
    const filled = this.#source.getRandomValues(into);
    this.#written.push(filled.slice());
    return filled;
  }

  /** Begins a call: a live one, or one that is made again with what it drew. */
  begin(given: Journal | null): void {
    this.#given = given;
    this.#position = 0;
    this.#written = [];
  }

  /** What was drawn since the call began. */
  get drawn(): Journal {
    return this.#written;
  }

  #next(): unknown {
    if (this.#given === null || this.#position >= this.#given.length) {
      throw new Error('a call that is made again drew more than the first time');
    }
    return this.#given[this.#position++];
  }

  #journaled(subtle: SubtleCrypto): SubtleCrypto {
    const bound = new Map<string | symbol, unknown>();
    return new Proxy(subtle, {
      get: (target, name) => {
        if (!bound.has(name)) {
          const value: unknown = Reflect.get(target, name);
          bound.set(name, typeof value === 'function' ? this.#method(target, name, value) : value);
        }
        return bound.get(name);
      },
    });
  }

  #method(target: SubtleCrypto, name: string | symbol, method: unknown) {
    const call = method as (...parameters: unknown[]) => Promise<unknown>;
    return (...parameters: unknown[]): Promise<unknown> => {
      const run = () => Reflect.apply(call, target, parameters) as Promise<unknown>;
      return isDrawn(name, parameters) ? this.#draw(run) : run();
    };
  }

  /** A place is taken at once, so that calls which overlap keep their order. */
  async #draw(run: () => Promise<unknown>): Promise<unknown> {
    if (this.#given !== null) return this.#next();
    const written = this.#written;
    const place = written.push(undefined) - 1;
    const value = await run();
    written[place] = value;
    return value;
  }
}

/** HMAC signs the same each time; other signatures here do not. */
function isDrawn(name: string | symbol, [algorithm]: readonly unknown[]): boolean {
  if (name === 'generateKey') return true;
  if (name !== 'sign') return false;
  const text = typeof algorithm === 'string' ? algorithm : (algorithm as Algorithm).name;
  return text !== 'HMAC';
}
