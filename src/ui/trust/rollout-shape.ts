import { area, curveStepAfter, stack } from 'd3-shape';
import type { Band, RolloutEvent, RolloutSample } from '../../projection/trust/rollout-model.ts';

/** How a part of the fleet is filled: never by colour alone. */
export const fills = ['old', 'both', 'new', 'fourth', 'others'] as const;
export type Fill = (typeof fills)[number];

/** A band as it is drawn: with a path, and its place in the order of what came when. */
export interface DrawnBand {
  readonly key: string;
  readonly fill: Fill;
  readonly path: string;
  /** The bands of the model that it stands for: several where there are more than can be told apart. */
  readonly of: readonly number[];
}

export interface StripArea {
  readonly width: number;
  readonly height: number;
  readonly x: (atMs: number) => number;
  readonly untilMs: number;
}

/**
 * The shares of the fleet over time, one above the other, stepping where a pod changes sides.
 *
 * @param which the counts of a sample that belong to these bands
 */
export function stackedBands(
  samples: readonly RolloutSample[],
  bands: readonly Band[],
  which: (sample: RolloutSample) => readonly number[],
  { width, height, x, untilMs }: StripArea,
): readonly DrawnBand[] {
  const groups = grouped(bands);
  const points = thinned(samples, x).map((sample) => ({
    at: x(sample.atMs),
    ready: sample.ready,
    shares: groups.map(({ of }) => of.reduce((sum, index) => sum + (which(sample)[index] ?? 0), 0)),
  }));
  const last = points.at(-1);
  if (last === undefined) return [];
  points.push({ ...last, at: Math.min(width, Math.max(last.at, x(untilMs))) });
  type Point = (typeof points)[number];
  const series = stack<unknown, Point, number>()
    .keys(groups.map((_, index) => index))
    .value(({ shares, ready }, key) => (ready === 0 ? 0 : (shares[key] ?? 0) / ready))(points);
  const shape = area<(typeof series)[number][number]>()
    .x(({ data }) => data.at)
    .y0((point) => height * (1 - point[0]))
    .y1((point) => height * (1 - point[1]))
    .curve(curveStepAfter);
  return groups.map((group, index) => ({ ...group, path: shape(series[index] ?? []) ?? '' }));
}

/** As many bands as there are fills; the last one takes whatever is more. */
export function grouped(bands: readonly Band[]): { key: string; fill: Fill; of: number[] }[] {
  const groups: { key: string; fill: Fill; of: number[] }[] = [];
  bands.forEach(({ key }, index) => {
    const fill = fills[Math.min(index, fills.length - 1)] ?? 'others';
    if (index < fills.length) groups.push({ key, fill, of: [index] });
    else groups.at(-1)?.of.push(index);
  });
  return groups;
}

/** The last sample of each column of pixels: more could not be seen. */
function thinned(samples: readonly RolloutSample[], x: (atMs: number) => number): readonly RolloutSample[] {
  return samples.filter((sample, index) => {
    const next = samples[index + 1];
    return next === undefined || Math.floor(x(next.atMs)) !== Math.floor(x(sample.atMs));
  });
}

/** Events as strokes: how many fell into each column of pixels. */
export function strokes(
  events: readonly RolloutEvent[],
  x: (atMs: number) => number,
): ReadonlyMap<number, number> {
  const columns = new Map<number, number>();
  for (const { atMs } of events) {
    const column = Math.round(x(atMs));
    columns.set(column, (columns.get(column) ?? 0) + 1);
  }
  return columns;
}
