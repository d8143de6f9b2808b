import type { LoadedLesson } from '../load.ts';
import type { ExpectationResult } from '../protocol.ts';
import type { RunFailure } from './failure.ts';
import { LessonRun, type RunOptions } from './lessonRun.ts';
import type { RunHooks } from './executor.ts';

export interface HeadlessOptions extends RunOptions, RunHooks {
  /**
   * `solve`: each goal is checked, must not be reached yet, is reached by the lesson's own solution and checked again.
   * `skip`: goals are passed over, as a learner may; what later steps expect is then not judged.
   */
  readonly goals?: 'solve' | 'skip';
}

/** One thing a lesson promised and did not keep. */
interface HeadlessProblem {
  readonly step: string;
  /** Line of the lesson file. */
  readonly line: number;
  readonly expected: string;
  readonly seen: string;
}

export interface HeadlessReport {
  readonly ok: boolean;
  /** Steps that were run. */
  readonly steps: number;
  readonly expectations: number;
  readonly goals: number;
  readonly entries: number;
  /** Virtual time at the end. */
  readonly atMs: number;
  readonly problems: readonly HeadlessProblem[];
}

/** Runs a whole lesson without anybody: every step in order, every goal by its solution, every expectation judged. */
export async function runHeadless(loaded: LoadedLesson, options: HeadlessOptions): Promise<HeadlessReport> {
  const { report, run } = await runThrough(loaded, options);
  run?.stop();
  return report;
}

/** The same, and the run as it stands at the end, to be looked at and stopped; null where it could not begin. */
export async function runThrough(
  loaded: LoadedLesson,
  options: HeadlessOptions,
): Promise<{ readonly report: HeadlessReport; readonly run: LessonRun | null }> {
  const { goals = 'solve', onSlice, signal, stopAtMs, ...runOptions } = options;
  const opened = await LessonRun.open(loaded, { record: false, ...runOptions });
  if (!opened.ok) return { report: reportOf(null, 0, [problemOf(opened.failure)]), run: null };
  const hooks: RunHooks = {
    ...(onSlice === undefined ? {} : { onSlice }),
    ...(signal === undefined ? {} : { signal }),
    ...(stopAtMs === undefined ? {} : { stopAtMs }),
  };
  const { run } = opened;
  const problems: HeadlessProblem[] = [];
  let solved = 0;
  for (const [step, { goal }] of loaded.lesson.steps.entries()) {
    if (signal?.aborted === true) break;
    const failure = await run.goTo(step, correctAnswers(loaded), hooks);
    if (failure !== null) {
      problems.push(problemOf(failure));
      break;
    }
    if (goal === undefined || goals === 'skip') continue;
    solved += 1;
    problems.push(...(await solveGoal(run, step, hooks)));
  }
  if (goals === 'solve') problems.push(...unmet(run.expectations));
  return { report: reportOf(run, solved, problems), run };
}

async function solveGoal(run: LessonRun, step: number, hooks: RunHooks): Promise<readonly HeadlessProblem[]> {
  const { positionOf, lesson } = run.loaded;
  const before = await run.checkGoal(step, hooks);
  if (before.reached) {
    const id = lesson.steps[step]?.id ?? '';
    const { line } = positionOf(['steps', step, 'goal', 'check']);
    const seen = 'reached before the learner does anything';
    return [{ step: id, line, expected: 'a goal that is not reached yet', seen }];
  }
  const failure = await run.solve(step, hooks);
  if (failure !== null) return [problemOf(failure)];
  const after = await run.checkGoal(step, hooks);
  return after.failure === null ? unmet(after.results) : [problemOf(after.failure)];
}

/** The index of the correct option of each question, by the id of its step. */
export function correctAnswers(loaded: LoadedLesson): Readonly<Record<string, number>> {
  const asking = loaded.lesson.steps.filter((step) => step.ask !== undefined);
  return Object.fromEntries(
    asking.map(({ id, ask }) => [id, ask?.options.findIndex((option) => option.correct === true) ?? 0]),
  );
}

function unmet(results: readonly ExpectationResult[]): readonly HeadlessProblem[] {
  return results
    .filter(({ ok }) => !ok)
    .map(({ step, line, expected, seen }) => ({ step, line, expected, seen }));
}

function problemOf(failure: RunFailure): HeadlessProblem {
  const { step, line, message, hint } = failure;
  return {
    step,
    line,
    expected: 'the step runs',
    seen: hint === undefined ? message : `${message} (${hint})`,
  };
}

function reportOf(
  run: LessonRun | null,
  goals: number,
  problems: readonly HeadlessProblem[],
): HeadlessReport {
  return {
    ok: problems.length === 0,
    steps: run?.marks.length ?? 0,
    expectations: run?.expectations.length ?? 0,
    goals,
    entries: run?.mesh.trace.count ?? 0,
    atMs: run?.mesh.now() ?? 0,
    problems,
  };
}
