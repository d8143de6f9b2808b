import * as v from 'valibot';
import { checkConnections, checkNamesUsed } from './check/commands.ts';
import type { Finding } from './check/finding.ts';
import { KnownNames } from './check/names.ts';
import { checkPatterns } from './check/patterns.ts';
import { referenceProblem } from './check/references.ts';
import { checkStructure } from './check/structure.ts';
import { checkTrustNames } from './check/trust.ts';
import { formatScenarioError, type ScenarioError } from './error.ts';
import { decodeProblem, type Problem } from './problem.ts';
import { LessonSchema, type Lesson } from './schema/lesson.ts';
import { LessonSource, type LessonPath, type Position } from './source.ts';
import type { LessonView } from './view.ts';
import { viewOf } from './viewOf.ts';

/** A lesson that may be run: its form is right, and everything it names exists. */
export interface LoadedLesson {
  readonly file: string;
  readonly lesson: Lesson;
  readonly view: LessonView;
  /** Where a value begins in the file; line and column from 1. */
  readonly positionOf: (path: LessonPath) => Position;
  /** Line and column of a place inside a text value, such as YAML that a command applies. */
  readonly positionInside: (path: LessonPath, line: number, column: number) => Position;
}

export type LoadResult =
  | { readonly ok: true; readonly loaded: LoadedLesson }
  | { readonly ok: false; readonly errors: readonly ScenarioError[] };

export interface LoadOptions {
  /** Name of the file, for errors. */
  readonly file: string;
  /** Ids of all lessons; prerequisites are checked against them where given. */
  readonly catalogue?: readonly string[];
}

/** More would hide the first one. */
const maxErrors = 30;

/** Reads a lesson file. Every error it finds has the line, the rule and, where one is close, what was meant. */
export function loadLesson(text: string, options: LoadOptions): LoadResult {
  const read = LessonSource.read(text);
  if ('problems' in read) return failed(read.problems.map((problem) => ({ ...problem, file: options.file })));
  const place = new Placer(read.source, options.file);
  const data = dataOf(read.source);
  if ('problem' in data) return failed([place.error({ ...data.problem, path: [] })]);
  place.learnSteps(data.value);
  const parsed = v.safeParse(LessonSchema, data.value);
  if (!parsed.success) return failed(parsed.issues.map((issue) => place.issue(issue)));
  const { view, findings } = check(parsed.output, options.catalogue ?? null);
  if (findings.length > 0) return failed(findings.map((finding) => place.error(finding)));
  return { ok: true, loaded: loadedLesson(options.file, parsed.output, view, read.source) };
}

function loadedLesson(file: string, lesson: Lesson, view: LessonView, source: LessonSource): LoadedLesson {
  return {
    file,
    lesson,
    view,
    positionOf: (path) => source.positionOf(path),
    positionInside: (path, line, column) => source.positionInside(path, line, column),
  };
}

function dataOf(source: LessonSource): { value: unknown } | { problem: Problem } {
  try {
    return { value: source.toData() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { problem: { rule: 'yaml', message } };
  }
}

function check(
  lesson: Lesson,
  catalogue: readonly string[] | null,
): { view: LessonView; findings: Finding[] } {
  const findings: Finding[] = [];
  const report = (path: LessonPath, problem: Problem | null): void => {
    if (problem !== null) findings.push({ ...problem, path });
  };
  checkStructure(lesson, catalogue, report);
  checkConnections(lesson, report);
  const known = KnownNames.of(lesson);
  findings.push(...known.findings);
  checkPatterns(lesson, known.names, report);
  const { view, references, findings: unreadable } = viewOf(lesson);
  findings.push(...unreadable);
  if (known.names === null) return { view, findings };
  checkNamesUsed(lesson, known.names, report);
  checkTrustNames(lesson, report);
  for (const { reference, ...where } of references) {
    const problem = referenceProblem(reference, known.names);
    if (problem !== null) findings.push({ ...problem, ...where });
  }
  return { view, findings };
}

function failed(errors: readonly ScenarioError[]): LoadResult {
  const distinct = new Map(errors.map((error) => [formatScenarioError(error), error]));
  const sorted = [...distinct.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, errors: sorted.slice(0, maxErrors) };
}

/** Gives problems their place in the file. */
class Placer {
  readonly #source: LessonSource;
  readonly #file: string;
  #stepIds: readonly (string | null)[] = [];

  constructor(source: LessonSource, file: string) {
    this.#source = source;
    this.#file = file;
  }

  /** Takes the ids of the steps off data that may be of any form. */
  learnSteps(data: unknown): void {
    const steps = isRecord(data) ? data['steps'] : null;
    if (!Array.isArray(steps)) return;
    this.#stepIds = steps.map((step: unknown) =>
      isRecord(step) && typeof step['id'] === 'string' ? step['id'] : null,
    );
  }

  issue(issue: v.BaseIssue<unknown>): ScenarioError {
    const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
    const problem = decodeProblem(issue.message) ?? {
      rule: issue.kind === 'schema' ? 'type' : 'form',
      message: issue.message.replace(/^Invalid \w+: /, '').replace(/^E/, 'e'),
    };
    const last = issue.path?.at(-1);
    const isInList = last?.type === 'object' && Array.isArray(last.input);
    const parent = path.slice(0, -1);
    if (isInList) return this.#at(problem, path, this.#source.positionOf(parent));
    if (problem.rule === 'missing-key') return this.#at(problem, path, this.#source.positionOfKey(parent));
    if (problem.rule === 'unknown-key') return this.#at(problem, path, this.#source.positionOfKey(path));
    return this.#at(problem, path, this.#source.positionOf(path));
  }

  error({ path, inside, ...problem }: Finding): ScenarioError {
    return this.#at(problem, path, this.#positionOf(path, inside));
  }

  #positionOf(path: LessonPath, inside: Finding['inside']): Position {
    if (inside === undefined) return this.#source.positionOf(path);
    return 'offset' in inside
      ? this.#source.positionOfOffset(path, inside.offset)
      : this.#source.positionInside(path, inside.line, inside.column);
  }

  #at({ rule, message, hint }: Problem, path: LessonPath, position: Position): ScenarioError {
    const step = this.#stepOf(path);
    return {
      rule,
      message,
      file: this.#file,
      ...position,
      ...(step === null ? {} : { step }),
      ...(hint === undefined ? {} : { hint }),
    };
  }

  #stepOf(path: LessonPath): string | null {
    const [top, index] = path;
    if (top !== 'steps' || typeof index !== 'number') return null;
    return this.#stepIds[index] ?? `#${index + 1}`;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
