import { nativeCrypto } from '../../core/crypto/index.ts';
import type { Mesh, MeshSettings } from '../../mesh/index.ts';
import type { LoadedLesson } from '../../scenario/load.ts';
import type { ExpectationResult } from '../../scenario/protocol.ts';
import type { RunHooks } from '../../scenario/run/executor.ts';
import type { RunFailure } from '../../scenario/run/failure.ts';
import { correctAnswers } from '../../scenario/run/headless.ts';
import { LessonRun } from '../../scenario/run/lessonRun.ts';
import { UnusableInput } from '../exit.ts';
import type { LessonFailure, LessonOutcome } from './summary.ts';

export interface LessonOptions {
  readonly seed: number;
  readonly keep: 'all' | 'last';
  /** In place of what the lesson says. */
  readonly settings: Partial<Pick<MeshSettings, 'keyType' | 'epoch'>>;
  readonly signal: AbortSignal;
  /** Is told of the mesh before anything happens in it. */
  readonly watch: (mesh: Mesh) => void;
  readonly onStep: (step: number, total: number, id: string) => void;
}

/**
 * Runs a lesson by its own script: every step in order, every question answered rightly, every goal reached by the
 * lesson's solution. Ends early where a step cannot be done, or between two steps once the signal is given.
 *
 * @throws UnusableInput where its mesh cannot begin.
 */
export async function runLesson(
  loaded: LoadedLesson,
  options: LessonOptions,
): Promise<{ readonly run: LessonRun; readonly outcome: LessonOutcome }> {
  const run = await open(loaded, options);
  const { steps } = loaded.lesson;
  const failures: LessonFailure[] = [];
  const answers = correctAnswers(loaded);
  let done = 0;
  for (const [index, { id }] of steps.entries()) {
    options.onStep(index, steps.length, id);
    const stopped = await runStep(run, index, answers, options.signal);
    // What an interrupted step was to bring about was not given the time to come.
    if (options.signal.aborted) break;
    failures.push(...stopped.results.filter(({ ok }) => !ok).map((result) => unmet(loaded, result)));
    if (stopped.failure !== null) {
      failures.push(broken(stopped.failure));
      break;
    }
    done += 1;
  }
  const expectations = run.expectations.length;
  const outcome = { id: loaded.lesson.id, steps: { done, total: steps.length }, expectations, failures };
  return { run, outcome };
}

async function open(
  loaded: LoadedLesson,
  { seed, keep, settings, watch }: LessonOptions,
): Promise<LessonRun> {
  const options = { provider: nativeCrypto, seed, keep, record: false, monotonic: () => performance.now() };
  const opened = await LessonRun.open(withSettings(loaded, settings), options, watch);
  if (opened.ok) return opened.run;
  throw new UnusableInput(opened.failure);
}

function withSettings(loaded: LoadedLesson, settings: LessonOptions['settings']): LoadedLesson {
  const { lesson } = loaded;
  const merged = { ...lesson.mesh.settings, ...settings };
  return { ...loaded, lesson: { ...lesson, mesh: { ...lesson.mesh, settings: merged } } };
}

async function runStep(
  run: LessonRun,
  step: number,
  answers: Readonly<Record<string, number>>,
  signal: AbortSignal,
): Promise<{ readonly results: readonly ExpectationResult[]; readonly failure: RunFailure | null }> {
  const before = run.expectations.length;
  const hooks: RunHooks = { signal };
  const results = (): readonly ExpectationResult[] => run.expectations.slice(before);
  const failure = await run.goTo(step, answers, hooks);
  if (failure !== null || run.loaded.lesson.steps[step]?.goal === undefined)
    return { results: results(), failure };
  const unsolved = await run.solve(step, hooks);
  if (unsolved !== null) return { results: results(), failure: unsolved };
  const goal = await run.checkGoal(step, hooks);
  return { results: [...results(), ...goal.results], failure: goal.failure };
}

function unmet({ file }: LoadedLesson, { line, step, expected, seen }: ExpectationResult): LessonFailure {
  return { file, line, step, expected, seen };
}

function broken({ file, line, step, message, hint }: RunFailure): LessonFailure {
  const seen = hint === undefined ? message : `${message} (${hint})`;
  return { file, line, step, expected: 'the step runs', seen };
}
