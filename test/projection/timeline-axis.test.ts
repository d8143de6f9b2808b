import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisTicks, naturalEnd } from '../../src/ui/timeline/axis.ts';

const hour = 3_600_000;
const epochMs = Date.UTC(2026, 2, 2, 9);

function texts(untilMs: number, width = 1_000, language = 'en'): string[] {
  return axisTicks(0, untilMs, epochMs, width, language).map((tick) => tick.text);
}

describe('the time axis', () => {
  it.each([
    [24 * hour, 'en', ['09:00', '12:00', '15:00']],
    [48 * hour, 'en', ['12:00', '18:00', 'Mar 3', '06:00']],
    [10_000, 'en', ['09:00:00', '09:00:01']],
    [400, 'en', ['09:00:00.000', '09:00:00.050']],
    [48 * hour, 'ko', ['12:00', '18:00', '3월 3일']],
  ])('counts %i ms in %s in steps a reader can count in', (untilMs, language, first) => {
    expect(texts(untilMs, 1_000, language).slice(0, first.length)).toEqual(first);
  });

  it('marks midnight, in the mesh’s own UTC', () => {
    const days = axisTicks(0, 48 * hour, epochMs, 1_000, 'en').filter((tick) => tick.day);
    expect(days.map(({ atMs, text }) => [atMs / hour, text])).toEqual([
      [15, 'Mar 3'],
      [39, 'Mar 4'],
    ]);
  });

  it('never lets ticks touch, and keeps them in order and in view', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e10 }),
        fc.integer({ min: 5, max: 1e11 }),
        fc.integer({ min: 60, max: 3_000 }),
        (fromMs, span, width) => {
          const ticks = axisTicks(fromMs, fromMs + span, epochMs, width, 'en');
          ticks.forEach((tick, index) => {
            const before = ticks[index - 1];
            expect(tick.atMs).toBeGreaterThanOrEqual(fromMs);
            expect(tick.atMs).toBeLessThanOrEqual(fromMs + span);
            if (before !== undefined) expect(((tick.atMs - before.atMs) / span) * width).toBeGreaterThan(80);
          });
        },
      ),
    );
  });
});

describe('the natural end of the axis', () => {
  it('leaves the past its room while certificates end far away', () => {
    expect(naturalEnd(1_000, 24 * hour)).toBeLessThan(3_000);
  });

  it('shows the end of the certificates once it is near', () => {
    expect(naturalEnd(12 * hour, 24 * hour)).toBeGreaterThan(24 * hour);
  });

  it('always holds what has happened, and stands still for small steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * 24 * hour }), (headMs) => {
        expect(naturalEnd(headMs, 0)).toBeGreaterThan(headMs);
      }),
    );
    expect(naturalEnd(13_000, 0)).toBe(naturalEnd(15_000, 0));
  });
});
