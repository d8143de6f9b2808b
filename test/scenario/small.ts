import { readFileSync } from 'node:fs';
import { formatScenarioError } from '../../src/scenario/error.ts';
import { loadLesson, type LoadedLesson } from '../../src/scenario/load.ts';

/** A lesson with everything a lesson can have, and little of it. */
export const small = readFileSync(new URL('data/small.yaml', import.meta.url), 'utf8');

/** The small lesson with one text replaced by another; the text must be there. */
export function changed(from: string, to: string): string {
  if (!small.includes(from)) throw new Error(`the small lesson has no "${from}"`);
  return small.replace(from, to);
}

/** A lesson that must load. */
export function loadText(text: string = small, file = 'small.yaml'): LoadedLesson {
  const result = loadLesson(text, { file });
  if (!result.ok) throw new Error(result.errors.map(formatScenarioError).join('\n'));
  return result.loaded;
}
