import { expect, test } from 'vitest';
import { createActor, setup } from 'xstate';
import { Driver, Gate, RandomStream, VirtualClock } from '../../src/sim/index.ts';

const TICKS = 5;
const TICK_MS = 1000;

/** Runs `actors` machines that wait, compute and wait again; counts the work that this makes. */
async function countWork(actors: number) {
  const clock = new VirtualClock();
  const gate = new Gate({ record: false });
  const driver = new Driver({ clock, gate });
  let events = 0;
  const ticker = setup({
    types: {
      context: {} as { random: RandomStream },
      input: {} as { name: string },
      events: {} as { type: 'computed' },
    },
    delays: { tick: ({ context }) => TICK_MS - 100 + context.random.int(100) },
    actions: {
      count: () => void events++,
      compute: ({ self }) => {
        gate.run(
          'compute',
          () => Promise.resolve(),
          () => self.send({ type: 'computed' }),
        );
      },
    },
  }).createMachine({
    context: ({ input }) => ({ random: new RandomStream(1, input.name) }),
    initial: 'waiting',
    states: {
      waiting: { after: { tick: { target: 'computing', actions: 'count' } } },
      computing: { entry: 'compute', on: { computed: { target: 'waiting', actions: 'count' } } },
    },
  });
  // Each its own actor system: spawning into one parent, and stopping one of its children, costs XState time in
  // proportion to all the children there are.
  for (let i = 0; i < actors; i++) createActor(ticker, { clock, input: { name: `ticker-${i}` } }).start();
  let settledInstants = 0;
  let mostTimers = 0;
  const until = () => {
    settledInstants += 1;
    mostTimers = Math.max(mostTimers, clock.held);
    return false;
  };
  await driver.advanceTo(TICKS * TICK_MS, { until });
  return { events, operations: gate.issued, settledInstants, mostTimers };
}

test('ten thousand actors make the work of a hundred, a hundred times', async () => {
  const few = await countWork(100);
  const many = await countWork(10_000);
  expect(few.events / 100).toBeCloseTo(many.events / 10_000, 1);
  expect(many.operations).toBe(many.events / 2);
  expect([few.mostTimers, many.mostTimers]).toEqual([100, 10_000]);
  // Actors that are due together are settled together, so there are fewer instants to an event, never more.
  expect(many.settledInstants / many.events).toBeLessThan(few.settledInstants / few.events);
}, 60_000);
