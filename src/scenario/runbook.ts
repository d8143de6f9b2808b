import * as v from 'valibot';
import type { ScenarioError } from './error.ts';
import { Placer } from './placer.ts';
import { CommandSchema, type LessonCommand } from './schema/command.ts';
import { listOf } from './schema/parts.ts';
import { LessonSource } from './source.ts';

/** A list of commands that somebody has written, in the notation of a lesson's `do`. */
export interface Runbook {
  readonly file: string;
  readonly commands: readonly LessonCommand[];
  /** Where each command begins in the file, from 1. */
  readonly lines: readonly number[];
}

export type RunbookResult =
  | { readonly ok: true; readonly runbook: Runbook }
  | { readonly ok: false; readonly errors: readonly ScenarioError[] };

const maxCommands = 100;
const maxErrors = 10;
const RunbookSchema = listOf('a runbook', CommandSchema, maxCommands, 1);

/** Reads a runbook. Every error has its place and its rule; nothing is run unless all of it can be read. */
export function readRunbook(file: string, text: string): RunbookResult {
  const read = LessonSource.read(text);
  if ('problems' in read)
    return { ok: false, errors: read.problems.map((problem) => ({ ...problem, file })) };
  const place = new Placer(read.source, file);
  let data: unknown;
  try {
    data = read.source.toData();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, errors: [place.error({ rule: 'yaml', message, path: [] })] };
  }
  const parsed = v.safeParse(RunbookSchema, data);
  if (!parsed.success) {
    const errors = parsed.issues.slice(0, maxErrors).map((issue) => place.issue(issue));
    return { ok: false, errors };
  }
  const lines = parsed.output.map((_, index) => read.source.positionOf([index]).line);
  return { ok: true, runbook: { file, commands: parsed.output, lines } };
}
