/** Virtual time as a function of real time. Both in milliseconds. */
export interface Pace {
  /** Virtual time after `elapsedMs` of real time since playback began. */
  readonly at: (elapsedMs: number) => number;
  /** Real time until the end. */
  readonly lengthMs: number;
}

const longestMs = 7_000;

/**
 * A pace for telling: milliseconds of a call and the half day until a renewal both take a moment that can be followed.
 * The gaps between the instants at which something happens are stretched or pressed, and the whole bounded.
 *
 * @param fromMs virtual time at which playback begins
 * @param instantsMs virtual times at which something happens, ascending
 * @param untilMs virtual time at which playback ends
 */
export function storyPace(fromMs: number, instantsMs: Iterable<number>, untilMs: number): Pace {
  const times = [fromMs];
  for (const instant of instantsMs) if (instant > (times.at(-1) ?? 0)) times.push(instant);
  if (untilMs > (times.at(-1) ?? 0)) times.push(untilMs);

  const ends = [0];
  for (let i = 1; i < times.length; i++) {
    ends.push((ends[i - 1] ?? 0) + secondsFor((times[i] ?? 0) - (times[i - 1] ?? 0)) * 1000);
  }
  const natural = ends.at(-1) ?? 0;
  const scale = natural > longestMs ? longestMs / natural : 1;
  const lengthMs = natural * scale;

  return {
    lengthMs,
    at(elapsedMs) {
      const wanted = Math.min(elapsedMs, lengthMs) / scale;
      const index = lastAtMost(ends, wanted);
      const [start, end] = [ends[index] ?? 0, ends[index + 1]];
      const from = times[index] ?? fromMs;
      if (end === undefined) return from;
      return from + ((wanted - start) / (end - start)) * ((times[index + 1] ?? from) - from);
    },
  };
}

function secondsFor(gapMs: number): number {
  return 0.25 + 0.14 * Math.log10(1 + gapMs);
}

function lastAtMost(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
