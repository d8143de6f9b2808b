import type { EventObject } from 'xstate';
import type { VirtualClock } from '../sim/index.ts';

/** Where actors are found by their systemId. */
export interface MeshSystem {
  get(systemId: string): unknown;
}

/**
 * Sends an event to the actor of a systemId, at this instant but after what is being handled now: an actor's action never
 * runs inside another's. XState's `sendTo` with an undefined target reaches the sender; here a missing actor is a bug and
 * says so.
 */
export function tell<E extends EventObject>(
  world: Timed,
  system: MeshSystem,
  systemId: string,
  event: E,
): void {
  world.clock.setTimeout(() => tellNow(system, systemId, event), 0);
}

/** Like `tell`, for an actor that may have ended meanwhile. */
export function tellIfAlive<E extends EventObject>(
  world: Timed,
  system: MeshSystem,
  systemId: string,
  event: E,
): void {
  world.clock.setTimeout(() => receiver(system, systemId)?.send(event), 0);
}

/** Sends at once: for commands, which come from outside every actor. */
export function tellNow<E extends EventObject>(system: MeshSystem, systemId: string, event: E): void {
  const actor = receiver(system, systemId);
  if (actor === null) throw new Error(`no actor "${systemId}" to receive ${event.type}`);
  actor.send(event);
}

interface Timed {
  readonly clock: VirtualClock;
}

interface Receiver {
  send(event: EventObject): void;
}

function receiver(system: MeshSystem, systemId: string): Receiver | null {
  const actor: unknown = system.get(systemId);
  return isReceiver(actor) ? actor : null;
}

function isReceiver(actor: unknown): actor is Receiver {
  return typeof actor === 'object' && actor !== null && 'send' in actor && typeof actor.send === 'function';
}
