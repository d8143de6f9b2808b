import type { PodSize } from './layout.ts';

/** Every size worth trying, largest first. */
export const podSizes: readonly PodSize[] = [
  ...range(104, 78, 2).map(full),
  ...range(77, 56, 3).map((r) => medium(r, 2)),
  // To see into a pod is worth more than its second line.
  ...range(60, 54, 2).map((r) => medium(r, 1)),
  ...range(53, 48, 2).map((r) => medium(r, 2)),
  ...range(52, 42, 2).map((r) => medium(r, 1)),
  ...range(45, 22, 2).map((r) => small(r, 1)),
  ...range(30, 16, 2).map((r) => small(r, 0)),
  ...range(15, 11, 1).map(tiny),
  ...range(15, 7, 1).map(ring),
];

function range(from: number, to: number, step: number): number[] {
  const values: number[] = [];
  for (let value = from; value >= to; value -= step) values.push(value);
  return values;
}

function full(r: number): PodSize {
  return { detail: 'full', r, captionLines: 2, cellWidth: 2 * r + 40, cellHeight: 2 * r + 62 };
}

function medium(r: number, captionLines: 1 | 2): PodSize {
  return {
    detail: 'medium',
    r,
    captionLines,
    cellWidth: Math.max(2 * r + 20, 128),
    cellHeight: 2 * r + 58 + captionLines * 15,
  };
}

function small(r: number, captionLines: 0 | 1): PodSize {
  return {
    detail: 'small',
    r,
    captionLines,
    cellWidth: Math.max(2 * r + 12, captionLines === 1 ? 78 : 70),
    cellHeight: 2 * r + 34 + captionLines * 14,
  };
}

/** As small as a name of one word still fits below. */
function tiny(r: number): PodSize {
  return { detail: 'small', r, captionLines: 0, cellWidth: 61, cellHeight: 2 * r + 26 };
}

/** Too small for words: the ring, and a letter in it where that still fits. */
export function ring(r: number): PodSize {
  return { detail: 'ring', r, captionLines: 0, cellWidth: 2 * r + 8, cellHeight: 2 * r + 8 };
}
