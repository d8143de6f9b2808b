import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../core/time/duration.ts';

/** `48h`, `1h30m`, `2d`: virtual time, in milliseconds. */
export function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms === 0) throw new InvalidArgumentError('Write a time such as 90s, 12h, 1h30m or 2d.');
  // A Date reaches about 275,000 years; certificates (RFC 5280 4.1.2.5) end with the year 9999.
  if (ms > 1000 * 365 * 86_400_000) throw new InvalidArgumentError('At most 365000d.');
  return ms;
}

export function seedOption(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed))
    throw new InvalidArgumentError('Write a whole number, 0 or more.');
  return seed;
}

/** An instant, RFC 3339, in milliseconds since 1970. */
export function instantOption(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Write an instant such as 2026-03-02T09:00:00Z.');
  return ms;
}

/** The instant at which virtual time begins, RFC 3339 in UTC and whole seconds, as a mesh's settings have it. */
export function beginOption(text: string): string {
  const ms = text === 'now' ? Date.now() : instantOption(text);
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A path to write to. `-` is taken as a slip: results other than the summary go to files. */
export function pathOption(text: string): string {
  if (text === '' || text === '-') throw new InvalidArgumentError('Name a file or directory to write.');
  return text;
}
