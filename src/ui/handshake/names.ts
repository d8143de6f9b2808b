import { actorOf } from '../../projection/actor.ts';
import type { HandshakeTexts } from './texts.svelte.ts';

/** Who did something between the two ends. */
export function nameOfParty(actor: string, texts: HandshakeTexts): string {
  const { pod } = actorOf(actor);
  if (pod !== null) return pod;
  return actor === 'attacker' || actor === 'mesh' || actor === 'wire' ? texts.say('attacker') : actor;
}
