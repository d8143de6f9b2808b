import type { EventObject } from 'xstate';
import type { World } from './world.ts';

/**
 * For a machine's `'*'` handler: an event no state expects is recorded. What a child threw arrives as an event too; that
 * one is a bug and goes on upwards, where it ends the run.
 */
export function recordUnexpected(world: World, actor: string, event: EventObject, state: string): void {
  if ('error' in event) throw event.error;
  world.trace.append(actor, 'actor.unexpected', { event: event.type, state });
}
