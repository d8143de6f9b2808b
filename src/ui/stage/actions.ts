import type { ArtefactId } from '../../trace/artefact.ts';
import type { PodRef } from '../../trace/entry.ts';

/** What a press on something on the stage asks for. */
export interface StageActions {
  readonly openArtefact: (artefact: ArtefactId) => void;
  readonly selectPod: (pod: PodRef) => void;
  readonly selectActor: (systemId: string) => void;
  /** Whether the story or the pointer is on an artefact. */
  readonly isLit: (artefact: ArtefactId) => boolean;
  readonly selectEntry: (seq: number) => void;
}
