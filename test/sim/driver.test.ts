import { describe, expect, test } from 'vitest';
import { createActor, setup } from 'xstate';
import { Driver, Gate, VirtualClock, type DriverOptions } from '../../src/sim/index.ts';

function world(options: Partial<DriverOptions> = {}) {
  const clock = new VirtualClock();
  const gate = new Gate();
  const driver = new Driver({ clock, gate, ...options });
  const log: string[] = [];
  const note = (what: string) => log.push(`${clock.now()} ${what}`);
  return { clock, gate, driver, log, note };
}

const later = () => new Promise<void>((resolve) => setTimeout(resolve, 2));

describe('advancing', () => {
  test('settles every instant before time moves', async () => {
    const { clock, gate, driver, log, note } = world();
    clock.setTimeout(() => {
      note('asks');
      gate.run('slow', later, () => {
        note('answered');
        gate.run('slow', later, () => note('answered again'));
      });
    }, 10);
    clock.setTimeout(() => note('goes on'), 11);
    expect(await driver.advanceTo(20)).toBe('reached');
    expect(log).toEqual(['10 asks', '10 answered', '10 answered again', '11 goes on']);
    expect(driver.now).toBe(20);
  });

  test('delivers what was issued before it, and what promises leave behind, before time moves', async () => {
    const { clock, gate, driver, log, note } = world();
    gate.run('command', later, () => {
      void Promise.resolve()
        .then(() => {})
        .then(() => {})
        .then(() => gate.run('left behind', later, () => note('left behind')));
    });
    clock.setTimeout(() => note('timer'), 1);
    await driver.advanceTo(1);
    expect(log).toEqual(['0 left behind', '1 timer']);
  });

  test('to the present fires what is due now; settling does not', async () => {
    const { clock, driver, log, note } = world();
    clock.setTimeout(() => note('due now'), 0);
    await driver.settle();
    expect(log).toEqual([]);
    await driver.advanceTo(0);
    expect(log).toEqual(['0 due now']);
  });

  test('runs several batches of one instant, settling between them', async () => {
    const { clock, gate, driver, log, note } = world();
    clock.setTimeout(() => {
      gate.run('op', later, () => note('settled'));
      clock.setTimeout(() => note('next batch'), 0);
    }, 5);
    await driver.advanceTo(5);
    expect(log).toEqual(['5 settled', '5 next batch']);
  });

  test('ends where `until` is true, which is asked once each settled instant', async () => {
    const { clock, driver } = world();
    for (const dueMs of [1, 2, 2, 3, 4]) clock.setTimeout(() => {}, dueMs);
    const asked: number[] = [];
    const until = () => (asked.push(driver.now), driver.now === 3);
    expect(await driver.advanceTo(10, { until })).toBe('until');
    expect([asked, driver.now, clock.waiting]).toEqual([[0, 1, 2, 3], 3, 1]);
    expect(await driver.advanceTo(10, { until })).toBe('until');
    expect(driver.now).toBe(3);
  });

  test('for ever ends as stopped when nothing is left to happen', async () => {
    const { clock, driver } = world();
    clock.setTimeout(() => {}, 5);
    expect(await driver.advanceTo(Infinity)).toBe('stopped');
    expect(driver.now).toBe(5);
  });

  test('into the past is refused and harms nothing', async () => {
    const { driver } = world();
    await driver.advanceTo(10);
    await expect(driver.advanceTo(9)).rejects.toThrow('time cannot go back from 10 to 9 ms');
    await expect(driver.advanceTo(NaN)).rejects.toThrow(RangeError);
    expect(await driver.advanceTo(11)).toBe('reached');
  });

  test('twice at once is refused and harms nothing', async () => {
    const { gate, driver } = world();
    gate.run('slow', later, () => {});
    const first = driver.advanceTo(10);
    expect(driver.running).toBe(true);
    await expect(driver.advanceTo(5)).rejects.toThrow('advanceTo: the world is already being driven');
    await expect(driver.settle()).rejects.toThrow('settle: the world is already being driven');
    expect(await first).toBe('reached');
    expect(driver.running).toBe(false);
  });

  test('stops at a settled moment once told, and does nothing afterwards', async () => {
    const { clock, gate, driver, log, note } = world();
    clock.setTimeout(() => {
      gate.run('op', later, () => note('settled'));
      driver.stop();
    }, 1);
    clock.setTimeout(() => note('too late'), 2);
    expect(await driver.advanceTo(10)).toBe('stopped');
    expect(await driver.advanceTo(10)).toBe('stopped');
    await driver.settle();
    expect([log, driver.now]).toEqual([[], 1]);
  });
});

