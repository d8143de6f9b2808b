import type { LessonSummary } from './catalogue.ts';
import type { Localized } from './language.ts';
import type { Block } from './markdown/ast.ts';
import type { Reference } from './reference.ts';
import type { GoalAction } from './schema/step.ts';

/** What a page needs of a lesson: structured-cloneable, every text already parsed in every language. */
export interface LessonView extends Omit<LessonSummary, 'steps'> {
  readonly steps: readonly StepView[];
}

export interface StepView {
  /** Stable within the lesson; stands in the address. */
  readonly id: string;
  readonly title: Localized<string>;
  readonly say: Localized<readonly Block[]>;
  readonly ask: AskView | null;
  /** Whether entering the step (or answering it) makes something happen. */
  readonly acts: boolean;
  /** Shown when what the step does has happened. */
  readonly then: Localized<readonly Block[]> | null;
  /** What to highlight; the first artefact or message opens in the inspector. */
  readonly focus: readonly Reference[];
  readonly goal: GoalView | null;
  readonly case: CaseView | null;
}

export interface AskView {
  readonly question: Localized<readonly Block[]>;
  readonly options: readonly OptionView[];
}

interface OptionView {
  readonly text: Localized<readonly Block[]>;
  readonly correct: boolean;
  readonly answer: Localized<readonly Block[]>;
}

export interface GoalView {
  readonly task: Localized<readonly Block[]>;
  /** The file the editor starts with; null where nothing is edited. */
  readonly edit: GoalEditView | null;
  readonly allow: readonly GoalAction[];
  readonly hints: readonly Localized<readonly Block[]>[];
  readonly solution: Localized<readonly Block[]>;
  /** Files the worked solution applies, for the editor to show. */
  readonly solutionFiles: readonly { readonly name: string; readonly text: string }[];
}

export interface GoalEditView {
  readonly name: string;
  readonly text: string;
  /** Kubernetes resources to apply, or commands to run. */
  readonly runs: 'resources' | 'commands';
}

export interface CaseView {
  readonly number: number;
  readonly text: Localized<readonly Block[]>;
  readonly url: string;
}
