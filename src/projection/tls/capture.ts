import { type CaptureEvent, pcapng } from '../../core/capture/index.ts';
import type { Artefact, ArtefactId } from '../../trace/artefact.ts';
import type { Entry } from '../../trace/entry.ts';
import { entriesAbout } from '../detail/trace-index.ts';
import type { TlsConnection } from './connection.ts';

/** The secrets of a connection in the format of the NSS key log, one line each; empty where there are none yet. */
export function keyLogOf(entries: readonly Entry[], cursor: number, connection: string): string {
  const lines = new Set<string>();
  for (const { kind, data } of entriesAbout(entries, cursor, `connection:${connection}`)) {
    if (kind !== 'tls.secret' || !('keyLogLabel' in data) || data.keyLogLabel === null) continue;
    lines.add(`${data.keyLogLabel} ${data.clientRandom} ${data.value}\n`);
  }
  return [...lines].join('');
}

/**
 * A connection as a capture at the called side's network interface: what came from the client as it came, what the server
 * sent as it went out. The secrets are inside.
 */
export function captureOf(
  entries: readonly Entry[],
  cursor: number,
  connection: TlsConnection,
  {
    epochMs,
    lookup,
  }: { readonly epochMs: number; readonly lookup: (id: ArtefactId) => Artefact | undefined },
): Uint8Array<ArrayBuffer> {
  const told = entriesAbout(entries, cursor, `connection:${connection.id}`);
  const atUs = (atMs: number) => Math.round((epochMs + atMs) * 1000);
  const ended = new Set<'client' | 'server'>();
  const events: CaptureEvent[] = [];
  for (const entry of told) {
    const seen =
      (entry.kind === 'tls.received' && entry.data.side === 'server') ||
      (entry.kind === 'tls.sent' && entry.data.side === 'server');
    if (seen) {
      const from = entry.kind === 'tls.sent' ? 'server' : 'client';
      const bytes = lookup(entry.data.artefact)?.bytes;
      if (bytes && !ended.has(from)) events.push({ kind: 'data', atUs: atUs(entry.atMs), from, bytes });
    } else if (entry.kind === 'tls.closed' && !ended.has(entry.data.side)) {
      ended.add(entry.data.side);
      events.push({ kind: 'fin', atUs: atUs(entry.atMs), from: entry.data.side });
    }
  }
  const { client, serverIp, serverPort, startedAtMs } = connection;
  return pcapng({
    connections: [
      {
        client: { ip: client.ip, port: client.port },
        server: { ip: serverIp, port: serverPort },
        openedAtUs: atUs(startedAtMs),
        events: inOrder(events),
      },
    ],
    keyLog: keyLogOf(entries, cursor, connection.id),
  });
}

/** A side that has ended sends nothing more: what was still under way when it closed is put before its end. */
function inOrder(events: readonly CaptureEvent[]): CaptureEvent[] {
  const data = events.filter(({ kind }) => kind === 'data');
  const ends = events.filter(({ kind }) => kind !== 'data');
  const last = data.at(-1)?.atUs ?? 0;
  return [...data, ...ends.map((end) => ({ ...end, atUs: Math.max(end.atUs, last) }))];
}
