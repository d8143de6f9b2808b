import type { ActorSystem, ActorSystemInfo, EventObject } from 'xstate';

export type MeshSystem = ActorSystem<ActorSystemInfo>;

/**
 * Sends an event to the actor of a systemId. XState's `sendTo` with an undefined target reaches the sender;
 * here a missing actor is a bug and says so.
 */
export function tell(system: MeshSystem, systemId: string, event: EventObject): void {
  const actor: unknown = system.get(systemId);
  if (!isReceiver(actor)) throw new Error(`no actor "${systemId}" to receive ${event.type}`);
  actor.send(event);
}

/** Like `tell`, for actors that may have ended meanwhile; says whether the actor was there. */
export function tellIfAlive(system: MeshSystem, systemId: string, event: EventObject): boolean {
  const actor: unknown = system.get(systemId);
  if (!isReceiver(actor)) return false;
  actor.send(event);
  return true;
}

function isReceiver(actor: unknown): actor is { send(event: EventObject): void } {
  return typeof actor === 'object' && actor !== null && 'send' in actor && typeof actor.send === 'function';
}
