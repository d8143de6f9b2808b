import { workloadKey } from './actor.ts';
import type { MessageModel, PodModel, StageState } from './stage-model.ts';
import { GHOST_MS } from './stage-pods.ts';

/** A message as it is drawn: `progress` is its place between sender (0) and receiver (1). */
export interface TravellingMessage extends MessageModel {
  readonly progress: number;
}

/** Pods to draw at a moment, neighbours first by workload and then by age; the deleted fade out as ghosts. */
export function podsAt(state: StageState, atMs: number): PodModel[] {
  const order = (pod: PodModel): number => state.workloads.get(workloadKey(pod)) ?? Infinity;
  return [...state.pods.values()]
    .filter((pod) => pod.deletedAtMs === null || atMs - pod.deletedAtMs <= GHOST_MS)
    .sort((a, b) => order(a) - order(b) || a.scheduledAtMs - b.scheduledAtMs || (a.ref < b.ref ? -1 : 1));
}

/**
 * Messages to draw at a moment: those on their way; one that was lost stands where it was until the next entry.
 * One that has arrived is seen by what its receiver does.
 */
export function messagesAt(state: StageState, atMs: number): TravellingMessage[] {
  const travelling: TravellingMessage[] = [];
  for (const message of state.messages.values()) {
    const { ended } = message;
    if (ended?.how === 'delivered' || (ended !== null && ended.seq < state.seq)) continue;
    travelling.push({ ...message, progress: progressOf(message, atMs) });
  }
  return travelling;
}

function progressOf({ sentAtMs, dueAtMs }: MessageModel, atMs: number): number {
  const share = (atMs - sentAtMs) / Math.max(1e-9, dueAtMs - sentAtMs);
  return Math.max(0, Math.min(1, share));
}
