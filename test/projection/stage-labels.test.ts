import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bowedCurve, pointAt, type Curve } from '../../src/ui/stage/geometry.ts';
import { placeLabels, separate } from '../../src/ui/stage/labels.ts';

const bounds = { x: 0, y: 0, width: 700, height: 600 };
const place = fc.record({
  x: fc.integer({ min: 60, max: 640 }),
  y: fc.integer({ min: 60, max: 540 }),
  r: fc.constant(40),
});

describe('labels beside connections', () => {
  it('stay in sight, each on its own', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place), { minLength: 1, maxLength: 4 }), (pairs) => {
        const requests = pairs.map(([from, to], index) => {
          const curve: Curve = bowedCurve(from, to, 60);
          return { key: String(index), curve, sign: pointAt(curve, 0.5), width: 150, height: 40 };
        });
        const places = [...placeLabels(requests, [], bounds).values()];
        expect(places).toHaveLength(pairs.length);
        for (const { x, y } of places) {
          expect(x - 75).toBeGreaterThanOrEqual(0);
          expect(x + 75).toBeLessThanOrEqual(bounds.width);
          expect(y - 20).toBeGreaterThanOrEqual(0);
          expect(y + 20).toBeLessThanOrEqual(bounds.height);
        }
      }),
    );
  });

  it('give way to what is more important than they are', () => {
    const curve = bowedCurve({ x: 100, y: 300, r: 40 }, { x: 600, y: 300, r: 40 }, 0);
    const above = { rect: { x: 0, y: 0, width: 700, height: 296 }, weight: 5 };
    const request = { key: 'a', curve, sign: pointAt(curve, 0.5), width: 150, height: 40 };
    expect(placeLabels([request], [above], bounds).get('a')?.y).toBeGreaterThan(310);
  });
});

describe('pills of messages', () => {
  it('do not cover each other', () => {
    const pill = { x: 10, y: 10, width: 100, height: 30 };
    const moved = separate([pill, { ...pill, y: 15 }, { ...pill, y: 20 }]);
    expect(moved.map(({ y }) => y)).toEqual([10, 44, 78]);
  });
});
