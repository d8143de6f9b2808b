import type { LadderRow, Part, TlsRow } from '../../projection/tls/ladder-model.ts';
import type { Stop } from '../../projection/tls/stops.ts';
import type { Handshake } from './handshake.svelte.ts';
import type { TextKey } from './texts.svelte.ts';

/** What a step is about, in one line. */
export function stopTitle(handshake: Handshake, { phase, rows }: Stop): string {
  const { texts } = handshake;
  if (phase !== null) return texts.say(`phase_${phase.replaceAll('-', '_')}` as TextKey);
  const [row] = rows;
  return row ? besideTitle(handshake, row) : '';
}

/** What comes beside the story, in one line. */
export function besideTitle(handshake: Handshake, row: LadderRow): string {
  const { texts } = handshake;
  if (row.kind === 'cut') return texts.say('beside_cut');
  if (row.kind === 'resumption') {
    const answer = row.accepted ? 'yes' : 'no';
    return texts.say(row.of === 'ticket' ? `beside_resumption_${answer}` : `beside_early_${answer}`);
  }
  if (row.kind === 'verification') return texts.say('q_ticket');
  if (row.kind !== 'tls') return texts.say('beside_other');
  // Who cannot read it cannot know what it is.
  if (handshake.sight(row) !== 'content') return texts.say('sealed');
  const name = handshake.name(row.from);
  if (row.alert?.description === 'close_notify') return texts.say('beside_close', { name });
  if (row.alert) return texts.say('beside_alert_client', { name, alert: row.alert.description });
  const names = row.parts.map((part) => part.name);
  if (names.includes('NewSessionTicket')) return texts.say('beside_ticket');
  return texts.say(names.includes('KeyUpdate') ? 'beside_key_update' : 'beside_other');
}

/** What a part of a flight is, in words: “The proof that frontend holds its key”. */
export function partTitle(handshake: Handshake, row: TlsRow, part: Part): string {
  const { texts } = handshake;
  const name = handshake.name(row.from);
  if (part.kind === 'alert') {
    return row.alert?.description === 'close_notify'
      ? texts.say('msg_close_notify')
      : texts.say('msg_alert', { alert: row.alert?.description ?? '' });
  }
  return texts.find(`msg_${part.name}`, { name }) ?? part.name;
}
