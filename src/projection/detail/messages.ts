import type { ArtefactId } from '../../trace/artefact.ts';
import type { Entry, EntryOf, MessageProtocol } from '../../trace/entry.ts';
import { entriesAbout, type IndexKey } from './trace-index.ts';

/** A message and what has become of it. */
export interface MessageDetail {
  readonly id: string;
  readonly seq: number;
  readonly from: string;
  readonly to: string;
  readonly protocol: MessageProtocol;
  readonly label: string;
  readonly artefact: ArtefactId;
  readonly size: number;
  readonly sentAtMs: number;
  readonly dueAtMs: number;
  readonly state: 'travelling' | 'delivered' | 'dropped';
  readonly endedAtMs: number | null;
  /** Why it was dropped. */
  readonly reason: string | null;
}

/** A message as the first `cursor` entries know it; null where it has not been sent. */
export function messageAt(entries: readonly Entry[], cursor: number, id: string): MessageDetail | null {
  const told = entriesAbout(entries, cursor, `message:${id}`);
  const sent = told.find(isSent);
  return sent ? detailOf(sent, told) : null;
}

/** The latest messages from or to something, newest first. */
export function latestMessages(
  entries: readonly Entry[],
  cursor: number,
  key: Extract<IndexKey, `pod:${string}` | `actor:${string}` | `artefact:${string}`>,
  count: number,
): MessageDetail[] {
  const sent = entriesAbout(entries, cursor, key).filter(isSent).slice(-count).reverse();
  return sent.map((entry) => detailOf(entry, entriesAbout(entries, cursor, `message:${entry.data.message}`)));
}

function isSent(entry: Entry): entry is EntryOf<'message.sent'> {
  return entry.kind === 'message.sent';
}

function detailOf({ seq, atMs, data }: EntryOf<'message.sent'>, told: readonly Entry[]): MessageDetail {
  const end = told.find(
    (entry): entry is EntryOf<'message.delivered'> | EntryOf<'message.dropped'> =>
      entry.kind === 'message.delivered' || entry.kind === 'message.dropped',
  );
  const { message: id, from, to, protocol, label, artefact, size, dueAtMs } = data;
  return {
    id,
    seq,
    from,
    to,
    protocol,
    label,
    artefact,
    size,
    sentAtMs: atMs,
    dueAtMs,
    state: end === undefined ? 'travelling' : end.kind === 'message.dropped' ? 'dropped' : 'delivered',
    endedAtMs: end?.atMs ?? null,
    reason: end?.kind === 'message.dropped' ? end.data.reason : null,
  };
}
