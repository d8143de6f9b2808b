import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Gate, type Tape, type GateResult } from '../../src/sim/index.ts';

/** A promise whose end the test decides. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const ignore = () => {};

describe('operations', () => {
  test('start at once and together, and deliver in the order of issue', async () => {
    const gate = new Gate();
    const [a, b, c] = [deferred<string>(), deferred<string>(), deferred<string>()];
    const started: string[] = [];
    const delivered: unknown[] = [];
    for (const [label, { promise }] of Object.entries({ a, b, c })) {
      gate.run(
        label,
        () => (started.push(label), promise),
        (result) => delivered.push(result),
      );
    }
    expect([started, gate.pending]).toEqual([['a', 'b', 'c'], 3]);
    const idle = gate.idle();
    c.resolve('third');
    b.reject(new Error('second'));
    await Promise.resolve();
    expect(delivered).toEqual([]);
    a.resolve('first');
    await idle;
    expect(delivered).toEqual([
      { ok: true, value: 'first' },
      { ok: false, error: new Error('second') },
      { ok: true, value: 'third' },
    ]);
    expect([gate.pending, gate.issued]).toEqual([0, 3]);
  });

  test('deliver nothing while nobody settles', async () => {
    const gate = new Gate();
    const delivered: string[] = [];
    gate.run(
      'a',
      () => Promise.resolve(),
      () => delivered.push('a'),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    gate.run(
      'b',
      () => Promise.resolve(),
      () => delivered.push('b'),
    );
    expect(delivered).toEqual([]);
    await gate.idle();
    expect(delivered).toEqual(['a', 'b']);
  });

  test('issued by a delivery are part of the same settling', async () => {
    const gate = new Gate();
    const delivered: number[] = [];
    const chain = (n: number) => {
      gate.run(
        `link ${n}`,
        () => Promise.resolve(n),
        () => {
          delivered.push(n);
          if (n < 5) chain(n + 1);
        },
      );
    };
    chain(0);
    await gate.idle();
    expect(delivered).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('that throw instead of rejecting deliver the same failure, in their turn', async () => {
    const gate = new Gate();
    const delivered: unknown[] = [];
    const note = (result: GateResult<void>) => delivered.push(result.ok || result.error);
    gate.run('good', () => Promise.resolve(), note);
    gate.run(
      'bad',
      () => {
        throw new Error('at once');
      },
      note,
    );
    await gate.idle();
    expect(delivered).toEqual([true, new Error('at once')]);
  });

  test('in any order of completion give one order of delivery', async () => {
    const completions = fc.integer({ min: 1, max: 12 }).chain((n) =>
      fc.shuffledSubarray(
        Array.from({ length: n }, (_, i) => i),
        { minLength: n },
      ),
    );
    await fc.assert(
      fc.asyncProperty(completions, async (order) => {
        const gate = new Gate();
        const pending = order.map(() => deferred<number>());
        const delivered: string[] = [];
        pending.forEach(({ promise }, i) => {
          gate.run(
            `op ${i}`,
            () => promise,
            () => {
              delivered.push(`op ${i}`);
              gate.run(
                `then ${i}`,
                () => Promise.resolve(),
                () => delivered.push(`then ${i}`),
              );
            },
          );
        });
        const idle = gate.idle();
        for (const i of order) {
          pending[i]?.resolve(i);
          await Promise.resolve();
        }
        await idle;
        const issued = pending.map((_, i) => i);
        expect(delivered).toEqual([...issued.map((i) => `op ${i}`), ...issued.map((i) => `then ${i}`)]);
      }),
    );
  });

  test('by the thousand leave nothing behind', async () => {
    const gate = new Gate({ record: false });
    let delivered = 0;
    const chain = (left: number) => {
      gate.run(
        'op',
        () => Promise.resolve(),
        () => {
          delivered += 1;
          if (left > 0) chain(left - 1);
        },
      );
    };
    for (let i = 0; i < 100; i++) chain(99);
    await gate.idle();
    expect([delivered, gate.pending, gate.tape.length]).toEqual([10_000, 0, 0]);
  });
});

describe('a failure', () => {
  test('in a delivery rejects the wait, and nothing is delivered after it', async () => {
    const gate = new Gate();
    const delivered: string[] = [];
    gate.run(
      'a',
      () => Promise.reject(new Error('no luck')),
      (result) => {
        if (!result.ok) throw result.error;
      },
    );
    gate.run(
      'b',
      () => Promise.resolve(),
      () => delivered.push('b'),
    );
    await expect(gate.idle()).rejects.toThrow('no luck');
    await expect(gate.idle()).rejects.toThrow('no luck');
    gate.run(
      'c',
      () => Promise.resolve(),
      () => delivered.push('c'),
    );
    expect([delivered, gate.pending]).toEqual([[], 0]);
  });

  test('reported from outside rejects a wait that is under way; the first one counts', async () => {
    const gate = new Gate();
    gate.run('never', () => new Promise(() => {}), ignore);
    const idle = gate.idle();
    gate.fail(new Error('first'));
    gate.fail(new Error('second'));
    await expect(idle).rejects.toThrow('first');
    expect(gate.failure).toEqual({ error: new Error('first') });
  });

  test('is to wait twice at once', async () => {
    const gate = new Gate();
    const a = deferred<undefined>();
    gate.run('a', () => a.promise, ignore);
    const idle = gate.idle();
    await expect(gate.idle()).rejects.toThrow('the gate is already being awaited');
    a.resolve(undefined);
    await idle;
  });

  test('is a delivery that settles', async () => {
    const gate = new Gate();
    gate.run(
      'a',
      () => Promise.resolve(),
      () => gate.deliverReady(),
    );
    await expect(gate.idle()).rejects.toThrow('it can be driven from outside only');
  });
});

describe('a tape', () => {
  const recorded = async (): Promise<Tape> => {
    const gate = new Gate();
    gate.run('good', () => Promise.resolve(1), ignore);
    gate.run('bad', () => Promise.reject(new Error('two')), ignore);
    await gate.idle();
    return gate.tape;
  };

  test('holds labels and results in the order of issue', async () => {
    const tape = await recorded();
    expect([tape.length, tape.at(0), tape.at(1), tape.at(2)]).toEqual([
      2,
      { label: 'good', result: { ok: true, value: 1 } },
      { label: 'bad', result: { ok: false, error: new Error('two') } },
      undefined,
    ]);
  });

  test('replays successes and failures without calling operations, never before `run` returns', async () => {
    const gate = new Gate({ tape: await recorded() });
    const delivered: unknown[] = [];
    const fresh = () => Promise.reject(new Error('an operation ran'));
    gate.run('good', fresh, (result) => delivered.push(result.ok && result.value));
    gate.run('bad', fresh, (result) => delivered.push(result.ok || result.error));
    expect([delivered, gate.replaying]).toEqual([[], false]);
    expect(gate.deliverReady()).toBe(true);
    expect(delivered).toEqual([1, new Error('two')]);
  });

  test('is not touched by the gate that replays it', async () => {
    const tape = await recorded();
    const gate = new Gate({ tape: tape.upTo(1) });
    gate.run('good', () => Promise.resolve(0), ignore);
    gate.run('other', () => Promise.resolve(3), ignore);
    await gate.idle();
    expect([tape.length, tape.at(1)?.label]).toEqual([2, 'bad']);
    expect([gate.tape.length, gate.tape.at(0), gate.tape.at(1)]).toEqual([
      2,
      { label: 'good', result: { ok: true, value: 1 } },
      { label: 'other', result: { ok: true, value: 3 } },
    ]);
  });

  test('refuses another operation than the one it holds', async () => {
    const gate = new Gate({ tape: await recorded() });
    gate.run('evil', () => Promise.resolve(), ignore);
    await expect(gate.idle()).rejects.toThrow(
      'operation 0 of the replay is "evil", but the tape holds "good" there: ' +
        'replay needs the same scenario, seed and commands as the recording',
    );
  });

  test.each([-1, 3, 0.5, NaN])('has no mark %d when it is 2 long', async (mark) => {
    const tape = await recorded();
    expect(() => tape.upTo(mark)).toThrow(`no mark ${mark} on a tape of 2 results`);
  });
});
