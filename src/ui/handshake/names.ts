import { actorOf } from '../../projection/actor.ts';
import type { HandshakeTexts } from './texts.svelte.ts';

/** Who did something between the two ends: a pod, or somebody on the network. */
export function nameOfParty(actor: string, texts: HandshakeTexts): string {
  const { pod } = actorOf(actor);
  if (pod !== null) return pod;
  return actor === 'network' ? texts.say('attacker') : actor;
}
