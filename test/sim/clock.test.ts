import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createActor, setup } from 'xstate';
import { VirtualClock } from '../../src/sim/index.ts';
import { firesBefore, TimerHeap, type Timer } from '../../src/sim/timer-heap.ts';

const TEN_YEARS_MS = 10 * 365 * 86_400_000;

describe('timers', () => {
  test('of one instant fire as one batch, in the order of setting', () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.setTimeout(() => fired.push('later'), 20);
    clock.setTimeout(() => fired.push('first'), 10);
    clock.setTimeout(() => fired.push('second'), 10);
    clock.fireDue();
    expect(fired).toEqual(['first', 'second']);
    expect([clock.now(), clock.nextDueMs()]).toEqual([10, 20]);
  });

  test('set by a batch for the same instant wait for the next batch', () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.setTimeout(() => clock.setTimeout(() => fired.push('chained'), 0), 10);
    clock.setTimeout(() => fired.push('set before'), 10);
    clock.fireDue();
    expect(fired).toEqual(['set before']);
    expect([clock.now(), clock.nextDueMs()]).toEqual([10, 10]);
    clock.fireDue();
    expect(fired).toEqual(['set before', 'chained']);
  });

  test('with no delay or a negative one are due now', () => {
    const clock = new VirtualClock();
    clock.advanceTo(50);
    clock.setTimeout(() => {}, 0);
    clock.setTimeout(() => {}, -100);
    clock.at(-3, () => {});
    expect([clock.nextDueMs(), clock.waiting]).toEqual([50, 3]);
  });

  test('cleared by an earlier one of their batch do not fire', () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.setTimeout(() => clock.clearTimeout(second), 10);
    const second = clock.setTimeout(() => fired.push('second'), 10);
    clock.setTimeout(() => fired.push('third'), 10);
    clock.fireDue();
    expect(fired).toEqual(['third']);
  });

  test('may be cleared twice, after firing, and when there was none', () => {
    const clock = new VirtualClock();
    const timer = clock.setTimeout(() => {}, 1);
    clock.fireDue();
    clock.clearTimeout(timer);
    clock.clearTimeout(timer);
    clock.clearTimeout(undefined);
    expect([clock.waiting, clock.held]).toEqual([0, 0]);
  });

  test('survive an earlier one of their batch that throws', () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.setTimeout(() => fired.push('before'), 10);
    clock.setTimeout(() => {
      throw new Error('broken');
    }, 10);
    clock.setTimeout(() => fired.push('after'), 10);
    expect(() => clock.fireDue()).toThrow('broken');
    clock.fireDue();
    expect(fired).toEqual(['before', 'after']);
  });

  test('cleared before one that throws stay cleared', () => {
    const clock = new VirtualClock();
    clock.setTimeout(() => {
      clock.clearTimeout(second);
      throw new Error('broken');
    }, 10);
    const second = clock.setTimeout(() => {}, 10);
    expect(() => clock.fireDue()).toThrow('broken');
    expect([clock.waiting, clock.held]).toEqual([0, 0]);
  });

  test('are not accepted for a time that is no number', () => {
    const clock = new VirtualClock();
    expect(() => clock.setTimeout(() => {}, NaN)).toThrow('a timer needs a finite time, not NaN');
    expect(() => clock.setTimeout(() => {}, Infinity)).toThrow('a timer needs a finite time, not Infinity');
  });

  test('cannot move time themselves', () => {
    const clock = new VirtualClock();
    clock.setTimeout(() => clock.fireDue(), 10);
    clock.setTimeout(() => {}, 20);
    expect(() => clock.fireDue()).toThrow('time can be moved from outside only');
    expect(clock.now()).toBe(10);
  });
});

describe('time', () => {
  test('does not go back', () => {
    const clock = new VirtualClock();
    clock.advanceTo(10);
    expect(() => clock.advanceTo(9)).toThrow('time cannot go back from 10 to 9 ms');
    expect(() => clock.advanceTo(NaN)).toThrow(RangeError);
  });

  test('of ten years is one `after` of a machine', () => {
    const clock = new VirtualClock();
    const machine = setup({}).createMachine({
      initial: 'waiting',
      states: { waiting: { after: { [TEN_YEARS_MS]: 'done' } }, done: {} },
    });
    const actor = createActor(machine, { clock }).start();
    clock.advanceTo(TEN_YEARS_MS - 1);
    expect(actor.getSnapshot().value).toBe('waiting');
    clock.advanceTo(TEN_YEARS_MS);
    expect(actor.getSnapshot().value).toBe('done');
  });

  test('reaches every link of a chain of delays in one advance', () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    const machine = setup({ actions: { note: () => seen.push(clock.now()) } }).createMachine({
      initial: 'tick',
      states: { tick: { entry: 'note', after: { 1000: { target: 'tick', reenter: true } } } },
    });
    createActor(machine, { clock }).start();
    clock.advanceTo(5000);
    expect(seen).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
  });
});

