import type { Entry, EntryOf } from '../../trace/entry.ts';
import { actorOf } from '../actor.ts';
import { entriesAbout } from '../detail/trace-index.ts';
import type { TlsConnection } from './connection.ts';
import type { Lane, Phase, PlainRow } from './ladder-model.ts';

type Sent = EntryOf<'message.sent'>;

interface Hop {
  readonly from: Lane;
  readonly to: Lane;
  readonly phase: Phase;
}

/** What the apps at both ends say to their own Envoys in plaintext, as far as it belongs to a connection. */
export function plainHops(entries: readonly Entry[], cursor: number, connection: TlsConnection): PlainRow[] {
  if (connection.purpose !== 'workload') return [];
  const client = actorOf(connection.client.actor).pod;
  const server = actorOf(connection.serverActor).pod;
  const bounds = boundsOf(entries, cursor, connection);
  const rows: PlainRow[] = [];
  for (const pod of new Set([client, server])) {
    if (pod === null) continue;
    for (const entry of entriesAbout(entries, cursor, `pod:${pod}`)) {
      if (entry.kind !== 'message.sent' || entry.data.protocol !== 'HTTP') continue;
      const hop = hopOf(entry, client, server);
      if (hop && entry.seq >= bounds.from && entry.seq < bounds.to) {
        rows.push(rowOf(entry, hop, entries, cursor));
      }
    }
  }
  return rows;
}

function hopOf({ data: { from, to } }: Sent, client: string | null, server: string | null): Hop | null {
  const way = `${from} ${to}`;
  switch (way) {
    case `app:${client} envoy:${client}`:
      return { from: 'client-app', to: 'client', phase: 'plain-request' };
    case `envoy:${client} app:${client}`:
      return { from: 'client', to: 'client-app', phase: 'plain-answer' };
    case `envoy:${server} app:${server}`:
      return { from: 'server', to: 'server-app', phase: 'delivery' };
    case `app:${server} envoy:${server}`:
      return { from: 'server-app', to: 'server', phase: 'answer' };
    default:
      return null;
  }
}

/** From the request that made Envoy connect to what ended the connection, or to the next connection of the same Envoy. */
function boundsOf(
  entries: readonly Entry[],
  cursor: number,
  { id, client, startedSeq }: TlsConnection,
): { readonly from: number; readonly to: number } {
  const own = entriesAbout(entries, cursor, `actor:${client.actor}`);
  const app = client.actor.replace('envoy:', 'app:');
  let from = startedSeq;
  for (const entry of own) {
    if (entry.seq >= startedSeq) break;
    if (entry.kind === 'tls.started') from = startedSeq;
    else if (entry.kind === 'message.sent' && entry.data.from === app) from = entry.seq;
  }
  const next = own.find(
    (entry) =>
      entry.seq > startedSeq &&
      ((entry.kind === 'tls.started' && entry.data.side === 'client' && entry.data.connection !== id) ||
        (entry.kind === 'message.sent' &&
          entry.data.from === app &&
          isAnswered(entries, cursor, id, entry.seq))),
  );
  return { from, to: next?.seq ?? Infinity };
}

/** Whether a connection had carried all it was opened for before an entry. */
function isAnswered(entries: readonly Entry[], cursor: number, id: string, before: number): boolean {
  return entriesAbout(entries, cursor, `connection:${id}`).some(
    ({ kind, seq }) => seq < before && (kind === 'connection.closed' || kind === 'tls.closed'),
  );
}

function rowOf(sent: Sent, hop: Hop, entries: readonly Entry[], cursor: number): PlainRow {
  const { seq, atMs, data } = sent;
  const arrived = entriesAbout(entries, cursor, `message:${data.message}`).find(
    ({ kind }) => kind === 'message.delivered',
  );
  return {
    kind: 'plain',
    key: `plain ${data.message}`,
    ...hop,
    seq,
    doneSeq: arrived?.seq ?? seq,
    atMs,
    label: data.label,
    artefact: data.artefact,
    size: data.size,
    arrived: arrived ? { seq: arrived.seq, atMs: arrived.atMs } : null,
  };
}
