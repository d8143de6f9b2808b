/** How far a clock is off, as one writes it: `+10 min`, `−1 h 30 min`, `+30 s`. */
export function clockOffset(offsetMs: number): string {
  const sign = offsetMs < 0 ? '−' : '+';
  const seconds = Math.round(Math.abs(offsetMs) / 1_000);
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  const said = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return `${sign}${said.length === 0 ? '0 s' : said.slice(0, 2).join(' ')}`;
}
