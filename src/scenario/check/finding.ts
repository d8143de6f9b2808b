import type { Problem } from '../problem.ts';
import type { LessonPath } from '../source.ts';

/** Something wrong in a lesson whose form is right. */
export interface Finding extends Problem {
  readonly path: LessonPath;
  /** Where inside a text value; the whole value unless given. */
  readonly inside?: { readonly line: number; readonly column: number } | { readonly offset: number };
}
