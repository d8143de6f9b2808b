import type { CryptoProvider } from '../../core/crypto/index.ts';
import { createMesh, type CommandRefusal, type Mesh } from '../../mesh/index.ts';
import { readableScenarioError } from '../error.ts';
import { allFiles } from '../export.ts';
import { loadLesson } from '../load.ts';
import type { ReadableError, SessionReport, SessionRequest } from '../protocol.ts';
import { Executor, type Execution, type RunHooks } from '../run/executor.ts';
import { readableFailure, type RunFailure } from '../run/failure.ts';
import { LessonRun } from '../run/lessonRun.ts';
import { readRunbook } from '../runbook.ts';
import { RequestQueue } from './queue.ts';
import { TraceStream } from './stream.ts';

export interface SessionDependencies {
  readonly provider: CryptoProvider;
  /** Real time in milliseconds, for slicing long advances only: `() => performance.now()`. */
  readonly monotonic?: () => number;
}

export interface Session {
  /** Takes a request at once and answers it by reports; never throws. */
  handle(request: SessionRequest): void;
}

/** Longer advances than this are a mistake. */
const longestAdvanceMs = 20 * 366 * 86_400_000;

/** Hosts one lesson or one mesh of the user's own at a time. Knows nothing of how requests and reports travel. */
export function createSession(
  send: (report: SessionReport) => void,
  dependencies: SessionDependencies,
): Session {
  const host = new Host(send, dependencies);
  const queue = new RequestQueue((request, signal) => host.serve(request, signal));
  return { handle: (request) => queue.add(request) };
}

/** What is open: a lesson, or a mesh without one. */
interface Open {
  readonly mesh: Mesh;
  readonly run: LessonRun | null;
  readonly stream: TraceStream;
}

type RequestOf<T extends SessionRequest['type']> = Extract<SessionRequest, { type: T }>;

/** Input that cannot be used; answered with `failed`, and what is open stays as it is. */
class Unusable extends Error {
  readonly errors: readonly [ReadableError, ...ReadableError[]];

  constructor(first: ReadableError, ...more: readonly ReadableError[]) {
    super(first.message);
    this.errors = [first, ...more];
  }
}

class Host {
  readonly #send: (report: SessionReport) => void;
  readonly #dependencies: SessionDependencies;
  #open: Open | null = null;

  constructor(send: (report: SessionReport) => void, dependencies: SessionDependencies) {
    this.#send = send;
    this.#dependencies = dependencies;
  }

  async serve(request: SessionRequest, signal: AbortSignal): Promise<void> {
    try {
      await this.#answer(request, signal);
    } catch (error) {
      this.#report(request.id, error);
    }
  }

