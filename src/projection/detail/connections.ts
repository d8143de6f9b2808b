import type { Entry, EntryOf, PodRef } from '../../trace/entry.ts';
import { entriesAbout } from './trace-index.ts';

type Opened = EntryOf<'connection.opened'>;
type Refused = EntryOf<'connection.refused'>;
type Answered = EntryOf<'request.answered'>;

/** One connection, or one attempt at it, with all that was decided about it. */
export interface ConnectionDetail {
  readonly id: string;
  readonly state: 'open' | 'closed' | 'refused';
  readonly atMs: number;
  readonly seq: number;
  readonly opened: Opened['data'] | null;
  readonly refused: Refused['data'] | null;
  readonly closed: { readonly atMs: number; readonly reason: string } | null;
  readonly decisions: readonly EntryOf<'policy.decided'>[];
  /** The requests on it that were answered, in order. */
  readonly answers: readonly Answered[];
}

/**
 * The connections between two ends, newest first, as far as the first `cursor` entries know.
 *
 * @param to a pod; or the name a request led to where no pod was reached
 */
export function connectionsBetween(
  entries: readonly Entry[],
  cursor: number,
  from: PodRef,
  to: string,
): ConnectionDetail[] {
  const ids = new Set<string>();
  for (const entry of entriesAbout(entries, cursor, `pod:${from}`)) {
    const begins = entry.kind === 'connection.opened' || entry.kind === 'connection.refused';
    if (begins && entry.data.from === from && entry.data.to === to) ids.add(entry.data.connection);
  }
  return [...ids].flatMap((id) => connectionAt(entries, cursor, id) ?? []).reverse();
}

/** Requests between two ends that were answered without any connection: the name led nowhere. */
export function lostRequests(
  entries: readonly Entry[],
  cursor: number,
  from: PodRef,
  to: string,
): Answered[] {
  return entriesAbout(entries, cursor, `pod:${from}`).filter(
    (entry): entry is Answered =>
      entry.kind === 'request.answered' &&
      entry.data.from === from &&
      entry.data.to === to &&
      entry.data.connection === null,
  );
}

/** One connection by its identifier; null where the first `cursor` entries do not know it. */
export function connectionAt(entries: readonly Entry[], cursor: number, id: string): ConnectionDetail | null {
  const told = entriesAbout(entries, cursor, `connection:${id}`);
  const opened = told.find((entry): entry is Opened => entry.kind === 'connection.opened');
  const refused = told.find((entry): entry is Refused => entry.kind === 'connection.refused');
  const closed = told.find(
    (entry): entry is EntryOf<'connection.closed'> => entry.kind === 'connection.closed',
  );
  const begin = opened ?? refused;
  if (!begin) return null;
  return {
    id,
    state: refused ? 'refused' : closed ? 'closed' : 'open',
    atMs: begin.atMs,
    seq: begin.seq,
    opened: opened?.data ?? null,
    refused: refused?.data ?? null,
    closed: closed ? { atMs: closed.atMs, reason: closed.data.reason } : null,
    decisions: told.filter((entry): entry is EntryOf<'policy.decided'> => entry.kind === 'policy.decided'),
    answers: told.filter((entry): entry is Answered => entry.kind === 'request.answered'),
  };
}
