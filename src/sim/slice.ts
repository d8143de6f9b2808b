/** Without a measure of real time a slice is this many instants. */
const INSTANTS_PER_SLICE = 500;
/** More batches than this at one instant means that timers set each other without delay, for ever. */
const MAX_BATCHES_PER_INSTANT = 100_000;

/** Tells when the event loop is due a turn. */
export class Slice {
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

  /** To be asked once an instant. */
  isOver(): boolean {
    this.#instants += 1;
    // Never before the first instant: a slice too short for any work would stop the world.
    if (this.#instants === 1) return false;
    if (this.#monotonic) return this.#monotonic() - this.#startMs >= this.#lengthMs;
    return this.#instants > INSTANTS_PER_SLICE;
  }
}

/** Tells a world that goes nowhere from one that is busy. */
export class StallGuard {
  #instantMs = -1;
  #batches = 0;

  /** @throws Error when an instant does not end. */
  check(dueMs: number): void {
    this.#batches = dueMs === this.#instantMs ? this.#batches + 1 : 0;
    this.#instantMs = dueMs;
    if (this.#batches > MAX_BATCHES_PER_INSTANT) {
      throw new Error(`time stands still at ${dueMs} ms: timers without delay keep setting each other`);
    }
  }
}
