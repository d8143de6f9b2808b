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
  const streams = streamsOf(entries, cursor, connection.id);
  const rows: PlainRow[] = [];
  for (const pod of new Set([client, server])) {
    if (pod === null) continue;
    for (const entry of entriesAbout(entries, cursor, `pod:${pod}`)) {
      if (entry.kind !== 'message.sent' || entry.data.protocol !== 'HTTP') continue;
      const hop = streams.has(entry.data.stream) ? hopOf(entry, client, server) : null;
      if (hop) rows.push(rowOf(entry, hop, entries, cursor));
    }
  }
  return rows;
}

/** The connection itself, by which the called Envoy speaks to its app, and the requests it was opened for or carried. */
function streamsOf(entries: readonly Entry[], cursor: number, id: string): ReadonlySet<string> {
  const streams = new Set([id]);
  for (const { kind, data } of entriesAbout(entries, cursor, `connection:${id}`)) {
    if ((kind === 'tls.started' || kind === 'tls.sent') && data.request !== null) streams.add(data.request);
  }
  return streams;
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
