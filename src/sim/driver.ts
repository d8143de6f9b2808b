import type { VirtualClock } from './clock.ts';
import type { Gate } from './gate.ts';
import { Macrotask } from './macrotask.ts';

const DEFAULT_SLICE_MS = 8;
/** Without a measure of real time a slice is this many instants. */
const INSTANTS_PER_SLICE = 500;
/** More batches than this at one instant means that timers set each other without delay, for ever. */
const MAX_BATCHES_PER_INSTANT = 100_000;

export interface DriverOptions {
  readonly clock: VirtualClock;
  readonly gate: Gate;
  /** Real time in ms for slicing only, for example `() => performance.now()`; it never reaches the world. */
  readonly monotonic?: () => number;
}

export interface Progress {
  readonly atMs: number;
  readonly targetMs: number;
}

export interface AdvanceOptions {
  /** Awaited between slices, at a settled moment; commands may be given to the world here. */
  readonly onSlice?: (progress: Progress) => void | Promise<void>;
  /** Real milliseconds of work after which the event loop gets a turn; 8 unless told. */
  readonly sliceMs?: number;
  readonly signal?: AbortSignal;
  /** Asked at every settled moment, the present one included; true ends the advance there. */
  readonly until?: () => boolean;
}

/**
 * How an advance ended. `stopped`: by `stop()`, or because the target is `Infinity` and nothing is left to happen.
 */
export type AdvanceOutcome = 'reached' | 'stopped' | 'until' | 'aborted';

/**
 * Moves a world of synchronous actors, a clock and a gate: settle, go to the next instant, fire its timers, settle …
 * The world is settled when the gate is empty and no event is being handled; virtual time never moves before.
 * One caller at a time. What is thrown in the world rejects the call that ran into it, and every later one.
 */
export class Driver {
  readonly #clock: VirtualClock;
  readonly #gate: Gate;
  readonly #monotonic: (() => number) | null;
  readonly #macrotask = new Macrotask();
  #running = false;
  #stopped = false;

  constructor({ clock, gate, monotonic }: DriverOptions) {
    this.#clock = clock;
    this.#gate = gate;
    this.#monotonic = monotonic ?? null;
  }

  get now(): number {
    return this.#clock.now();
  }

  /** True while `settle` or `advanceTo` is under way. */
  get running(): boolean {
    return this.#running;
  }

  /** Waits until nothing is pending at this moment. Time does not move and no timer fires, not even one due now. */
  async settle(): Promise<void> {
    await this.#exclusively('settle', async () => {
      await this.#settleAll();
      await this.#macrotask.next();
      await this.#settleAll();
    });
  }

  /**
   * Runs everything due up to and including `atMs` and leaves the clock there, unless it ends earlier; then the clock
   * stands at the last instant that happened.
   * @throws RangeError when `atMs` lies in the past.
   */
  async advanceTo(atMs: number, options: AdvanceOptions = {}): Promise<AdvanceOutcome> {
    return this.#exclusively('advanceTo', () => this.#advance(atMs, options));
  }

  /** Ends the world in an orderly way: a running advance returns `stopped` at its next settled moment. */
  stop(): void {
    this.#stopped = true;
    if (!this.#running) this.#macrotask.close();
  }

  /** Ends the world with an error, for example from the error observer of its root actor. */
  fail(error: unknown): void {
    this.#gate.fail(error);
  }

  async #advance(atMs: number, { signal, until, onSlice, sliceMs }: AdvanceOptions): Promise<AdvanceOutcome> {
    if (!(atMs >= this.now)) throw new RangeError(`time cannot go back from ${this.now} to ${atMs} ms`);
    const slice = new Slice(this.#monotonic, sliceMs ?? DEFAULT_SLICE_MS);
    const stall = new StallGuard();
    for (;;) {
      // No `await` where nothing is pending: an instant without operations costs no turn of the event loop.
      if (!this.#gate.deliverReady()) await this.#settleAll();
      if (until?.()) return 'until';
      if (this.#stopped) return 'stopped';
      if (signal?.aborted) return 'aborted';
      if (slice.isOver()) {
        await this.#macrotask.next();
        await onSlice?.({ atMs: this.now, targetMs: atMs });
        slice.begin();
        continue;
      }
      const dueMs = this.#clock.nextDueMs();
      if (dueMs === null || dueMs > atMs) break;
      stall.check(dueMs);
      this.#clock.fireDue();
    }
    if (atMs === Infinity) return 'stopped';
    this.#clock.advanceTo(atMs);
    return 'reached';
  }

  /**
   * The turn of the event loop after the gate ran empty lets promise callbacks that a delivery left behind come
   * to their end, and issue what they issue, before time moves. It costs 2 µs where an operation costs 100.
   */
  async #settleAll(): Promise<void> {
    while (!this.#gate.deliverReady()) {
      await this.#gate.idle();
      await this.#macrotask.next();
    }
  }

  async #exclusively<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.#running) throw new Error(`${what}: the world is already being driven`);
    this.#running = true;
    try {
      return await work();
    } catch (error) {
      this.#gate.fail(error);
      throw error;
    } finally {
      this.#running = false;
      if (this.#stopped) this.#macrotask.close();
    }
  }
}

/** Tells when the event loop is due a turn. */
class Slice {
  readonly #monotonic: (() => number) | null;
  readonly #lengthMs: number;
  #startMs = 0;
  #instants = 0;

  constructor(monotonic: (() => number) | null, lengthMs: number) {
    this.#monotonic = monotonic;
    this.#lengthMs = lengthMs;
    this.begin();
  }

  begin(): void {
    this.#instants = 0;
    this.#startMs = this.#monotonic?.() ?? 0;
  }

  isOver(): boolean {
    if (this.#monotonic) return this.#monotonic() - this.#startMs >= this.#lengthMs;
    this.#instants += 1;
    return this.#instants > INSTANTS_PER_SLICE;
  }
}

class StallGuard {
  #instantMs = -1;
  #batches = 0;

  check(dueMs: number): void {
    this.#batches = dueMs === this.#instantMs ? this.#batches + 1 : 0;
    this.#instantMs = dueMs;
    if (this.#batches > MAX_BATCHES_PER_INSTANT) {
      throw new Error(`time stands still at ${dueMs} ms: timers without delay keep setting each other`);
    }
  }
}
