import * as v from 'valibot';
import { parse } from 'yaml';
import type { Localized } from './language.ts';
import { summaryEntries, tracks, type Level, type Track } from './schema/lesson.ts';

/** What a gallery shows of a lesson; made from the lesson file when the page is built. */
export interface LessonSummary {
  readonly id: string;
  readonly track: Track;
  readonly order: number;
  readonly title: Localized<string>;
  readonly summary: Localized<string>;
  readonly level: Level;
  readonly minutes: number;
  readonly concepts: readonly string[];
  readonly prerequisites: readonly string[];
  /** How many steps it has. */
  readonly steps: number;
}

const HeadSchema = v.object({ ...summaryEntries, steps: v.array(v.unknown()) });

/**
 * The gallery's part of a lesson file.
 * @throws Error when the head of the file is not that of a lesson; `loadLesson` says what is wrong and where.
 */
export function summarize(yamlText: string): LessonSummary {
  const head = v.safeParse(HeadSchema, parse(yamlText));
  if (!head.success) throw new Error('this is not the head of a lesson: load it to see what is wrong');
  const { version: _, steps, ...summary } = head.output;
  return { ...summary, steps: steps.length };
}

/** Lessons as a gallery lists them: track by track, in the order of each. */
export function inGalleryOrder<S extends Pick<LessonSummary, 'id' | 'track' | 'order'>>(
  summaries: readonly S[],
): S[] {
  return [...summaries].sort(
    (a, b) =>
      tracks.indexOf(a.track) - tracks.indexOf(b.track) || a.order - b.order || (a.id < b.id ? -1 : 1),
  );
}
