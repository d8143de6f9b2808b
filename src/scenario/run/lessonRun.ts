import type { CryptoProvider } from '../../core/crypto/index.ts';
import { createMesh, type CommandRefusal, type Mesh } from '../../mesh/index.ts';
import type { Tape } from '../../sim/index.ts';
import type { LoadedLesson } from '../load.ts';
import type { ExpectationResult, LearnerCommand, StepMark } from '../protocol.ts';
import type { Runbook } from '../runbook.ts';
import type { LessonCommand } from '../schema/command.ts';
import type { Expectation } from '../schema/expectation.ts';
import type { LessonStep } from '../schema/step.ts';
import type { LessonPath } from '../source.ts';
import { bootMesh } from './boot.ts';
import { describeFound } from './found.ts';
import { describeExpectation } from './describe.ts';
import { Executor, type Execution, type RunHooks } from './executor.ts';
import { observe } from './expect.ts';
import { failureOf, type RunFailure } from './failure.ts';
import type { GoalResult, MeshWatcher, Move, RunPoint } from './record.ts';
import { translateCommand, translateSettings } from './translate.ts';

export interface RunOptions {
  readonly provider: CryptoProvider;
  /** Decides everything but the random bytes inside keys and signatures; 1 unless given. */
  readonly seed?: number;
  readonly keep?: 'all' | 'last';
  /** Whether the run can be rewound; true unless told. */
  readonly record?: boolean;
  /** Real time in milliseconds, for slicing work only. */
  readonly monotonic?: () => number;
}

export type OpenedRun =
  { readonly ok: true; readonly run: LessonRun } | { readonly ok: false; readonly failure: RunFailure };

/** `failure` says why the step gone back to could not be run again; null where it was. */
export type RewoundRun =
  | { readonly ok: true; readonly run: LessonRun; readonly failure: RunFailure | null }
  | { readonly ok: false; readonly failure: RunFailure };

/**
 * One learner's way through a lesson: a mesh, the steps run so far, and what the learner did in between. Steps are
 * entered in order. One call at a time. A call rejects when the world itself breaks; everything a lesson or a learner can get
 * wrong comes back as a value.
 */
export class LessonRun {
  readonly loaded: LoadedLesson;
  readonly mesh: Mesh;
  readonly #options: RunOptions;
  readonly #moves: Move[] = [];
  readonly #points: RunPoint[] = [];
  readonly #marks: StepMark[] = [];
  readonly #results: ExpectationResult[] = [];

  private constructor(loaded: LoadedLesson, mesh: Mesh, options: RunOptions) {
    this.loaded = loaded;
    this.mesh = mesh;
    this.#options = options;
  }

  /** Starts the mesh of a lesson; no step is entered yet. `watch` is told of the mesh before anything happens in it. */
  static async open(loaded: LoadedLesson, options: RunOptions, watch?: MeshWatcher): Promise<OpenedRun> {
    return LessonRun.#open(loaded, options, watch, null);
  }

