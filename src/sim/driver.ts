import type { VirtualClock } from './clock.ts';
import type { Gate } from './gate.ts';
import { Macrotask } from './macrotask.ts';
import { Slice, StallGuard } from './slice.ts';

const DEFAULT_SLICE_MS = 8;

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

/** How an advance ended. `stopped`: by `stop()`, or because the target is `Infinity` and nothing is left to happen. */
export type AdvanceOutcome = 'reached' | 'stopped' | 'until' | 'aborted';

/**
 * Moves a world of synchronous actors, a clock and a gate: settle, go to the next instant, fire its timers, settle …
 * The world is settled when the gate is empty and no event is being handled; virtual time never moves before.
 * One caller at a time. An error inside the world ends it: the call that meets it rejects, and so does every later one.
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
      if (this.#stopped) return;
      await this.#settleAll();
      await this.#macrotask.next();
      await this.#settleAll();
    });
  }

  /**
   * Runs everything due up to and including `atMs` and leaves the clock there. When it ends earlier, the clock
   * stands at the last instant that happened.
   * @throws RangeError when `atMs` lies in the past.
   */
  async advanceTo(atMs: number, options: AdvanceOptions = {}): Promise<AdvanceOutcome> {
    if (!(atMs >= this.now)) throw new RangeError(`time cannot go back from ${this.now} to ${atMs} ms`);
    return this.#exclusively('advanceTo', () => this.#advance(atMs, options));
  }

  /** Ends the world in an orderly way: a running advance returns `stopped` at its next settled moment, later ones at once. */
  stop(): void {
    this.#stopped = true;
  }

  /** Ends the world with an error, for example from the error observer of its root actor. */
  fail(error: unknown): void {
    this.#gate.fail(error);
  }

  async #advance(atMs: number, { signal, until, onSlice, sliceMs }: AdvanceOptions): Promise<AdvanceOutcome> {
    const slice = new Slice(this.#monotonic, sliceMs ?? DEFAULT_SLICE_MS);
    const stall = new StallGuard();
    while (!this.#stopped) {
      // Nothing is awaited where nothing is pending: an instant without operations costs no turn of the event loop.
      if (!this.#gate.deliverReady()) await this.#settleAll();
      if (until?.()) return 'until';
      if (signal?.aborted) return 'aborted';
      if (slice.isOver()) {
        await this.#macrotask.next();
        await onSlice?.({ atMs: this.now, targetMs: atMs });
        slice.begin();
        continue;
      }
      const dueMs = this.#clock.nextDueMs();
      if (dueMs === null || dueMs > atMs) return this.#arrive(atMs);
      this.#fire(dueMs, stall);
    }
    return 'stopped';
  }

  #fire(dueMs: number, stall: StallGuard): void {
    try {
      stall.check(dueMs);
      this.#clock.fireDue();
    } catch (error) {
      this.#gate.fail(error);
    }
  }

  #arrive(atMs: number): AdvanceOutcome {
    if (atMs === Infinity) return 'stopped';
    this.#clock.advanceTo(atMs);
    return 'reached';
  }

  /**
   * The turn of the event loop after the gate ran empty lets promise callbacks that a delivery left behind come
   * to their end, and issue what they issue, before time moves. It costs 2 µs where a signature costs 100.
   */
  async #settleAll(): Promise<void> {
    while (!this.#gate.deliverReady()) {
      await this.#gate.idle();
      await this.#macrotask.next();
    }
  }

  async #exclusively<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.#running) throw new Error(`${what}: the world is already being driven; await that first`);
    this.#running = true;
    try {
      return await work();
    } finally {
      this.#running = false;
      this.#macrotask.close();
    }
  }
}
