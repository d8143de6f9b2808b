import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStream, randomStreams } from '../../src/sim/index.ts';

const draw = (stream: RandomStream, n: number) => Array.from({ length: n }, () => stream.uint32());

describe('a stream', () => {
  test('is fixed by seed and name, today and for ever', () => {
    expect(draw(randomStreams(1).stream('pod'), 4)).toEqual(draw(new RandomStream(1, 'pod'), 4));
    expect(draw(new RandomStream(1, 'pod'), 4)).toMatchInlineSnapshot(`
      [
        575037008,
        3220627493,
        2130395691,
        3540172178,
      ]
    `);
  });

  test('differs for every seed and name', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `pod-${i}`);
    const firsts = [1, 2].flatMap((seed) => names.map((name) => new RandomStream(seed, name).next()));
    expect(new Set(firsts).size).toBe(2000);
  });

  test('has even bits, also across the first draws of neighbouring names', () => {
    const samples = 20_000;
    const ones = new Array<number>(32).fill(0);
    for (let i = 0; i < samples; i++) {
      const word = new RandomStream(7, `pod-${i}`).uint32();
      for (let bit = 0; bit < 32; bit++) ones[bit] = (ones[bit] ?? 0) + ((word >>> bit) & 1);
    }
    // Five standard deviations of a fair coin.
    for (const count of ones) expect(Math.abs(count - samples / 2)).toBeLessThan(5 * Math.sqrt(samples / 4));
  });
});

describe('drawing', () => {
  test('next: from 0 to below 1, evenly', () => {
    const stream = new RandomStream(3, 'next');
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const bucket = Math.floor(stream.next() * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    expect(buckets.length).toBe(10);
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(10_000));
  });

  test('int: within bounds for any bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.integer(), (n, seed) => {
        const drawn = new RandomStream(seed, 'int').int(n);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn < n).toBe(true);
      }),
    );
  });

  test('int: unbiased where a plain remainder would draw the lower third twice as often', () => {
    const stream = new RandomStream(3, 'int');
    const n = 3 * 2 ** 30;
    const samples = 30_000;
    let low = 0;
    for (let i = 0; i < samples; i++) if (stream.int(n) < n / 3) low += 1;
    expect(Math.abs(low - samples / 3)).toBeLessThan(5 * Math.sqrt((samples * 2) / 9));
  });

  test.each([0, -1, 1.5, 2 ** 32 + 1, NaN])('int: no bound %d', (n) => {
    expect(() => new RandomStream(1, 'x').int(n)).toThrow(`int needs 1 to 2^32, not ${n}`);
  });

  test.each([0, 1, 4, 7, 16])('bytes: %i of them, the same each time', (n) => {
    const bytes = new RandomStream(1, 'bytes').bytes(n);
    expect(bytes).toEqual(new RandomStream(1, 'bytes').bytes(n));
    expect(bytes.length).toBe(n);
    if (n === 16) expect(new Set(bytes).size).toBeGreaterThan(8);
  });

  test('uuid: version 4 in form, and each another', () => {
    const stream = new RandomStream(1, 'uuid');
    const uuids = Array.from({ length: 1000 }, () => stream.uuid());
    for (const uuid of uuids) {
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(new Set(uuids).size).toBe(1000);
  });

  test('pick: characters of the alphabet, all of them sooner or later', () => {
    const picked = new RandomStream(1, 'pick').pick('bcdf', 200);
    expect(picked).toMatch(/^[bcdf]{200}$/);
    expect(new Set(picked).size).toBe(4);
  });
});