/** A program for a clock: what timers to set and clear from outside, and what each does when it fires. */
interface Step {
  readonly delayMs: number;
  readonly chained: readonly number[];
  /** Ordinal of a timer to clear when this one fires. */
  readonly clears: number | null;
}

const step: fc.Arbitrary<Step> = fc.record({
  delayMs: fc.integer({ min: -5, max: 30 }),
  chained: fc.array(fc.integer({ min: -5, max: 30 }), { maxLength: 3 }),
  clears: fc.option(fc.nat(20)),
});

interface AnyClock {
  now(): number;
  setTimeout(fn: () => void, delayMs: number): unknown;
  clearTimeout(timer: never): void;
}

function perform(program: readonly Step[], clock: AnyClock): string[] {
  const log: string[] = [];
  const timers: unknown[] = [];
  const set = (delayMs: number, then: () => void) => {
    const ordinal = timers.length;
    timers.push(
      clock.setTimeout(() => {
        log.push(`${ordinal} at ${clock.now()}`);
        then();
      }, delayMs),
    );
  };
  for (const { delayMs, chained, clears } of program) {
    set(delayMs, () => {
      for (const chainedMs of chained) set(chainedMs, () => {});
      if (clears !== null) clock.clearTimeout(timers[clears] as never);
    });
  }
  return log;
}

/** The same by looking at every timer every time: slow and obvious. */
class NaiveClock implements AnyClock {
  #nowMs = 0;
  #timers: { dueMs: number; fn: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  setTimeout(fn: () => void, delayMs: number): unknown {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), fn };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(timer: never): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }

  runAll(): void {
    while (this.#timers.length > 0) {
      const earliest = this.#timers.reduce((a, b) => (b.dueMs < a.dueMs ? b : a));
      this.#nowMs = earliest.dueMs;
      this.clearTimeout(earliest as never);
      earliest.fn();
    }
  }
}

describe('any program of timers', () => {
  test('fires as a naive clock would, and time never decreases', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (program) => {
        const clock = new VirtualClock();
        const log = perform(program, clock);
        const times: number[] = [];
        for (; clock.nextDueMs() !== null; times.push(clock.now())) clock.fireDue();
        const naive = new NaiveClock();
        const expected = perform(program, naive);
        naive.runAll();
        expect(log).toEqual(expected);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect([clock.waiting, clock.held]).toEqual([0, 0]);
      }),
    );
  });

  test('takes as many batches as there are instants when nothing is chained', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 60 }), (delays) => {
        const clock = new VirtualClock();
        for (const delayMs of delays) clock.setTimeout(() => {}, delayMs);
        let batches = 0;
        for (; clock.nextDueMs() !== null; batches++) clock.fireDue();
        expect(batches).toBe(new Set(delays).size);
      }),
    );
  });
});

describe('a crowd of timers', () => {
  test('of which most are cancelled keeps the heap within twice what waits', () => {
    const clock = new VirtualClock();
    const live: Timer[] = [];
    let mostHeld = 0;
    for (let i = 0; i < 100_000; i++) {
      live.push(clock.setTimeout(() => {}, 1 + ((i * 7919) % 100_003)));
      if (live.length > 100) clock.clearTimeout(live.shift());
      mostHeld = Math.max(mostHeld, clock.held);
    }
    expect(clock.waiting).toBe(100);
    expect(mostHeld).toBeLessThanOrEqual(2 * 101 + 1);
    let fired = 0;
    for (; clock.nextDueMs() !== null; fired++) clock.fireDue();
    expect(fired).toBe(100);
  });

  test.each([100, 10_000, 100_000])('of %i costs a few comparisons a level for each that fires', (size) => {
    let comparisons = 0;
    const heap = new TimerHeap((a, b) => {
      comparisons += 1;
      return firesBefore(a, b);
    });
    for (let i = 0; i < size; i++) heap.push((i * 7919) % 100_003, () => {});
    comparisons = 0;
    const rounds = 2000;
    for (let i = 0; i < rounds; i++) {
      const dueMs = heap.peek()?.dueMs ?? 0;
      for (const { dueMs: firedMs } of heap.popBatch(dueMs))
        heap.push(firedMs + ((i * 6007) % 100_003), () => {});
    }
    expect(comparisons / rounds).toBeLessThan(3 * Math.log2(size) + 2);
  });
});
