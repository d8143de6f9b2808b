import type { Language } from '../../scenario/language.ts';

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
] as const;

// Making a format costs a hundred times what using it does, and clocks are written in every frame.
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function cached<F extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => F): F {
  const known = formats.get(key) as F | undefined;
  if (known) return known;
  const made = make();
  formats.set(key, made);
  return made;
}

/** A stretch of time in its two largest units: `5 hr, 47 min`, `5시간 47분`. */
export function formatDuration(ms: number, language: Language): string {
  const first = units.findIndex(([, size]) => Math.abs(ms) >= size);
  const index = first < 0 ? units.length - 1 : first;
  const [large, largeMs] = units[index] ?? units[4];
  const whole = Math.trunc(ms / largeMs);
  const small = units[index + 1];
  const rest = small ? Math.trunc((ms - whole * largeMs) / small[1]) : 0;
  const parts = [part(whole, large, language)];
  // Milliseconds beside seconds only where seconds are few.
  if (small && rest !== 0 && !(large === 'second' && whole >= 10)) parts.push(part(rest, small[0], language));
  return parts.join(' ');
}

function part(value: number, unit: string, language: Language): string {
  const make = () => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' });
  return cached(`${language} unit ${unit}`, make).format(value);
}

/** An instant of virtual time as a clock shows it, UTC: `09:00:03`, with the day when it is not the first. */
export function formatClock(epochMs: number, atMs: number, language: Language): string {
  const at = new Date(epochMs + atMs);
  const time = at.toISOString().slice(11, 19);
  const sameDay = Math.floor((epochMs + atMs) / 86_400_000) === Math.floor(epochMs / 86_400_000);
  if (sameDay) return time;
  const make = () => new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return `${cached(`${language} date`, make).format(at)} ${time}`;
}
