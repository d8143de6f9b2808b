import { tlsConnectionAt, type TlsConnection } from '../../projection/tls/connection.ts';
import type { Entry, EntryOf } from '../../trace/entry.ts';
import type { TlsSide } from '../../trace/tls-entry.ts';
import type { World } from '../world/world.svelte.ts';
import { podOf, type Commands } from './experiments.ts';

/** What came of a request that was sent again. */
export interface Outcome {
  /** The TLS connection it was sent on; null where none was begun. */
  readonly connection: string | null;
  /** The first fatal alert, and who sent it. */
  readonly alert: { readonly side: TlsSide; readonly description: string } | null;
  readonly status: number | null;
  readonly reason: string;
  readonly resumed: boolean;
}

/** Does something to a connection's ends or way, sends its request again, and undoes what would stay. */
export async function sendAgain(
  world: World,
  connection: TlsConnection,
  { before, after }: Commands,
): Promise<boolean> {
  const { entries } = world.player.trace;
  if (!(await world.act(before))) return false;
  const sent = await world.act({ type: 'request', ...requestOf(entries, connection) });
  // What an attacker would leave behind does not outlive the experiment.
  if (after !== null) await world.act(after);
  return sent;
}

function requestOf(entries: readonly Entry[], connection: TlsConnection) {
  const answered = entries.find(
    (entry): entry is EntryOf<'request.answered'> =>
      entry.kind === 'request.answered' && entry.data.connection === connection.id,
  );
  const sent = entries.find(
    (entry): entry is EntryOf<'request.sent'> =>
      entry.kind === 'request.sent' && entry.data.request === answered?.data.request,
  );
  const { to, method, path } = sent?.data ?? { to: podOf(connection, 'server'), method: 'GET', path: '/' };
  return { from: podOf(connection, 'client'), to, method, path };
}

/** What the entries since `before` tell of it. */
export function outcomeOf(entries: readonly Entry[], before: number, { client }: TlsConnection): Outcome {
  const news = entries.slice(before);
  const started = news.find(
    (entry): entry is EntryOf<'tls.started'> =>
      entry.kind === 'tls.started' && entry.data.side === 'client' && entry.data.local === client.actor,
  );
  const connection = started?.data.connection ?? null;
  const alert = news.find(
    (entry): entry is EntryOf<'tls.alert'> =>
      entry.kind === 'tls.alert' &&
      entry.data.connection === connection &&
      entry.data.direction === 'sent' &&
      entry.data.level === 'fatal',
  );
  const answer = news.findLast(
    (entry): entry is EntryOf<'request.answered'> => entry.kind === 'request.answered',
  );
  const of = connection === null ? null : tlsConnectionAt(entries, entries.length, connection);
  return {
    connection,
    alert: alert ? { side: alert.data.side, description: alert.data.description } : null,
    status: answer?.data.status ?? null,
    reason: answer?.data.reason ?? '',
    resumed: of?.established.client?.data.resumed ?? false,
  };
}