  async #answer(request: SessionRequest, signal: AbortSignal): Promise<void> {
    switch (request.type) {
      case 'open-lesson':
        return this.#openLesson(request, signal);
      case 'open-mesh':
        return this.#openMesh(request);
      case 'go-to-step':
        return this.#goToStep(request, signal);
      case 'answer':
        return this.#takeAnswer(request, signal);
      case 'act':
        return this.#act(request, signal);
      case 'apply':
        return this.#act({ ...request, command: { type: 'apply-files', files: request.files } }, signal);
      case 'run-book':
        return this.#runBook(request, signal);
      case 'advance':
        return this.#advance(request, signal);
      case 'check-goal':
        return this.#checkGoal(request, signal);
      case 'solve':
        return this.#solve(request, signal);
      case 'rewind':
        return this.#rewind(request);
      case 'export':
        return this.#export(request);
      case 'close':
        this.#close();
        return this.#send({ type: 'done', id: request.id, atMs: 0, aborted: false });
    }
  }

  async #openLesson(request: RequestOf<'open-lesson'>, signal: AbortSignal): Promise<void> {
    this.#close();
    const { id, seed = 1, step = 0, answers = {} } = request;
    const loading = loadLesson(request.yaml, { file: request.file });
    if (!loading.ok) throw unusable(loading.errors.map(readableScenarioError));
    const { loaded } = loading;
    const opened = await LessonRun.open(loaded, { ...this.#dependencies, seed });
    if (!opened.ok) throw new Unusable({ ...readableFailure(opened.failure), fatal: true });
    const { run } = opened;
    const open = this.#take(run.mesh, run);
    const last = Math.max(0, Math.min(Math.trunc(step) || 0, loaded.lesson.steps.length - 1));
    const failure = await run.goTo(last, answers, this.#hooks(id, open, signal));
    open.stream.flush();
    const { settings, epochMs } = run.mesh;
    const { marks, expectations } = copies(run);
    this.#send({ type: 'opened', id, lesson: loaded.view, settings, epochMs, seed, marks, expectations });
    this.#tell(failure);
  }

  async #openMesh({ id, files, settings, seed = 1 }: RequestOf<'open-mesh'>): Promise<void> {
    this.#close();
    const mesh = await createMesh({
      ...this.#dependencies,
      seed,
      record: false,
      ...(settings === undefined ? {} : { settings }),
    });
    const applied = await new Executor(mesh, 'learner').run({
      type: 'command',
      command: { type: 'apply-files', files },
      background: false,
    });
    if (!applied.ok) {
      mesh.stop();
      throw unusable(applied.refusals.map(readableRefusal));
    }
    const open = this.#take(mesh, null);
    open.stream.flush();
    const common = { settings: mesh.settings, epochMs: mesh.epochMs, seed, marks: [], expectations: [] };
    this.#send({ type: 'opened', id, lesson: null, ...common });
  }

  async #goToStep({ id, step }: RequestOf<'go-to-step'>, signal: AbortSignal): Promise<void> {
    const { open, run } = this.#lesson(step);
    const failure = await run.goTo(step, {}, this.#hooks(id, open, signal));
    this.#stepped(id, step, open, run, failure);
  }

  async #takeAnswer({ id, step, option }: RequestOf<'answer'>, signal: AbortSignal): Promise<void> {
    const { open, run } = this.#lesson(step);
    if (run.loaded.lesson.steps[step]?.ask?.options[option] === undefined) {
      throw new Unusable(plainError('unknown-option', `step ${step} has no option ${option}`));
    }
    const failure = await run.answer(step, option, this.#hooks(id, open, signal));
    this.#stepped(id, step, open, run, failure);
  }

  #stepped(id: number, step: number, open: Open, run: LessonRun, failure: RunFailure | null): void {
    open.stream.flush();
    const { marks, expectations } = copies(run);
    const mark = marks[step] ?? marks.at(-1);
    if (mark === undefined) throw new Unusable(plainError('unknown-step', 'no step has been run yet'));
    this.#send({ type: 'stepped', id, mark, marks, expectations });
    this.#tell(failure);
  }

  async #act({ id, command }: Pick<RequestOf<'act'>, 'id' | 'command'>, signal: AbortSignal): Promise<void> {
    const open = this.#opened();
    const hooks = this.#hooks(id, open, signal);
    const execution =
      open.run === null
        ? await new Executor(open.mesh, 'learner', hooks).run({ type: 'command', command, background: false })
        : await open.run.act(command, hooks);
    this.#executed(id, open, execution);
  }

  async #runBook({ id, file }: RequestOf<'run-book'>, signal: AbortSignal): Promise<void> {
    const open = this.#opened();
    if (open.run === null) throw new Unusable(plainError('no-lesson', 'only lessons have runbooks'));
    const reading = readRunbook(file.name, file.text);
    if (!reading.ok) throw unusable(reading.errors.map((error) => ({ ...error, fatal: false })));
    this.#executed(id, open, await open.run.runBook(reading.runbook, this.#hooks(id, open, signal)));
  }

  async #advance({ id, ms }: RequestOf<'advance'>, signal: AbortSignal): Promise<void> {
    const open = this.#opened();
    if (!(ms >= 0 && ms <= longestAdvanceMs)) {
      throw new Unusable(plainError('duration', 'time advances by 0 to 20 years'));
    }
    const hooks = this.#hooks(id, open, signal);
    const execution =
      open.run === null
        ? await new Executor(open.mesh, 'learner', hooks).run({ type: 'advance', ms })
        : await open.run.advance(ms, hooks);
    this.#executed(id, open, execution);
  }

  #executed(id: number, open: Open, execution: Execution): void {
    open.stream.flush();
    if (!execution.ok) throw unusable(execution.refusals.map(readableRefusal));
    this.#send({ type: 'done', id, atMs: open.mesh.now(), aborted: execution.aborted });
  }

  async #checkGoal({ id, step }: RequestOf<'check-goal'>, signal: AbortSignal): Promise<void> {
    const { open, run } = this.#lesson(step);
    const { reached, results, failure } = await run.checkGoal(step, this.#hooks(id, open, signal));
    open.stream.flush();
    const error = failure === null ? null : readableFailure(failure);
    this.#send({ type: 'goal', id, step, reached, results, error });
  }

  async #solve(request: RequestOf<'solve'>, signal: AbortSignal): Promise<void> {
    const { open, run } = this.#lesson(request.step);
    const failure = await run.solve(request.step, this.#hooks(request.id, open, signal));
    if (failure !== null) throw new Unusable(readableFailure(failure));
    await this.#checkGoal({ ...request, type: 'check-goal' }, signal);
  }

  async #rewind({ id, step }: RequestOf<'rewind'>): Promise<void> {
    const { open, run } = this.#lesson(step);
    const point = run.pointOf(step);
    if (point === null) throw new Unusable(plainError('unknown-step', `step ${step} has not been run yet`));
    open.stream.flush();
    this.#send({ type: 'reset', seq: point.entries, artefacts: open.stream.artefactsFrom(point.artefacts) });
    const streams: TraceStream[] = [];
    const rewound = await run.rewindTo(step, (mesh) =>
      streams.push(new TraceStream(mesh, this.#send, point)),
    );
    this.#close();
    const stream = streams.at(-1);
    if (!rewound.ok || stream === undefined) {
      throw new Unusable({ ...plainError('rewind', 'the lesson could not be rewound'), fatal: true });
    }
    this.#open = { mesh: rewound.run.mesh, run: rewound.run, stream };
    this.#stepped(id, step, this.#open, rewound.run, rewound.failure);
  }

  async #export({ id }: RequestOf<'export'>): Promise<void> {
    const { mesh } = this.#opened();
    this.#send({ type: 'exported', id, files: await allFiles(mesh), atMs: mesh.now() });
  }

  #take(mesh: Mesh, run: LessonRun | null): Open {
    this.#open = { mesh, run, stream: new TraceStream(mesh, this.#send) };
    return this.#open;
  }

  #opened(): Open {
    if (this.#open === null) throw new Unusable(plainError('not-open', 'nothing is open'));
    return this.#open;
  }

  #lesson(step: number): { readonly open: Open; readonly run: LessonRun } {
    const open = this.#opened();
    if (open.run === null) throw new Unusable(plainError('no-lesson', 'a mesh of your own has no steps'));
    if (open.run.loaded.lesson.steps[step] === undefined) {
      throw new Unusable(plainError('unknown-step', `the lesson has no step ${step}`));
    }
    return { open, run: open.run };
  }

  #hooks(id: number, open: Open, signal: AbortSignal): RunHooks {
    return {
      signal,
      onSlice: ({ atMs, targetMs }) => {
        open.stream.flush();
        this.#send({ type: 'progress', id, atMs, targetMs });
      },
    };
  }

  #close(): void {
    this.#open?.stream.stop();
    this.#open?.mesh.stop();
    this.#open = null;
  }

  /** A step that cannot be run is answered like any other, its mark says so; the reason follows. */
  #tell(failure: RunFailure | null): void {
    if (failure === null) return;
    const error = readableFailure(failure);
    this.#send({ type: 'failed', id: null, error, errors: [error] });
  }

  #report(id: number, error: unknown): void {
    try {
      this.#open?.stream.flush();
      this.#fail(id, error);
    } catch {
      // The way to the receiver itself is broken: there is nobody left to tell.
    }
  }

  #fail(id: number, error: unknown): void {
    if (error instanceof Unusable) {
      this.#send({ type: 'failed', id, error: error.errors[0], errors: error.errors });
      return;
    }
    this.#close();
    const message = `the simulation stopped: ${error instanceof Error ? error.message : String(error)}`;
    const broken = { rule: 'internal', message, hint: 'open it again to go on', fatal: true };
    this.#send({ type: 'failed', id, error: broken, errors: [broken] });
  }
}

/** Reports must not change once they are sent, whoever carries them. */
function copies(run: LessonRun): Pick<LessonRun, 'marks' | 'expectations'> {
  return { marks: [...run.marks], expectations: [...run.expectations] };
}

function unusable(errors: readonly ReadableError[]): Unusable {
  const [first = plainError('input', 'this cannot be used'), ...more] = errors;
  return new Unusable(first, ...more);
}

function readableRefusal(refusal: CommandRefusal): ReadableError {
  return { ...refusal, fatal: false };
}

function plainError(rule: string, message: string): ReadableError {
  return { rule, message, fatal: false };
}
