import type { Entry, PodRef } from '../../trace/entry.ts';
import { actorOf } from '../actor.ts';
import { entriesAbout, entriesOfKind } from '../detail/trace-index.ts';
import type { TlsConnection } from './connection.ts';

/** A line of one of Envoy's logs. */
export interface LogLine {
  readonly seq: number;
  readonly atMs: number;
  readonly pod: PodRef;
  readonly log: 'access' | 'connection';
  readonly direction: 'inbound' | 'outbound' | null;
  readonly flags: string | null;
  readonly transportFailure: string | null;
  readonly line: string;
}

export interface Counter {
  readonly pod: PodRef;
  readonly stat: string;
  readonly value: number;
  /** The entry that counted last. */
  readonly seq: number;
}

/** What somebody with access to the two Envoys sees of a connection. */
export interface OperatorView {
  readonly lines: readonly LogLine[];
  readonly counters: readonly Counter[];
}

export function operatorView(
  entries: readonly Entry[],
  cursor: number,
  connection: TlsConnection,
): OperatorView {
  const lines = entriesAbout(entries, cursor, `connection:${connection.id}`).flatMap(lineOf);
  const pods = new Set([actorOf(connection.client.actor).pod, actorOf(connection.serverActor).pod]);
  const counters = new Map<string, Counter>();
  for (const { seq, data } of entriesOfKind(entries, cursor, 'stats.counted')) {
    if (seq < connection.startedSeq || !pods.has(data.pod)) continue;
    counters.set(`${data.pod} ${data.stat}`, { pod: data.pod, stat: data.stat, value: data.value, seq });
  }
  return { lines, counters: [...counters.values()] };
}

function lineOf(entry: Entry): LogLine[] {
  const { seq, atMs } = entry;
  if (entry.kind === 'access.logged') {
    const { pod, direction, flags, transportFailure, line } = entry.data;
    return [{ seq, atMs, pod, log: 'access', direction, flags, transportFailure, line }];
  }
  if (entry.kind !== 'connection.logged') return [];
  const { pod, line } = entry.data;
  return [{ seq, atMs, pod, log: 'connection', direction: null, flags: null, transportFailure: null, line }];
}
