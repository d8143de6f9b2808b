import fc from 'fast-check';
import { expect, it } from 'vitest';
import { storyPace } from '../../src/ui/player/pace.ts';

const instants = fc
  .array(fc.nat({ max: 90 * 86_400_000 }), { maxLength: 200 })
  .map((times) => times.sort((a, b) => a - b));

it('ends at the end, and never takes longer than seven seconds', () => {
  fc.assert(
    fc.property(instants, fc.nat({ max: 1_000 }), (times, tail) => {
      const until = (times.at(-1) ?? 0) + tail;
      const pace = storyPace(0, times, until);
      expect(pace.lengthMs).toBeLessThanOrEqual(7_000.001);
      expect(pace.at(pace.lengthMs)).toBeCloseTo(until, 3);
    }),
  );
});

it('never goes back', () => {
  fc.assert(
    fc.property(instants, (times) => {
      const pace = storyPace(0, times, times.at(-1) ?? 0);
      let last = 0;
      for (let share = 0; share <= 20; share++) {
        const now = pace.at((pace.lengthMs * share) / 20);
        expect(now).toBeGreaterThanOrEqual(last);
        last = now;
      }
    }),
  );
});

it('gives five milliseconds of a call time to be seen, and half a day not much more', () => {
  const call = storyPace(0, [5], 5).lengthMs;
  const halfDay = storyPace(0, [43_200_000], 43_200_000).lengthMs;
  expect(call).toBeGreaterThan(300);
  expect(halfDay).toBeLessThan(4 * call);
});

it('is over at once when nothing happens', () => {
  expect(storyPace(10, [], 10)).toMatchObject({ lengthMs: 0 });
  expect(storyPace(10, [], 10).at(0)).toBe(10);
});