  static async #open(
    loaded: LoadedLesson,
    options: RunOptions,
    watch: MeshWatcher | undefined,
    tape: Tape | null,
  ): Promise<OpenedRun> {
    const { seed = 1, record = true, ...rest } = options;
    const settings = translateSettings(loaded.lesson.mesh.settings ?? {});
    const mesh = await createMesh({ ...rest, seed, record, settings, ...(tape === null ? {} : { tape }) });
    watch?.(mesh);
    const failure = await bootMesh(mesh, loaded);
    if (failure === null) return { ok: true, run: new LessonRun(loaded, mesh, options) };
    mesh.stop();
    return { ok: false, failure };
  }

  /** Marks of the steps entered so far, in order. */
  get marks(): readonly StepMark[] {
    return this.#marks;
  }

  /** How the expectations of the steps done so far came out. */
  get expectations(): readonly ExpectationResult[] {
    return this.#results;
  }

  /**
   * Runs all steps up to one, and that one unless it asks a question. Questions on the way count as skipped where `answers` has no
   * option for the step's id. Null when all went well; a step that failed is passed by the next call.
   */
  async goTo(
    step: number,
    answers: Readonly<Record<string, number>> = {},
    hooks: RunHooks = {},
  ): Promise<RunFailure | null> {
    while (this.#marks.length <= step && hooks.signal?.aborted !== true) {
      const current = this.#marks.at(-1);
      if (current?.state === 'asking') {
        const failure = await this.#perform(null, hooks);
        if (failure !== null) return failure;
      }
      const next = this.#marks.length;
      this.#enter(next);
      const { id, ask } = this.#step(next);
      const option = answers[id] ?? null;
      if (ask !== undefined && option === null && next === step) return null;
      const failure = await this.#perform(ask?.options[option ?? -1] === undefined ? null : option, hooks);
      if (failure !== null) return failure;
    }
    return null;
  }

  /** Takes the learner's prediction and runs the step. A second answer to the same question changes nothing. */
  async answer(step: number, option: number, hooks: RunHooks = {}): Promise<RunFailure | null> {
    const isOpen = step === this.#marks.length - 1 && this.#marks[step]?.state === 'asking';
    return isOpen ? this.#perform(option, hooks) : null;
  }

  /** Does what the learner asks for; refused input changes nothing. */
  async act(command: LearnerCommand, hooks: RunHooks = {}): Promise<Execution> {
    const execution = await new Executor(this.mesh, 'learner', hooks).run({
      type: 'command',
      command,
      background: false,
    });
    if (!execution.ok) return execution;
    this.#moves.push({ type: 'act', command, stoppedAtMs: execution.aborted ? this.mesh.now() : null });
    return execution;
  }

  /** Runs commands that the learner has written, up to the first that is refused. What ran before it stays done. */
  async runBook(runbook: Runbook, hooks: RunHooks = {}): Promise<Execution> {
    const executor = new Executor(this.mesh, 'learner', hooks);
    const { file, commands, lines } = runbook;
    for (const [index, command] of commands.entries()) {
      const execution = await executor.run(translateCommand(command, file));
      const isAborted = execution.ok && execution.aborted;
      if (execution.ok && !isAborted) continue;
      const done = { ...runbook, commands: commands.slice(0, execution.ok ? index + 1 : index) };
      this.#moves.push({ type: 'book', runbook: done, stoppedAtMs: isAborted ? this.mesh.now() : null });
      if (execution.ok) return execution;
      const line = lines[index] ?? 1;
      return { ok: false, refusals: execution.refusals.map((refusal) => ({ ...refusal, file, line })) };
    }
    this.#moves.push({ type: 'book', runbook, stoppedAtMs: null });
    return { ok: true, aborted: false };
  }

  /** Lets time pass. */
  async advance(ms: number, hooks: RunHooks = {}): Promise<Execution> {
    const execution = await new Executor(this.mesh, 'learner', hooks).run({ type: 'advance', ms });
    this.#moves.push({ type: 'advance', toMs: this.mesh.now() });
    return execution;
  }

  /** Finds out whether the goal of a step is reached, by doing what its check says. */
  async checkGoal(step: number, hooks: RunHooks = {}): Promise<GoalResult> {
    const checks = this.#step(step).goal?.check ?? [];
    this.#moves.push({ type: 'check', step });
    const results: ExpectationResult[] = [];
    for (const [i, check] of checks.entries()) {
      const path = ['steps', step, 'goal', 'check', i];
      const fromSeq = this.mesh.trace.count;
      const failure = await this.#runCommands(check.do, check.until, path, step, hooks);
      if (failure !== null) return { reached: false, results, failure };
      results.push(...this.#compare(check.expect, [...path, 'expect'], step, fromSeq));
    }
    return { reached: results.every(({ ok }) => ok), results, failure: null };
  }

  /** Reaches the goal of a step by the lesson's own solution. Null when all went well. */
  async solve(step: number, hooks: RunHooks = {}): Promise<RunFailure | null> {
    this.#moves.push({ type: 'solve', step });
    const path = ['steps', step, 'goal', 'solution'];
    return this.#runCommands(this.#step(step).goal?.solution.do, undefined, path, step, hooks);
  }

  /** How far the run had come when a step was entered; null where it was not. */
  pointOf(step: number): RunPoint | null {
    return this.#points[step] ?? null;
  }

  /**
   * A new run that stands where this one stood when it came to a step, and enters that step: the same keys and signatures up
   * to there, new ones from there on. This run is left as it is.
   */
  async rewindTo(step: number, watch?: MeshWatcher): Promise<RewoundRun> {
    const point = this.#points[step];
    if (point === undefined) throw new RangeError(`step ${step} has not been entered`);
    const opened = await LessonRun.#open(this.loaded, this.#options, watch, this.mesh.tape.upTo(point.tape));
    if (!opened.ok) return opened;
    for (const move of this.#moves.slice(0, point.moves)) await opened.run.#repeat(move);
    return { ...opened, failure: await opened.run.goTo(step) };
  }

  stop(): void {
    this.mesh.stop();
  }

  async #repeat(move: Move): Promise<void> {
    switch (move.type) {
      case 'enter':
        return this.#enter(move.step);
      case 'perform':
        return void (await this.#perform(move.option, {}));
      case 'act':
        return void (await this.act(
          move.command,
          move.stoppedAtMs === null ? {} : { stopAtMs: move.stoppedAtMs },
        ));
      case 'book':
        return void (await this.runBook(
          move.runbook,
          move.stoppedAtMs === null ? {} : { stopAtMs: move.stoppedAtMs },
        ));
      case 'advance':
        return void (await this.advance(move.toMs - this.mesh.now()));
      case 'check':
        return void (await this.checkGoal(move.step));
      case 'solve':
        return void (await this.solve(move.step));
    }
  }

  #enter(step: number): void {
    const { trace, artefacts } = this.mesh;
    const made = Object.values(artefacts.counts).reduce((sum, count) => sum + count, 0);
    const point = {
      entries: trace.count,
      artefacts: made,
      tape: this.mesh.tapePosition(),
      moves: this.#moves.length,
    };
    this.#points.push(point);
    this.#moves.push({ type: 'enter', step });
    const beforeSeq = point.entries;
    const atMs = this.mesh.now();
    const { id } = this.#step(step);
    this.#marks.push({
      step,
      stepId: id,
      beforeSeq,
      afterSeq: beforeSeq,
      atMs,
      untilMs: atMs,
      state: 'asking',
      option: null,
    });
  }

  /** Runs what the current step does, and compares the world with what it expects. */
  async #perform(option: number | null, hooks: RunHooks): Promise<RunFailure | null> {
    const mark = this.#marks.at(-1);
    if (mark === undefined) throw new Error('no step has been entered');
    this.#moves.push({ type: 'perform', option });
    const { step } = mark;
    const { do: commands, until, expect = [] } = this.#step(step);
    const fromSeq = this.mesh.trace.count;
    const failure = await this.#runCommands(commands, until, ['steps', step], step, hooks);
    const state = failure === null ? 'done' : 'failed';
    const after = { afterSeq: this.mesh.trace.count, untilMs: this.mesh.now() };
    this.#marks[step] = { ...mark, ...after, state, option };
    if (failure === null)
      this.#results.push(...this.#compare(expect, ['steps', step, 'expect'], step, fromSeq));
    return failure;
  }

  async #runCommands(
    commands: readonly LessonCommand[] | undefined,
    until: LessonStep['until'],
    path: LessonPath,
    step: number,
    hooks: RunHooks,
  ): Promise<RunFailure | null> {
    const executor = new Executor(this.mesh, 'lesson', hooks);
    const fromSeq = this.mesh.trace.count;
    for (const [i, command] of (commands ?? []).entries()) {
      const run = translateCommand(command, `${this.#step(step).id}.yaml`);
      const failure = this.#failure(await executor.run(run), [...path, 'do', i], step);
      if (failure !== null) return failure;
    }
    if (until === undefined) return null;
    return this.#failure(await executor.waitFor(until, fromSeq), [...path, 'until'], step);
  }

  #failure(execution: Execution, path: LessonPath, step: number): RunFailure | null {
    if (execution.ok) return null;
    const [first] = execution.refusals;
    const refusal: CommandRefusal = first ?? { rule: 'refused', message: 'the mesh refused this' };
    return failureOf(refusal, this.loaded, path, this.#step(step).id);
  }

  #compare(
    expectations: readonly Expectation[],
    path: LessonPath,
    step: number,
    fromSeq: number,
  ): ExpectationResult[] {
    return expectations.map((expectation, i) => {
      const { ok, found } = observe(this.mesh, expectation, fromSeq);
      return {
        ok,
        step: this.#step(step).id,
        line: this.loaded.positionOf([...path, i]).line,
        expectation,
        found,
        expected: describeExpectation(expectation),
        seen: describeFound(found),
      };
    });
  }

  #step(step: number): LessonStep {
    const found = this.loaded.lesson.steps[step];
    if (found === undefined) throw new RangeError(`the lesson has no step ${step}`);
    return found;
  }
}
