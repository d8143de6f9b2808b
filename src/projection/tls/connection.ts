import type { ArtefactId } from '../../trace/artefact.ts';
import type { Entry, EntryOf } from '../../trace/entry.ts';
import type { TlsSide } from '../../trace/tls-entry.ts';
import { entriesAbout, entriesOfKind } from '../detail/trace-index.ts';

/** One end of a TLS connection, as it said of itself when it began. */
export interface TlsEnd {
  /** Actor: `envoy:shop/order-x2k7q`, `agent:…`, `istiod`. */
  readonly actor: string;
  readonly ip: string;
  readonly port: number;
  /** SPIFFE IDs, prefixes or names that the other side must prove; empty: any of a trusted root. */
  readonly expects: readonly string[];
  readonly alpn: readonly string[];
  /** The leaf it presents, if any. */
  readonly certificate: ArtefactId | null;
  readonly roots: readonly ArtefactId[];
  readonly startedSeq: number;
}

export type TlsOutcome = 'shaking' | 'open' | 'refused' | 'closed';

/** One TLS connection, or one attempt at it, with what both ends know about its beginning. */
export interface TlsConnection {
  readonly id: string;
  readonly purpose: 'workload' | 'ca';
  readonly serverName: string | null;
  readonly startedSeq: number;
  readonly startedAtMs: number;
  readonly client: TlsEnd;
  /** Null until the other end has heard of it; its address is known all the same. */
  readonly server: TlsEnd | null;
  readonly serverActor: string;
  readonly serverIp: string;
  readonly serverPort: number;
  readonly established: Readonly<Record<TlsSide, EntryOf<'tls.established'> | null>>;
  readonly outcome: TlsOutcome;
}

/** The TLS connections among the first `cursor` entries, newest first. */
export function tlsConnections(entries: readonly Entry[], cursor: number): TlsConnection[] {
  return entriesOfKind(entries, cursor, 'tls.started')
    .filter(({ data }) => data.side === 'client')
    .flatMap(({ data }) => tlsConnectionAt(entries, cursor, data.connection) ?? [])
    .reverse();
}

/** One TLS connection; null where the first `cursor` entries do not know it. */
export function tlsConnectionAt(entries: readonly Entry[], cursor: number, id: string): TlsConnection | null {
  const told = entriesAbout(entries, cursor, `connection:${id}`);
  const started = (side: TlsSide) =>
    told.find(
      (entry): entry is EntryOf<'tls.started'> => entry.kind === 'tls.started' && entry.data.side === side,
    );
  const client = started('client');
  const server = started('server');
  if (!client) return null;
  const { data } = client;
  return {
    id,
    purpose: data.purpose,
    serverName: data.serverName,
    startedSeq: client.seq,
    startedAtMs: client.atMs,
    client: endOf(client),
    server: server ? endOf(server) : null,
    serverActor: data.remote,
    serverIp: data.destinationIp,
    serverPort: data.destinationPort,
    established: { client: establishedBy(told, 'client'), server: establishedBy(told, 'server') },
    outcome: outcomeOf(told),
  };
}

function endOf({ seq, data }: EntryOf<'tls.started'>): TlsEnd {
  const isClient = data.side === 'client';
  return {
    actor: data.local,
    ip: isClient ? data.sourceIp : data.destinationIp,
    port: isClient ? data.sourcePort : data.destinationPort,
    expects: data.expects,
    alpn: data.alpn,
    certificate: data.certificate,
    roots: data.roots,
    startedSeq: seq,
  };
}

function establishedBy(told: readonly Entry[], side: TlsSide): EntryOf<'tls.established'> | null {
  return (
    told.find(
      (entry): entry is EntryOf<'tls.established'> =>
        entry.kind === 'tls.established' && entry.data.side === side,
    ) ?? null
  );
}

function outcomeOf(told: readonly Entry[]): TlsOutcome {
  const refused = told.some(
    ({ kind, data }) => kind === 'tls.alert' && 'code' in data && data.level === 'fatal',
  );
  if (refused) return 'refused';
  if (told.some(({ kind }) => kind === 'tls.closed' || kind === 'connection.closed')) return 'closed';
  return establishedBy(told, 'server') ? 'open' : 'shaking';
}

/** The TLS connection that a message on the wire belongs to; null where it belongs to none. */
export function tlsConnectionOf(entries: readonly Entry[], cursor: number, message: string): string | null {
  const sent = entriesAbout(entries, cursor, `message:${message}`).find(({ kind }) => kind === 'tls.sent');
  return sent?.kind === 'tls.sent' ? sent.data.connection : null;
}
