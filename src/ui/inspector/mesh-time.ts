import { clockTime, dayAndTime } from '../timeline/clock.ts';

const dayMs = 86_400_000;

/**
 * An instant of virtual time as a reader needs it: the time of day on the first day, else the day with it, else the year as well.
 *
 * @param epochMs when virtual time began, in milliseconds of Unix time
 */
export function meshTime(epochMs: number, atMs: number, language: string): string {
  const at = epochMs + atMs;
  if (Math.floor(at / dayMs) === Math.floor(epochMs / dayMs)) return withoutZeros(clockTime(at, language));
  const sameYear = new Date(at).getUTCFullYear() === new Date(epochMs).getUTCFullYear();
  return sameYear ? withoutZeros(dayAndTime(at, language)) : farDay(at, language);
}

/** What falls on a whole second is said without its milliseconds. */
function withoutZeros(time: string): string {
  return time.replace(/[.,]000$/, '');
}

function farDay(at: number, language: string): string {
  const options = {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
  } as const;
  return new Intl.DateTimeFormat(language, options).format(at);
}
