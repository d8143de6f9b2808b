import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeCrypto } from '../../core/crypto/index.ts';
import { formatDuration } from '../../core/time/duration.ts';
import { loadLesson, type LoadedLesson } from '../../scenario/load.ts';
import { runThrough } from '../../scenario/run/headless.ts';
import { exitCode, type InputProblem, UnusableInput } from '../exit.ts';
import { readTexts } from '../input.ts';
import { coloured, printJson, printProblem, printResult } from '../output.ts';
import { ProgressBar } from '../progress.ts';
import { failureLine } from '../run/summary-text.ts';
import type { LessonFailure } from '../run/summary.ts';
import { formatTable } from '../table.ts';

export interface CheckCommandOptions {
  readonly seed: number;
  readonly json?: true;
}

/** What `check --json` prints of one lesson; documented in the command's help. */
interface LessonReport {
  readonly file: string;
  /** Null where the file could not be read as a lesson. */
  readonly id: string | null;
  readonly result: 'passed' | 'failed' | 'unusable';
  readonly steps: { readonly done: number; readonly total: number };
  readonly expectations: number;
  readonly goals: number;
  readonly events: number;
  readonly virtualMs: number;
  readonly realMs: number;
  readonly failures: readonly LessonFailure[];
  readonly errors: readonly InputProblem[];
}

/** `svidlab check`. Resolves with the exit code. */
export async function check(paths: readonly string[], options: CheckCommandOptions): Promise<number> {
  const files = await readTexts(paths.length > 0 ? paths : await ownLessons());
  const catalogue = await idsOf(files);
  const progress = new ProgressBar(process.stderr, options.json === true);
  const reports: LessonReport[] = [];
  for (const [index, file] of files.entries()) {
    progress.show(index / files.length, file.name);
    reports.push(await checkLesson(file, catalogue, options.seed));
  }
  progress.clear();
  const unusable = reports.some(({ result }) => result === 'unusable');
  const ok = reports.every(({ result }) => result === 'passed');
  if (options.json === true) printJson({ ok, lessons: reports });
  else printReports(reports);
  for (const { errors } of reports) errors.forEach(printProblem);
  return unusable ? exitCode.unusableInput : ok ? exitCode.ok : exitCode.expectationFailed;
}

async function checkLesson(
  { name, text }: { readonly name: string; readonly text: string },
  catalogue: readonly string[],
  seed: number,
): Promise<LessonReport> {
  const loaded = loadLesson(text, { file: name, catalogue });
  if (!loaded.ok) return unusable(name, null, loaded.errors);
  const startedAt = performance.now();
  const { report, run } = await runThrough(loaded.loaded, { provider: nativeCrypto, seed });
  run?.stop();
  const { id, steps } = loaded.loaded.lesson;
  if (run === null)
    return unusable(
      name,
      id,
      report.problems.map(({ line, step, seen }) => ({ file: name, line, step, message: seen })),
    );
  return {
    file: name,
    id,
    result: report.ok ? 'passed' : 'failed',
    steps: { done: report.steps, total: steps.length },
    expectations: report.expectations,
    goals: report.goals,
    events: report.entries,
    virtualMs: report.atMs,
    realMs: Math.round(performance.now() - startedAt),
    failures: report.problems.map((problem) => failureOf(loaded.loaded, problem)),
    errors: [],
  };
}

function failureOf(
  { file }: LoadedLesson,
  { line, step, expected, seen }: Omit<LessonFailure, 'file'>,
): LessonFailure {
  return { file, line, step, expected, seen };
}

function unusable(file: string, id: string | null, errors: readonly InputProblem[]): LessonReport {
  const nothing = { expectations: 0, goals: 0, events: 0, virtualMs: 0, realMs: 0, failures: [] };
  return { file, id, result: 'unusable', steps: { done: 0, total: 0 }, ...nothing, errors };
}

const colours = { passed: 'green', failed: 'red', unusable: 'red' } as const;

function printReports(reports: readonly LessonReport[]): void {
  const rows = reports.map(({ file, id, steps, expectations, goals, virtualMs, result }) => [
    id ?? file,
    steps.done === steps.total ? String(steps.total) : `${steps.done} of ${steps.total}`,
    String(expectations),
    String(goals),
    formatDuration(Math.floor(virtualMs / 1000) * 1000),
    coloured(process.stdout, colours[result], result),
  ]);
  printResult(formatTable(['LESSON', 'STEPS', 'EXPECTATIONS', 'GOALS', 'VIRTUAL TIME', 'RESULT'], rows));
  const failures = reports.flatMap((report) => report.failures);
  if (failures.length > 0) printResult(`\n${failures.map(failureLine).join('\n')}`);
}

/** The lessons of the working directory, else those that come with svidlab. */
async function ownLessons(): Promise<string[]> {
  const builtIn = relative('.', fileURLToPath(new URL('../../../scenarios', import.meta.url))) || '.';
  for (const folder of ['scenarios', builtIn]) {
    const names = await readdir(folder).catch(() => []);
    const lessons = names.filter((name) => /\.ya?ml$/.test(name)).sort();
    if (lessons.length > 0) return lessons.map((name) => join(folder, name));
  }
  throw new UnusableInput({ message: 'no lesson in scenarios/', hint: 'name the lessons to check' });
}

/** Ids a prerequisite may name: of the lessons checked and of those they stand beside. */
async function idsOf(files: readonly { readonly text: string }[]): Promise<readonly string[]> {
  const others = await ownLessons().then(readTexts, () => []);
  return [...files, ...others].flatMap(({ text }) => /^id:\s*["']?([\w-]+)/m.exec(text)?.[1] ?? []);
}
