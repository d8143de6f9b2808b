import type { LessonCommand } from './schema/command.ts';
import type { Expectation } from './schema/expectation.ts';
import type { Lesson } from './schema/lesson.ts';
import type { Pattern } from './schema/pattern.ts';
import type { LessonPath } from './source.ts';

/** A part of a lesson and where it stands. */
export interface Placed<T> {
  readonly value: T;
  readonly path: LessonPath;
}

/** The commands of the steps, of the checks of goals and of their solutions. */
export function* commandsOf(lesson: Lesson): Generator<Placed<LessonCommand>> {
  for (const [i, step] of lesson.steps.entries()) {
    yield* placed(step.do, ['steps', i, 'do']);
    for (const [j, check] of (step.goal?.check ?? []).entries()) {
      yield* placed(check.do, ['steps', i, 'goal', 'check', j, 'do']);
    }
    yield* placed(step.goal?.solution.do, ['steps', i, 'goal', 'solution', 'do']);
  }
}

/** What is waited for: `until` of steps and checks, and `wait` commands. */
export function* patternsOf(lesson: Lesson): Generator<Placed<Pattern>> {
  for (const [i, step] of lesson.steps.entries()) {
    if (step.until) yield { value: step.until, path: ['steps', i, 'until'] };
    for (const [j, check] of (step.goal?.check ?? []).entries()) {
      if (check.until) yield { value: check.until, path: ['steps', i, 'goal', 'check', j, 'until'] };
    }
  }
  for (const { value, path } of commandsOf(lesson)) {
    if ('wait' in value) yield { value: value.wait, path: [...path, 'wait'] };
  }
}

/** The expectations of steps and of the checks of goals. */
export function* expectationsOf(lesson: Lesson): Generator<Placed<Expectation>> {
  for (const [i, step] of lesson.steps.entries()) {
    yield* placed(step.expect, ['steps', i, 'expect']);
    for (const [j, check] of (step.goal?.check ?? []).entries()) {
      yield* placed(check.expect, ['steps', i, 'goal', 'check', j, 'expect']);
    }
  }
}

function* placed<T>(values: readonly T[] | undefined, path: LessonPath): Generator<Placed<T>> {
  for (const [i, value] of (values ?? []).entries()) yield { value, path: [...path, i] };
}
