/** A tick of the time axis: where it stands, and what is written there. */
export interface AxisTick {
  readonly atMs: number;
  readonly text: string;
  /** A new day begins here. */
  readonly day: boolean;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Distances between ticks that a reader can count in. */
const steps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 30, 90, 180, 365, 730, 1_825].map((count) => count * day),
];

/** The smallest distance between ticks at which their texts do not touch. */
function tickStep(spanMs: number, widthPx: number, minimumPx: number): number {
  const needed = (spanMs / Math.max(1, widthPx)) * minimumPx;
  return steps.find((step) => step >= needed) ?? steps.at(-1) ?? day;
}

/**
 * Ticks of a window of virtual time, at round times of the mesh's own UTC clock.
 *
 * @param fromMs, untilMs milliseconds since the world began
 * @param epochMs when the world began, as Unix time in milliseconds
 */
export function axisTicks(
  fromMs: number,
  untilMs: number,
  epochMs: number,
  widthPx: number,
  language: string,
): AxisTick[] {
  const step = tickStep(untilMs - fromMs, widthPx, 84);
  const format = tickFormats(language, step);
  const ticks: AxisTick[] = [];
  const first = Math.ceil((epochMs + fromMs) / step) * step;
  for (let at = first; at <= epochMs + untilMs && ticks.length < 200; at += step) {
    const midnight = at % day === 0;
    ticks.push({ atMs: at - epochMs, text: (midnight ? format.date : format.time)(at), day: midnight });
  }
  return ticks;
}

interface TickFormats {
  readonly time: (unixMs: number) => string;
  readonly date: (unixMs: number) => string;
}

const formats = new Map<string, TickFormats>();

function tickFormats(language: string, step: number): TickFormats {
  const detail = step < second ? 'ms' : step < minute ? 'seconds' : step < day ? 'minutes' : 'days';
  const key = `${language} ${detail}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = makeFormats(language, detail);
    formats.set(key, found);
  }
  return found;
}

function makeFormats(language: string, detail: 'ms' | 'seconds' | 'minutes' | 'days'): TickFormats {
  const utc = { timeZone: 'UTC', hourCycle: 'h23' } as const;
  const day = new Intl.DateTimeFormat(language, { ...utc, month: 'short', day: 'numeric' });
  const date = (unixMs: number): string => day.format(unixMs);
  if (detail === 'days') return { time: date, date };
  const time = new Intl.DateTimeFormat(language, {
    ...utc,
    hour: '2-digit',
    minute: '2-digit',
    ...(detail === 'minutes' ? {} : { second: '2-digit' as const }),
    ...(detail === 'ms' ? { fractionalSecondDigits: 3 as const } : {}),
  });
  return { time: (unixMs) => time.format(unixMs), date };
}

/**
 * How much time to show while the reader has not chosen: what has happened, and the certificates' ends where they are
 * not so far off that the past would shrink to nothing. Grows in steps, so that the picture stands still in between.
 */
export function naturalEnd(headMs: number, latestNotAfterMs: number): number {
  const horizon = latestNotAfterMs > headMs && latestNotAfterMs <= headMs * 2.6 ? latestNotAfterMs : headMs;
  const needed = Math.max(horizon, headMs) * 1.04;
  return ends.find((end) => end >= needed) ?? Math.ceil(needed / (30 * day)) * 30 * day;
}

const ends = [
  ...[0.5, 1, 2, 3, 5, 8, 12, 20, 30, 45].map((count) => count * second),
  ...[1, 2, 3, 5, 8, 12, 20, 30, 45].map((count) => count * minute),
  ...[1, 1.5, 2, 3, 5, 8, 12, 18].map((count) => count * hour),
  ...[1.05, 1.55, 2.1, 2.6, 3, 4, 5, 7, 10, 14, 21, 30].map((count) => count * day),
];
