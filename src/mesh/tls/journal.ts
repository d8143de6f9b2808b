import type { CryptoProvider } from '../../core/crypto/index.ts';

/** Something that a call drew from chance; `what` tells what can stand for what. */
interface Draw {
  readonly what: string;
  value: unknown;
}

/** What a call drew: with it, the same call comes to the same state again. */
export type Journal = readonly Draw[];

/**
 * A provider that writes down what differs each time (random bytes, new keys, signatures) or gives it out again. The
 * state of a connection lives in an object that no tape can hold: continuing a run from its past means to
 * make the calls again with what they drew then.
 */
export class JournaledCrypto implements CryptoProvider {
  readonly name: string;
  readonly subtle: SubtleCrypto;
  readonly #source: CryptoProvider;
  #written: Draw[] = [];
  #given: Draw[] | null = null;

  constructor(source: CryptoProvider) {
    this.name = source.name;
    this.#source = source;
    this.subtle = this.#journaled(source.subtle);
  }

  getRandomValues<T extends Uint8Array<ArrayBuffer>>(into: T): T {
    const what = `random ${into.length}`;
    if (this.#given !== null) {
      into.set(this.#next(what) as Uint8Array);
      return into;
    }
    const filled = this.#source.getRandomValues(into);
    this.#written.push({ what, value: filled.slice() });
    return filled;
  }

  /** Begins a call: a live one, or one that is made again with what it drew. */
  begin(given: Journal | null): void {
    this.#given = given === null ? null : [...given];
    this.#written = [];
  }

  /** What was drawn since the call began. */
  get drawn(): Journal {
    return this.#written;
  }

  /** The first of its kind: parts of a call that overlap may draw in another order than the first time. */
  #next(what: string): unknown {
    const given = this.#given ?? [];
    const index = given.findIndex((draw) => draw.what === what);
    const [draw] = index < 0 ? [] : given.splice(index, 1);
    if (draw === undefined)
      throw new Error(`a call that is made again drew more (${what}) than the first time`);
    return draw.value;
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
      return isDrawn(name, parameters) ? this.#draw(String(name), run) : run();
    };
  }

  /** A place is taken at once, so that calls which overlap keep their order. */
  async #draw(what: string, run: () => Promise<unknown>): Promise<unknown> {
    if (this.#given !== null) return this.#next(what);
    const draw: Draw = { what, value: undefined };
    this.#written.push(draw);
    draw.value = await run();
    return draw.value;
  }
}

/** HMAC signs the same each time; other signatures here do not. */
function isDrawn(name: string | symbol, [algorithm]: readonly unknown[]): boolean {
  if (name === 'generateKey') return true;
  if (name !== 'sign') return false;
  const text = typeof algorithm === 'string' ? algorithm : (algorithm as Algorithm).name;
  return text !== 'HMAC';
}
