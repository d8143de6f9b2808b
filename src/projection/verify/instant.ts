/** An instant to the second: `2026-03-02T09:00:00Z`. */
export function instantText(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
