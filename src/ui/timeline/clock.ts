const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(language: string, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${language} ${key}`;
  let format = formats.get(name);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(language, { timeZone: 'UTC', hourCycle: 'h23', ...options });
    formats.set(name, format);
  }
  return format;
}

const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 } as const;

/** The mesh's own time of day, to the millisecond: `09:00:03.412`. */
export function clockTime(unixMs: number, language: string): string {
  return formatOf(language, 'clock', clock).format(unixMs);
}

/** Day and time, for where the day is not plain from the place: `Mar 3, 09:00:03.412`. */
export function dayAndTime(unixMs: number, language: string): string {
  return formatOf(language, 'day', { month: 'short', day: 'numeric', ...clock }).format(unixMs);
}

/** Day and minute: `Mar 3, 09:00`. */
export function dayAndMinute(unixMs: number, language: string): string {
  return formatOf(language, 'minute', {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(unixMs);
}
