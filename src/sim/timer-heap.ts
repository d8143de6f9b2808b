const SWEEP_FROM = 64;

/** One pending call; what `VirtualClock.setTimeout` returns. Opaque outside the clock. */
export interface Timer {
  readonly dueMs: number;
  readonly seq: number;
  /** Null once it has fired or was cancelled. */
  fn: (() => void) | null;
  /** Still in the heap; a timer of the batch that is firing is not. */
  queued: boolean;
}

/**
 * Binary heap of timers, earliest first, equal times in the order of setting. Cancelling only marks a timer;
 * marked ones are swept once they outnumber the rest, so cancelling is O(1) and the heap stays within twice
 * what is waiting.
 */
export class TimerHeap {
  #heap: Timer[] = [];
  #cancelled = 0;
  #nextSeq = 0;
  readonly #before: (a: Timer, b: Timer) => boolean;

  constructor(before: (a: Timer, b: Timer) => boolean = firesBefore) {
    this.#before = before;
  }

  /** Timers that will fire. */
  get live(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** Timers in memory, cancelled ones included. */
  get held(): number {
    return this.#heap.length;
  }

  push(dueMs: number, fn: () => void): Timer {
    const timer: Timer = { dueMs, seq: this.#nextSeq++, fn, queued: false };
    this.restore(timer);
    return timer;
  }

  /** Puts back a timer that was popped and has not fired; it keeps its place among its equals. */
  restore(timer: Timer): void {
    if (timer.fn === null) return;
    timer.queued = true;
    this.#heap.push(timer);
    this.#siftUp(this.#heap.length - 1);
  }

  cancel(timer: Timer): void {
    if (timer.fn === null) return;
    timer.fn = null;
    if (!timer.queued) return;
    this.#cancelled += 1;
    if (this.#cancelled > SWEEP_FROM && this.#cancelled > this.live) this.#sweep();
  }

  /** The earliest timer that will fire. */
  peek(): Timer | undefined {
    let top = this.#heap[0];
    while (top && top.fn === null) {
      this.#pop();
      top = this.#heap[0];
    }
    return top;
  }

  /** Takes out every timer due at exactly `dueMs`, which must be the earliest time. */
  popBatch(dueMs: number): Timer[] {
    const batch: Timer[] = [];
    for (let top = this.peek(); top && top.dueMs === dueMs; top = this.peek()) {
      this.#pop();
      batch.push(top);
    }
    return batch;
  }

  #pop(): void {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last) return;
    top.queued = false;
    if (top.fn === null) this.#cancelled -= 1;
    if (heap.length === 0) return;
    heap[0] = last;
    this.#siftDown(0);
  }

  #sweep(): void {
    this.#heap = this.#heap.filter((timer) => timer.fn !== null);
    this.#cancelled = 0;
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#siftDown(i);
  }

  #siftUp(start: number): void {
    const heap = this.#heap;
    const timer = heap[start];
    if (!timer) return;
    let i = start;
    while (i > 0) {
      const parentIndex = (i - 1) >> 1;
      const parent = heap[parentIndex];
      if (!parent || !this.#before(timer, parent)) break;
      heap[i] = parent;
      i = parentIndex;
    }
    heap[i] = timer;
  }

  #siftDown(start: number): void {
    const heap = this.#heap;
    const timer = heap[start];
    if (!timer) return;
    let i = start;
    for (;;) {
      const left = heap[2 * i + 1];
      const right = heap[2 * i + 2];
      const child = right && left && this.#before(right, left) ? right : left;
      if (!child || !this.#before(child, timer)) break;
      const childIndex = child === right ? 2 * i + 2 : 2 * i + 1;
      heap[i] = child;
      i = childIndex;
    }
    heap[i] = timer;
  }
}

/** The order of firing: by time, then by the order of setting. */
export function firesBefore(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.seq < b.seq);
}
