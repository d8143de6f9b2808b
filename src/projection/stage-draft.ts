import type { EntryKind, EntryOf, PodRef } from '../trace/entry.ts';
import type { PodModel, StageState } from './stage-model.ts';

/** What an entry of each kind changes on the stage; kinds that are missing change nothing. */
export type StageHandlers = { readonly [K in EntryKind]?: (draft: StageState, entry: EntryOf<K>) => void };

/** Replaces a pod by a changed copy; an entry about a pod that is not there changes nothing. */
export function changePod(
  draft: StageState,
  ref: PodRef | null,
  change: (pod: PodModel) => Partial<PodModel>,
): void {
  const pod = ref === null ? undefined : draft.pods.get(ref);
  if (pod !== undefined) draft.pods.set(pod.ref, { ...pod, ...change(pod), lastSeq: draft.seq });
}