describe('slices', () => {
  /** Real time that passes by one millisecond whenever it is looked at. */
  const ticking = () => {
    let nowMs = 0;
    return () => nowMs++;
  };

  test('give the event loop a turn and report progress', async () => {
    const { clock, driver } = world({ monotonic: ticking() });
    for (let dueMs = 1; dueMs <= 20; dueMs++) clock.setTimeout(() => {}, dueMs);
    const progress: number[] = [];
    const turns: string[] = [];
    setImmediate(() => turns.push('event loop'));
    const onSlice = ({ atMs, targetMs }: { atMs: number; targetMs: number }) => {
      progress.push(atMs);
      expect(targetMs).toBe(20);
      return new Promise<void>((resolve) => setImmediate(resolve));
    };
    expect(await driver.advanceTo(20, { sliceMs: 5, onSlice })).toBe('reached');
    expect(progress).toEqual([5, 10, 15, 20]);
    expect(turns).toEqual(['event loop']);
  });

  test('of no length still let time move', async () => {
    const { clock, driver } = world({ monotonic: ticking() });
    for (let dueMs = 1; dueMs <= 5; dueMs++) clock.setTimeout(() => {}, dueMs);
    expect(await driver.advanceTo(5, { sliceMs: 0 })).toBe('reached');
  });

  test('need no measure of real time', async () => {
    const { clock, driver } = world();
    for (let dueMs = 1; dueMs <= 2000; dueMs++) clock.setTimeout(() => {}, dueMs);
    let slices = 0;
    await driver.advanceTo(2000, { onSlice: () => void slices++ });
    expect(slices).toBeGreaterThan(1);
  });

  test('accept commands, which settle before time moves', async () => {
    const { clock, gate, driver, log, note } = world({ monotonic: ticking() });
    for (let dueMs = 1; dueMs <= 4; dueMs++) clock.setTimeout(() => note('timer'), dueMs);
    const onSlice = () => gate.run('command', later, () => note('command'));
    await driver.advanceTo(4, { sliceMs: 3, onSlice });
    expect(log).toEqual(['1 timer', '2 timer', '3 timer', '3 command', '4 timer']);
  });

  test('notice an abort, and the world can go on', async () => {
    const { clock, driver } = world({ monotonic: ticking() });
    for (let dueMs = 1; dueMs <= 20; dueMs++) clock.setTimeout(() => {}, dueMs);
    const abort = new AbortController();
    const onSlice = () => abort.abort();
    expect(await driver.advanceTo(20, { sliceMs: 5, onSlice, signal: abort.signal })).toBe('aborted');
    expect(driver.now).toBe(5);
    expect(await driver.advanceTo(20)).toBe('reached');
  });
});

describe('an error in the world', () => {
  test('thrown by a timer rejects this advance and every later call', async () => {
    const { clock, driver } = world();
    clock.setTimeout(() => {
      throw new Error('broken timer');
    }, 5);
    await expect(driver.advanceTo(10)).rejects.toThrow('broken timer');
    await expect(driver.settle()).rejects.toThrow('broken timer');
    await expect(driver.advanceTo(10)).rejects.toThrow('broken timer');
    expect(driver.now).toBe(5);
  });

  test('thrown by an action of a child machine arrives by the root’s error observer', async () => {
    const { clock, driver } = world();
    const fail = () => {
      throw new Error('broken action');
    };
    const child = setup({ actions: { fail } }).createMachine({ after: { 5: { actions: 'fail' } } });
    const root = createActor(setup({ actors: { child } }).createMachine({ invoke: { src: 'child' } }), {
      clock,
    });
    root.subscribe({ error: (error) => driver.fail(error) });
    root.start();
    await expect(driver.advanceTo(10)).rejects.toThrow('broken action');
  });

  test('thrown by `until` or `onSlice` is the caller’s, and harms nothing', async () => {
    const { driver } = world();
    const until = () => {
      throw new Error('broken question');
    };
    await expect(driver.advanceTo(10, { until })).rejects.toThrow('broken question');
    expect(await driver.advanceTo(10)).toBe('reached');
  });

  test('is time that stands still', async () => {
    const { clock, driver } = world();
    const again = () => void clock.setTimeout(again, 0);
    again();
    await expect(driver.advanceTo(10)).rejects.toThrow('time stands still at 0 ms');
  });
});
