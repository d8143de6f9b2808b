import type { Mesh } from '../../mesh/index.ts';
import type { ExpectationResult, LearnerCommand } from '../protocol.ts';
import type { Runbook } from '../runbook.ts';
import type { RunFailure } from './failure.ts';

/** Is told of a mesh before anything happens in it. */
export type MeshWatcher = (mesh: Mesh) => void;

export interface GoalResult {
  readonly reached: boolean;
  readonly results: readonly ExpectationResult[];
  /** Why the check could not be run to its end; null where it was. */
  readonly failure: RunFailure | null;
}

/** Everything that was done to a run, so that another can do it again. */
export type Move =
  | { readonly type: 'enter'; readonly step: number }
  | { readonly type: 'perform'; readonly option: number | null }
  | { readonly type: 'act'; readonly command: LearnerCommand; readonly stoppedAtMs: number | null }
  | { readonly type: 'book'; readonly runbook: Runbook; readonly stoppedAtMs: number | null }
  | { readonly type: 'advance'; readonly toMs: number }
  | { readonly type: 'check'; readonly step: number }
  | { readonly type: 'solve'; readonly step: number };

/** How far a run had come when a step was entered. */
export interface RunPoint {
  readonly entries: number;
  readonly artefacts: number;
  readonly tape: number;
  readonly moves: number;
}
