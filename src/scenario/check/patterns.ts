import { didYouMean } from '../../core/kubernetes/suggest.ts';
import type { EntryKind } from '../../trace/entry.ts';
import { fieldsOf } from '../entryFields.ts';
import type { Problem } from '../problem.ts';
import type { Lesson } from '../schema/lesson.ts';
import type { Where } from '../schema/pattern.ts';
import type { LessonPath } from '../source.ts';
import { expectationsOf, patternsOf } from '../walk.ts';
import type { KnownNames } from './names.ts';

type Report = (path: LessonPath, problem: Problem | null) => void;

/** Fields that hold a pod; a name there is checked like any other. */
const podFields: ReadonlySet<string> = new Set(['pod', 'previousPod']);

/** Fields that an entry of that kind does not have, and pods that do not exist. */
export function checkPatterns(lesson: Lesson, names: KnownNames | null, report: Report): void {
  for (const { value, path } of patternsOf(lesson)) checkWhere(value.kind, value.where, path, names, report);
  for (const { value, path } of expectationsOf(lesson)) {
    if ('entry' in value) checkWhere(value.entry, value.where, path, names, report);
  }
}

function checkWhere(
  kind: EntryKind,
  where: Where | undefined,
  path: LessonPath,
  names: KnownNames | null,
  report: Report,
): void {
  for (const [field, wanted] of Object.entries(where ?? {})) {
    const at = [...path, 'where', field];
    report(at, fieldProblem(kind, field));
    if (podFields.has(field) && typeof wanted === 'string') report(at, names?.podProblem(wanted) ?? null);
  }
}

function fieldProblem(kind: EntryKind, field: string): Problem | null {
  const known = ['actor', ...fieldsOf(kind)];
  const first = field.split('.')[0] ?? field;
  if (known.includes(first)) return null;
  const hint = didYouMean(first, known) ?? `fields: ${known.join(', ')}`;
  return { rule: 'unknown-field', message: `an entry "${kind}" has no field "${first}"`, hint };
}
