import type { PodRef } from '../../trace/index.ts';
import type { World } from '../world.ts';

/** The inbound listener, in whose name Envoy counts what others open. */
export const inboundListener = 'listener.0.0.0.0_15006';

/** Counts one more of a counter of a pod's Envoy. */
export function count(world: World, pod: PodRef, stat: string): void {
  if (world.tlsEvidence === 'none') return;
  const value = world.connections.count(pod, stat);
  world.trace.append(`envoy:${pod}`, 'stats.counted', { pod, stat, value });
}
