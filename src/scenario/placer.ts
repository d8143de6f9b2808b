import type * as v from 'valibot';
import type { Finding } from './check/finding.ts';
import type { ScenarioError } from './error.ts';
import { decodeProblem, type Problem } from './problem.ts';
import type { LessonPath, LessonSource, Position } from './source.ts';

/** Gives problems their place in the file. */
export class Placer {
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
