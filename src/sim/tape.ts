/** How an operation ended. */
export type GateResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** One operation on a tape: what it was called and how it ended. */
export interface TapeEntry {
  readonly label: string;
  readonly result: GateResult<unknown>;
}

/**
 * The results of a run's operations, in the order of issue. A gate that is given a tape delivers these
 * results again instead of running the operations, and goes live where the tape ends: the same keys and
 * signatures up to that point, new ones after it.
 *
 * Tapes hold live objects (`CryptoKey`s) and belong in memory, not in files.
 */
export class Tape {
  readonly #entries: TapeEntry[];

  constructor(entries: readonly TapeEntry[] = []) {
    this.#entries = [...entries];
  }

  /** A tape that replays the first `length` results of another one, which stays as it is. */
  static replaying(tape: Tape, length: number = tape.length): Tape {
    return tape.upTo(length);
  }

  /** Number of results; store it as a mark, at a settled moment, to return to that moment with `upTo`. */
  get length(): number {
    return this.#entries.length;
  }

  at(index: number): TapeEntry | undefined {
    return this.#entries[index];
  }

  /**
   * A copy of the first `length` results.
   * @throws RangeError when the tape is shorter or `length` is no count.
   */
  upTo(length: number): Tape {
    if (!Number.isInteger(length) || length < 0 || length > this.length) {
      throw new RangeError(`no mark ${length} on a tape of ${this.length} results`);
    }
    return new Tape(this.#entries.slice(0, length));
  }

  record(label: string, result: GateResult<unknown>): void {
    this.#entries.push({ label, result });
  }
}

/** The world asked for another operation than the one on the tape: it is not the world that was recorded. */
export class TapeMismatchError extends Error {
  override readonly name = 'TapeMismatchError';
  readonly position: number;
  readonly recorded: string;
  readonly asked: string;

  constructor(position: number, recorded: string, asked: string) {
    super(
      `operation ${position} of the replay is "${asked}", but the tape holds "${recorded}" there: ` +
        'replay needs the same scenario, seed and commands as the recording',
    );
    this.position = position;
    this.recorded = recorded;
    this.asked = asked;
  }
}
