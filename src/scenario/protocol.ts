import type { InputFile } from '../core/kubernetes/index.ts';
import type { MeshCommand } from '../mesh/command.ts';
import type { MeshSettings } from '../mesh/settings.ts';
import type { Artefact, ArtefactId } from '../trace/artefact.ts';
import type { Entry } from '../trace/entry.ts';
import type { ExportedFile } from './export.ts';
import type { Found } from './run/found.ts';
import type { Expectation } from './schema/expectation.ts';
import type { LessonView } from './view.ts';

export type { Expectation, ExportedFile, Found, InputFile };

/** What a learner can do: everything a mesh takes, and letting time pass up to a moment of a certificate. */
export type LearnerCommand =
  | MeshCommand
  | {
      readonly type: 'advance-to';
      readonly moment: 'renewal' | 'expiry';
      /** `namespace/workload` or an exact pod. */
      readonly pod: string;
      /** Negative: before the moment. */
      readonly offsetMs: number;
    };

/**
 * What a page asks of a session. `id` comes back in the reports that answer it: exactly one of `opened`,
 * `stepped`, `goal`, `exported`, `done` or `failed`, after any number of `appended` and `progress`. Requests are served in order. One
 * that arrives while time is being advanced by `advance` or `advance-to` ends that advance where it is (answered with
 * `aborted: true`); `open-lesson`, `open-mesh`, `rewind` and `close` end whatever runs. A step that cannot be run is answered by
 * `opened` or `stepped` all the same, its mark says `failed`, and a `failed` report with `id: null` follows with the reason.
 */
export type SessionRequest = { readonly id: number } & (
  | {
      readonly type: 'open-lesson';
      readonly yaml: string;
      readonly file: string;
      readonly seed?: number;
      /** Step to run up to at once; 0 unless given. */
      readonly step?: number;
      /** Options chosen earlier, by step id. */
      readonly answers?: Readonly<Record<string, number>>;
    }
  | {
      readonly type: 'open-mesh';
      readonly files: readonly InputFile[];
      readonly settings?: Partial<MeshSettings>;
      readonly seed?: number;
    }
  | { readonly type: 'go-to-step'; readonly step: number }
  | { readonly type: 'answer'; readonly step: number; readonly option: number }
  | { readonly type: 'act'; readonly command: LearnerCommand }
  | { readonly type: 'apply'; readonly files: readonly InputFile[] }
  /** Runs the commands of a file one after another, in the notation of a lesson's `do`. */
  | { readonly type: 'run-book'; readonly file: InputFile }
  | { readonly type: 'check-goal'; readonly step: number }
  | { readonly type: 'solve'; readonly step: number }
  | { readonly type: 'rewind'; readonly step: number }
  | { readonly type: 'advance'; readonly ms: number }
  /** Everything that `svidlab run --export` would write of the world as it is now. */
  | { readonly type: 'export' }
  | { readonly type: 'close' }
);

/** Where a step stands in the trace. */
export interface StepMark {
  readonly step: number;
  readonly stepId: string;
  /** Entries with a smaller `seq` were there before the step was entered. */
  readonly beforeSeq: number;
  /** Entries with a smaller `seq` were there when the step was done; equals `beforeSeq` while it waits for an answer. */
  readonly afterSeq: number;
  readonly atMs: number;
  readonly untilMs: number;
  /** `asking`: it has a question and what it does has not run yet. `failed`: what it does could not be done. */
  readonly state: 'asking' | 'done' | 'failed';
  /** The option that was chosen; null where none was, or none is asked. */
  readonly option: number | null;
}

/** How an expectation of a lesson came out. */
export interface ExpectationResult {
  readonly ok: boolean;
  readonly step: string;
  /** Line of the lesson file. */
  readonly line: number;
  /** What had to be, and what was, for whoever says it in their own words. */
  readonly expectation: Expectation;
  readonly found: Found;
  /** What had to be, in one line: `request shop/mallory to shop/order: refused by AuthorizationPolicy`. */
  readonly expected: string;
  /** What was, in one line. */
  readonly seen: string;
}

/** An error as a person may read it. */
export interface ReadableError {
  readonly rule?: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Id of the step of the lesson it concerns. */
  readonly step?: string;
  readonly hint?: string;
  /** The session cannot go on and must be opened again. */
  readonly fatal: boolean;
}

export type SessionReport =
  | {
      readonly type: 'opened';
      readonly id: number;
      /** Null for a mesh of the user's own. */
      readonly lesson: LessonView | null;
      readonly settings: MeshSettings;
      readonly epochMs: number;
      readonly seed: number;
      /** Marks of the steps run so far; empty for a mesh of the user's own. */
      readonly marks: readonly StepMark[];
      readonly expectations: readonly ExpectationResult[];
    }
  | { readonly type: 'appended'; readonly entries: readonly Entry[]; readonly artefacts: readonly Artefact[] }
  /** Entries with `seq` and above are void, and so are these artefacts; what follows is appended anew. */
  | { readonly type: 'reset'; readonly seq: number; readonly artefacts: readonly ArtefactId[] }
  | {
      readonly type: 'stepped';
      readonly id: number;
      /** The mark of the step asked for; `marks` has those of all steps run so far, in order. */
      readonly mark: StepMark;
      readonly marks: readonly StepMark[];
      readonly expectations: readonly ExpectationResult[];
    }
  | {
      readonly type: 'goal';
      readonly id: number;
      readonly step: number;
      readonly reached: boolean;
      readonly results: readonly ExpectationResult[];
      /** Why the check itself could not run to its end; null where it did. */
      readonly error: ReadableError | null;
    }
  | {
      readonly type: 'exported';
      readonly id: number;
      readonly files: readonly ExportedFile[];
      /** Virtual time of the world. */
      readonly atMs: number;
    }
  | { readonly type: 'progress'; readonly id: number; readonly atMs: number; readonly targetMs: number }
  | { readonly type: 'done'; readonly id: number; readonly atMs: number; readonly aborted: boolean }
  | {
      readonly type: 'failed';
      readonly id: number | null;
      readonly error: ReadableError;
      /** All errors, the first included, where the input had several. */
      readonly errors: readonly ReadableError[];
    };
