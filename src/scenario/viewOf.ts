import { stringify } from 'yaml';
import type { Finding } from './check/finding.ts';
import { localize, type Localized } from './language.ts';
import type { Block } from './markdown/ast.ts';
import { parseMarkdown } from './markdown/parse.ts';
import { referencesOf } from './markdown/walk.ts';
import { formatReference, parseReference, type Reference } from './reference.ts';
import type { Lesson } from './schema/lesson.ts';
import type { LessonGoal, LessonStep } from './schema/step.ts';
import type { LessonPath } from './source.ts';
import type { AskView, CaseView, GoalView, LessonView, StepView } from './view.ts';

/** A reference in a lesson, and where it stands. */
interface PlacedReference extends Pick<Finding, 'path' | 'inside'> {
  readonly reference: Reference;
}

export interface ViewResult {
  readonly view: LessonView;
  readonly references: readonly PlacedReference[];
  /** Links that cannot be read. */
  readonly findings: readonly Finding[];
}

/** A lesson as a page needs it, every text parsed in every language. */
export function viewOf(lesson: Lesson): ViewResult {
  const reader = new TextReader();
  const { id, track, order, title, summary, level, minutes, concepts, prerequisites } = lesson;
  const steps = lesson.steps.map((step, i) => stepView(step, ['steps', i], reader));
  return {
    view: { id, track, order, title, summary, level, minutes, concepts, prerequisites, steps },
    references: reader.references,
    findings: reader.findings,
  };
}

function stepView(step: LessonStep, path: LessonPath, reader: TextReader): StepView {
  return {
    id: step.id,
    title: step.title,
    say: reader.text(step.say, [...path, 'say']),
    ask: step.ask === undefined ? null : askView(step.ask, [...path, 'ask'], reader),
    acts: step.do !== undefined || step.until !== undefined,
    then: step.then === undefined ? null : reader.text(step.then, [...path, 'then']),
    focus: (step.focus ?? []).flatMap((text, i) => reader.reference(text, [...path, 'focus', i])),
    goal: step.goal === undefined ? null : goalView(step.goal, [...path, 'goal'], reader),
    case: step.case === undefined ? null : caseView(step.case, [...path, 'case'], reader),
  };
}

function askView(ask: NonNullable<LessonStep['ask']>, path: LessonPath, reader: TextReader): AskView {
  return {
    question: reader.text(ask.question, [...path, 'question']),
    options: ask.options.map((option, i) => ({
      text: reader.text(option.text, [...path, 'options', i, 'text']),
      correct: option.correct === true,
      answer: reader.text(option.answer, [...path, 'options', i, 'answer']),
    })),
  };
}

function goalView(goal: LessonGoal, path: LessonPath, reader: TextReader): GoalView {
  return {
    task: reader.text(goal.task, [...path, 'task']),
    edit: goal.edit === undefined ? null : { runs: 'resources', ...goal.edit },
    allow: goal.allow,
    hints: goal.hints.map((hint, i) => reader.text(hint, [...path, 'hints', i])),
    solution: reader.text(goal.solution.text, [...path, 'solution', 'text']),
    solutionFiles: solutionFiles(goal),
  };
}

function solutionFiles({ edit, solution }: LessonGoal): GoalView['solutionFiles'] {
  const name = edit?.name ?? 'solution.yaml';
  if (edit?.runs === 'commands') return [{ name, text: stringify(solution.do) }];
  return solution.do.flatMap((command) => ('apply' in command ? [{ name, text: command.apply }] : []));
}

function caseView(found: NonNullable<LessonStep['case']>, path: LessonPath, reader: TextReader): CaseView {
  return { number: found.number, text: reader.text(found.text, [...path, 'text']), url: found.url };
}

/** Parses texts and collects what they point at. */
class TextReader {
  readonly references: PlacedReference[] = [];
  readonly findings: Finding[] = [];

  text(source: Localized<string>, path: LessonPath): Localized<readonly Block[]> {
    return localize((language) => this.#parse(source[language], [...path, language]));
  }

  reference(text: string, path: LessonPath): readonly Reference[] {
    const parsed = parseReference(text);
    if (!parsed.ok) {
      this.findings.push({ ...parsed.problem, path });
      return [];
    }
    this.references.push({ reference: parsed.reference, path });
    return [parsed.reference];
  }

  #parse(source: string, path: LessonPath): readonly Block[] {
    const { blocks, problems } = parseMarkdown(source);
    for (const { offset, ...problem } of problems) {
      this.findings.push({ ...problem, path, inside: { offset } });
    }
    for (const reference of referencesOf(blocks)) {
      const offset = Math.max(0, source.indexOf(`](${formatReference(reference)})`) + 2);
      this.references.push({ reference, path, inside: { offset } });
    }
    return blocks;
  }
}
