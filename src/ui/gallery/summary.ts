import type { LessonView } from '../../scenario/view.ts';

/** What the gallery knows of a lesson without loading it. */
export type LessonSummary = Omit<LessonView, 'steps'> & {
  /** Name of its file in `scenarios/`. */
  readonly file: string;
  readonly steps: number;
};
