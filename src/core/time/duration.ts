const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The form of a duration: Go's, plus days. `90s`, `12h`, `1h30m`, `2d`, `500ms`, `0.5h`. */
export const durationPattern = /^(?:\d{1,9}(?:\.\d{1,6})?(?:ms|s|m|h|d))+$/;

/** Milliseconds of a duration written as Go writes it, plus `d` for days; null where the text is none. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  if (text.length > 64 || !durationPattern.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? 0);
  }
  return Math.round(total);
}

/** Like `parseDuration` without days, as Go's `time.ParseDuration` reads environment variables. */
export function parseGoDuration(text: string): number | null {
  return text.includes('d') ? null : parseDuration(text);
}

/** The shortest exact text of a duration, largest unit first: `1h30m`, `2d`, `0s`. */
export function formatDuration(ms: number): string {
  let rest = Math.round(Math.abs(ms));
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = unitMs[unit] ?? 1;
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  return (ms < 0 ? '-' : '') + (text || '0s');
}
