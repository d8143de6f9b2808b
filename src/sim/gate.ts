import { Tape, TapeMismatchError, type GateResult } from './tape.ts';

export interface GateOptions {
  /** Results to replay before going live. The gate works on a copy. */
  readonly tape?: Tape;
  /** False for long headless runs: nothing is kept, so the run cannot be replayed. */
  readonly record?: boolean;
}

interface Slot {
  readonly label: string;
  readonly deliver: (result: GateResult<unknown>) => void;
  readonly replayed: boolean;
  result: GateResult<unknown> | null;
}

const COMPACT_FROM = 1024;

/**
 * Every promise the world waits for passes here. Operations start when they are issued and run concurrently;
 * their results are delivered one by one in the order of issue, and only while somebody settles the world.
 *
 * Why this makes runs identical: a delivery is synchronous, and whatever it issues goes to the end of the
 * queue, so the order of all deliveries is fixed by the order of issue alone; how long an operation really
 * took decides nothing. Within a settling, results are handed out straight from the promise callback that
 * completes the head of the queue; that is early, so that follow-up operations start early, and it needs no extra
 * turn of the event loop. Outside a settling nothing is handed out: a result could otherwise slip between
 * two commands given from outside, sometimes.
 *
 * Two rules for an `op`: the whole asynchronous body belongs in it, and it takes what it needs (chance, time,
 * an actor's state) when it is issued, because after its first `await` the order among operations is open.
 */
export class Gate {
  readonly tape: Tape;
  readonly #record: boolean;
  readonly #replayLength: number;
  #queue: Slot[] = [];
  #head = 0;
  #issued = 0;
  #failure: { readonly error: unknown } | null = null;
  #waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | null = null;
  #delivering = false;

  constructor({ tape = new Tape(), record = true }: GateOptions = {}) {
    this.tape = tape.upTo(tape.length);
    this.#replayLength = tape.length;
    this.#record = record;
  }

  /** Operations whose results are not delivered yet. */
  get pending(): number {
    return this.#queue.length - this.#head;
  }

  /** Operations issued so far, replayed ones included. */
  get issued(): number {
    return this.#issued;
  }

  /** True while results come from the tape. */
  get replaying(): boolean {
    return this.#issued < this.#replayLength;
  }

  /** What ended the world, if anything did. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure;
  }

  /**
   * Starts `op`, or takes its result from the tape, and hands the result to `deliver` in its turn, never before
   * `run` has returned. A rejection, or a throw, of `op` is delivered as `{ok: false, error}`. What `deliver` throws, and an
   * operation that does not match the tape, ends the world: `idle` and `Driver.settle` reject with it.
   */
  run<T>(label: string, op: () => Promise<T>, deliver: (result: GateResult<T>) => void): void {
    if (this.#failure) return;
    // The queue holds operations of every type; each slot's result comes from its own `op`, or from the tape
    // entry of the same label that such an `op` once recorded.
    const untyped = deliver as (result: GateResult<unknown>) => void;
    const position = this.#issued++;
    const replayed = position < this.#replayLength;
    const slot: Slot = { label, deliver: untyped, replayed, result: null };
    this.#queue.push(slot);
    if (replayed) this.#replay(slot, position);
    else this.#start(slot, op);
  }

  /** Resolves when every result is delivered, including those that deliveries issue; rejects with a failure. */
  async idle(): Promise<void> {
    if (this.#waiting) throw new Error('the gate is already being awaited');
    if (this.deliverReady()) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /**
   * Delivers what is ready now, in order, and tells whether nothing is pending any more.
   * @throws what ended the world.
   */
  deliverReady(): boolean {
    this.#drain();
    if (this.#failure) throw this.#failure.error;
    return this.pending === 0;
  }

  /** Ends the world with an error, from wherever it was caught; the first one counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#queue = [];
    this.#head = 0;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.reject(this.#failure.error);
  }

  #replay(slot: Slot, position: number): void {
    const entry = this.tape.at(position);
    if (entry?.label === slot.label) slot.result = entry.result;
    else this.fail(new TapeMismatchError(position, entry?.label ?? '', slot.label));
  }

  #start(slot: Slot, op: () => Promise<unknown>): void {
    try {
      op().then(
        (value) => this.#finish(slot, { ok: true, value }),
        (error: unknown) => this.#finish(slot, { ok: false, error }),
      );
    } catch (error) {
      slot.result = { ok: false, error };
    }
  }

  #finish(slot: Slot, result: GateResult<unknown>): void {
    slot.result = result;
    if (this.#waiting && slot === this.#queue[this.#head]) this.#drain();
  }

  #drain(): void {
    if (this.#delivering)
      throw new Error('a delivery tried to settle the world: it can be driven from outside only');
    this.#delivering = true;
    try {
      let slot = this.#queue[this.#head];
      while (slot?.result) {
        this.#deliver(slot, slot.result);
        slot = this.#queue[this.#head];
      }
    } finally {
      this.#delivering = false;
    }
    if (this.pending > 0) return;
    this.#queue = [];
    this.#head = 0;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve();
  }

  #deliver(slot: Slot, result: GateResult<unknown>): void {
    this.#head += 1;
    if (this.#head > COMPACT_FROM && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    if (this.#record && !slot.replayed) this.tape.record(slot.label, result);
    try {
      slot.deliver(result);
    } catch (error) {
      this.fail(error);
    }
  }
}
