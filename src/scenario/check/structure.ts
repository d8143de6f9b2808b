import { didYouMean } from '../../core/kubernetes/suggest.ts';
import { parseExternal } from '../markdown/external.ts';
import type { Problem } from '../problem.ts';
import type { Lesson } from '../schema/lesson.ts';
import type { LessonPath } from '../source.ts';

type Report = (path: LessonPath, problem: Problem | null) => void;

/** Ids that stand twice, prerequisites that do not exist, cases recorded nowhere. */
export function checkStructure(lesson: Lesson, catalogue: readonly string[] | null, report: Report): void {
  const seen = new Set<string>();
  for (const [i, step] of lesson.steps.entries()) {
    if (seen.has(step.id)) {
      report(['steps', i, 'id'], { rule: 'duplicate-id', message: `two steps have the id "${step.id}"` });
    }
    seen.add(step.id);
    if (step.case !== undefined) {
      const external = parseExternal(step.case.url);
      if (!external.ok) report(['steps', i, 'case', 'url'], external.problem);
    }
  }
  for (const [i, id] of lesson.prerequisites.entries()) {
    report(['prerequisites', i], prerequisiteProblem(id, lesson.id, catalogue));
  }
}

function prerequisiteProblem(id: string, own: string, catalogue: readonly string[] | null): Problem | null {
  if (id === own) return { rule: 'prerequisite', message: 'a lesson cannot be its own prerequisite' };
  if (catalogue === null || catalogue.includes(id)) return null;
  const hint = didYouMean(id, catalogue);
  const message = `there is no lesson "${id}"`;
  return hint === undefined ? { rule: 'prerequisite', message } : { rule: 'prerequisite', message, hint };
}
