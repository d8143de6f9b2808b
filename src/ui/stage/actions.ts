import type { ArtefactId } from '../../trace/artefact.ts';
import type { PodRef } from '../../trace/entry.ts';

/** What a press on something on the stage asks for. */
export interface StageActions {
  readonly openArtefact: (artefact: ArtefactId) => void;
  readonly selectPod: (pod: PodRef) => void;
  readonly selectActor: (systemId: string) => void;
  readonly selectEntry: (seq: number) => void;
}
