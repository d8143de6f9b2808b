import { describe, expect, test } from 'vitest';
import { RandomStream, Tape } from '../../src/sim/index.ts';
import { TestWorld, type TestWorldOptions } from './support/world.ts';

const DAY_MS = 86_400_000;

async function run(options: Partial<TestWorldOptions>, untilMs = 2.5 * DAY_MS): Promise<TestWorld> {
  const world = new TestWorld({ clients: 6, ...options });
  await world.driver.advanceTo(untilMs);
  return world;
}

describe('one seed, one trace', () => {
  test('twenty runs agree although their operations complete in different orders', async () => {
    const worlds = await Promise.all(
      Array.from({ length: 20 }, (_, i) => run({ disturb: new RandomStream(i, 'real delays') })),
    );
    const [first] = worlds;
    expect(first?.happened.length).toBeGreaterThan(6 * 3 * 4);
    for (const world of worlds) expect(world.happened).toEqual(first?.happened);
    expect(new Set(worlds.map((world) => world.completed.join())).size).toBeGreaterThan(1);
    expect(new Set(worlds.flatMap((world) => world.publicKeys)).size).toBe(
      20 * (first?.publicKeys.length ?? 0),
    );
  });

  test('another seed gives another trace', async () => {
    const [seven, eight] = await Promise.all([run({ seed: 7 }), run({ seed: 8 })]);
    expect(eight.happened).not.toEqual(seven.happened);
  });

  test('how far an advance goes at a time changes nothing', async () => {
    const whole = await run({});
    const stepped = new TestWorld({ clients: 6 });
    for (let atMs = 0; atMs <= 2.5 * DAY_MS; atMs += DAY_MS / 16) await stepped.driver.advanceTo(atMs);
    expect(stepped.happened).toEqual(whole.happened);
  });

  test('a client more changes nothing for the others', async () => {
    const [six, seven] = await Promise.all([run({ clients: 6 }), run({ clients: 7 })]);
    const others = seven.happened.filter(({ actor, what }) => !`${actor} ${what}`.includes('client-6'));
    expect(others).toEqual(six.happened);
  });
});

describe('a tape', () => {
  test('gives the identical trace and keys, and no operation runs', async () => {
    const original = await run({});
    const replay = await run({ tape: original.gate.tape });
    expect(replay.happened).toEqual(original.happened);
    expect(replay.publicKeys).toEqual(original.publicKeys);
    expect(original.completed.length).toBe(original.gate.tape.length);
    expect(replay.completed).toEqual([]);
  });

  test('goes live at a mark: the same past, then a new future', async () => {
    const original = new TestWorld({ clients: 6 });
    await original.driver.advanceTo(0.5 * DAY_MS);
    const mark = original.gate.tape.length;
    const keysAtMark = original.publicKeys.length;
    await original.driver.advanceTo(2.5 * DAY_MS);

    const fork = await run({ tape: Tape.replaying(original.gate.tape, mark) });
    expect(fork.happened).toEqual(original.happened);
    expect(fork.publicKeys.slice(0, keysAtMark)).toEqual(original.publicKeys.slice(0, keysAtMark));
    const renewed = original.publicKeys.slice(keysAtMark);
    expect(renewed.length).toBeGreaterThan(0);
    expect(fork.publicKeys.slice(keysAtMark).filter((key) => renewed.includes(key))).toEqual([]);
  });

  test('holds the old and the new after a fork, and replays both', async () => {
    const original = await run({}, 0.5 * DAY_MS);
    const fork = await run({ tape: original.gate.tape }, 1.5 * DAY_MS);
    expect(fork.gate.tape.length).toBeGreaterThan(original.gate.tape.length);
    const replay = await run({ tape: fork.gate.tape }, 1.5 * DAY_MS);
    expect(replay.publicKeys).toEqual(fork.publicKeys);
    expect(replay.completed).toEqual([]);
  });

  test('of another world is refused by the first operation that differs', async () => {
    const original = await run({ seed: 7 });
    await expect(run({ seed: 8, tape: original.gate.tape })).rejects.toThrow(
      /^operation \d+ of the replay is "key client-\d", but the tape holds "key client-\d" there/,
    );
  });

  test('does not grow when recording is off', async () => {
    const world = await run({ record: false });
    expect(world.completed.length).toBeGreaterThan(0);
    expect(world.gate.tape.length).toBe(0);
  });
});

describe('a failing operation', () => {
  test('reaches its actor as an event where the actor has one for it', async () => {
    const world = await run({ failing: 'key client-2' });
    expect(world.happened.filter(({ what }) => what === 'failed').map(({ actor }) => actor)).toEqual([
      'client-2',
    ]);
  });

  test('surfaces from the driver where nobody handles it, and the world stays ended', async () => {
    const world = new TestWorld({ clients: 6, failing: 'proof client-2' });
    await expect(world.driver.advanceTo(DAY_MS)).rejects.toThrow('proof client-2 failed');
    await expect(world.driver.settle()).rejects.toThrow('proof client-2 failed');
    await expect(world.driver.advanceTo(2 * DAY_MS)).rejects.toThrow('proof client-2 failed');
  });
});
