import type { LadderRow, Phase } from './ladder-model.ts';

/** Rows that are one step for somebody who goes through a connection step by step. */
export interface Stop {
  readonly key: string;
  readonly phase: Phase | null;
  readonly rows: readonly LadderRow[];
  /** How many entries are shown when the step is over. */
  readonly cursor: number;
}

/** The steps of a ladder: neighbouring rows of one phase together, what comes beside the story each alone. */
export function stopsOf(rows: readonly LadderRow[]): Stop[] {
  const stops: { key: string; phase: Phase | null; rows: LadderRow[] }[] = [];
  for (const row of rows) {
    const last = stops.at(-1);
    if (last && row.phase !== null && last.phase === row.phase) last.rows.push(row);
    else stops.push({ key: row.key, phase: row.phase, rows: [row] });
  }
  return stops.map((stop) => ({ ...stop, cursor: Math.max(...stop.rows.map(({ doneSeq }) => doneSeq)) + 1 }));
}

/** The step a moment belongs to: the last one that is over, or the first where none is. */
export function stopAt(stops: readonly Stop[], cursor: number): number {
  const index = stops.findLastIndex((stop) => stop.cursor <= cursor);
  return Math.max(0, index);
}
