import type { CommandRefusal } from '../../mesh/command.ts';
import type { LoadedLesson } from '../load.ts';
import type { ReadableError } from '../protocol.ts';
import type { LessonPath } from '../source.ts';

/** Why a lesson could not go on: what it wanted to do cannot be done in the world as it is. */
export interface RunFailure {
  readonly rule: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly step: string;
  readonly hint?: string;
}

/** A refusal of the mesh, placed in the lesson file: in the YAML it is about (under `yamlKey`), or at the command. */
export function failureOf(
  refusal: CommandRefusal,
  loaded: LoadedLesson,
  path: LessonPath,
  step: string,
  yamlKey = 'apply',
): RunFailure {
  const { rule, message, hint, line, column } = refusal;
  const position =
    line === undefined
      ? loaded.positionOf(path)
      : loaded.positionInside([...path, yamlKey], line, column ?? 1);
  return {
    rule,
    message,
    file: loaded.file,
    ...position,
    step,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** A failed step does not end the session: the learner may go back. */
export function readableFailure(failure: RunFailure): ReadableError {
  return { ...failure, fatal: false };
}
