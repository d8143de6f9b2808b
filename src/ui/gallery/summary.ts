import type { LessonSummary as Summary } from '../../scenario/catalogue.ts';

/** What the gallery knows of a lesson without loading it. */
export interface LessonSummary extends Summary {
  /** Name of its file in `scenarios/`. */
  readonly file: string;
  /** Ids of its steps, which stand in addresses. */
  readonly stepIds: readonly string[];
}
