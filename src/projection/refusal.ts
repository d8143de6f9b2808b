import type { EntryOf } from '../trace/entry.ts';

type Refused = EntryOf<'connection.refused'>['data'];

/** Why a connection was refused, in a word: where TLS ended it, its alert is what the field knows it by. */
export function refusalReason({ by, alert, reason }: Pick<Refused, 'by' | 'alert' | 'reason'>): string {
  return by === 'TLS' && alert !== null ? alert : reason;
}
