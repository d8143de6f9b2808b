import { TimerHeap, type Timer } from './timer-heap.ts';

/**
 * Virtual time, in milliseconds since the world began. It stands still until somebody moves it, and it never
 * goes back. Hand it to XState as `createActor(machine, { clock })`: every `after` and delayed send then runs on it.
 *
 * XState's own `SimulatedClock` is no substitute: it looks at every timer on every step and loses timers that
 * a timer of the same step chains.
 */
export class VirtualClock {
  readonly #timers = new TimerHeap();
  #nowMs = 0;
  #firing = false;

  // Arrow properties: XState takes the two timer functions off the object and calls them bare.
  readonly now = (): number => this.#nowMs;

  /** Calls `fn` once, `delayMs` from now. Zero and negative delays are due now, in the next batch. */
  readonly setTimeout = (fn: () => void, delayMs: number): Timer => this.at(this.#nowMs + delayMs, fn);

  /** Takes a timer back. One that has fired, was cleared before or never existed is no error. */
  readonly clearTimeout = (timer: Timer | null | undefined): void => {
    if (timer) this.#timers.cancel(timer);
  };

  /**
   * Calls `fn` once at an absolute time; a time in the past is due now.
   * @throws RangeError for a time that is not a finite number.
   */
  at(dueMs: number, fn: () => void): Timer {
    if (!Number.isFinite(dueMs)) throw new RangeError(`a timer needs a finite time, not ${dueMs}`);
    return this.#timers.push(Math.max(dueMs, this.#nowMs), fn);
  }

  /** When the earliest timer is due; null when nothing is waiting. */
  nextDueMs(): number | null {
    return this.#timers.peek()?.dueMs ?? null;
  }

  /**
   * Moves to the earliest due time and fires every timer of that instant, in the order in which they were set.
   * Timers that these set for the same instant wait for the next call, so that the world can settle between.
   * Does nothing when no timer waits. When a timer throws, the rest of the batch stays due.
   */
  fireDue(): void {
    if (this.#firing) throw new Error('a timer tried to fire timers: time can be moved from outside only');
    const first = this.#timers.peek();
    if (!first) return;
    this.#nowMs = first.dueMs;
    const batch = this.#timers.popBatch(first.dueMs);
    this.#firing = true;
    let fired = 0;
    try {
      for (const timer of batch) {
        fired += 1;
        const fn = timer.fn;
        timer.fn = null;
        fn?.();
      }
    } finally {
      this.#firing = false;
      for (const timer of batch.slice(fired)) this.#timers.restore(timer);
    }
  }

  /**
   * Fires everything due up to and including `atMs`, instant by instant, and leaves the clock there. For worlds
   * without asynchronous work; `Driver.advanceTo` also settles between the instants.
   * @throws RangeError when `atMs` lies in the past.
   */
  advanceTo(atMs: number): void {
    if (!(atMs >= this.#nowMs)) throw new RangeError(`time cannot go back from ${this.#nowMs} to ${atMs} ms`);
    for (let due = this.nextDueMs(); due !== null && due <= atMs; due = this.nextDueMs()) this.fireDue();
    this.#nowMs = atMs;
  }

  /** How many timers are waiting. */
  get waiting(): number {
    return this.#timers.live;
  }

  /** How many timers are held, cancelled ones that are not yet swept included. */
  get held(): number {
    return this.#timers.held;
  }
}
