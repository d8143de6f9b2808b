import { loadLesson } from '../../scenario/load.ts';
import type { KeyType } from '../../core/pki/index.ts';
import { formatDuration } from '../../core/time/duration.ts';
import type { Mesh } from '../../mesh/index.ts';
import type { Notice } from '../../trace/index.ts';
import { exitCode, formatProblem, UnusableInput } from '../exit.ts';
import { readTexts } from '../input.ts';
import { Interrupt } from '../interrupt.ts';
import { coloured, printError, printJson, printResult } from '../output.ts';
import { ProgressBar } from '../progress.ts';
import { runLesson } from './lesson.ts';
import { applyManifests, checkManifests, startMesh } from './mesh.ts';
import { notesOf } from './notes.ts';
import { Outputs } from './outputs.ts';
import { summarize, type LessonOutcome } from './summary.ts';
import { summaryText } from './summary-text.ts';
import { Tally } from './tally.ts';

export interface RunCommandOptions {
  readonly until?: number;
  /** RFC 3339, UTC. */
  readonly begin?: string;
  readonly seed: number;
  readonly trace?: string;
  readonly export?: string;
  readonly keyType?: KeyType;
  readonly keep: 'all' | 'last';
  readonly json?: true;
}

interface InputFile {
  readonly name: string;
  readonly text: string;
}

/** A day: with Istio's defaults, every certificate is renewed once or twice in it. */
const defaultUntilMs = 24 * 3_600_000;

/** `svidlab run`. Resolves with the exit code. */
export async function run(paths: readonly string[], options: RunCommandOptions): Promise<number> {
  const startedAt = performance.now();
  const files = await readTexts(paths);
  const play = prepare(files, options);
  const outputs = new Outputs(options.trace, options.export);
  const interrupt = new Interrupt(() => outputs.discard());
  try {
    const stage = new Stage(
      outputs,
      interrupt.signal,
      new ProgressBar(process.stderr, options.json === true),
    );
    const played = await play(stage);
    stage.progress.clear();
    const exported = await outputs.finish(played.mesh);
    const summary = summarize(played.mesh, {
      inputs: files.map(({ name }) => name),
      lesson: played.lesson,
      interrupted: interrupt.signal.aborted,
      tally: stage.tally,
      notes: played.notes,
      realMs: performance.now() - startedAt,
      trace: options.trace ?? null,
      export: exported,
    });
    played.mesh.stop();
    if (options.json === true) printJson(summary);
    else printResult(summaryText(summary));
    return summary.ok ? exitCode.ok : exitCode.expectationFailed;
  } finally {
    outputs.discard();
    interrupt.close();
  }
}

/** What a run reports to while it goes on. */
class Stage {
  readonly tally = new Tally();
  readonly signal: AbortSignal;
  readonly progress: ProgressBar;
  readonly #outputs: Outputs;

  constructor(outputs: Outputs, signal: AbortSignal, progress: ProgressBar) {
    this.#outputs = outputs;
    this.signal = signal;
    this.progress = progress;
  }

  /** Follows a mesh from its first entry on; to be called before anything but its own start has happened in it. */
  readonly watch = (mesh: Mesh): void => {
    for (const entry of mesh.trace.entries) this.#take(mesh, entry);
    mesh.trace.onAppend((entry) => this.#take(mesh, entry));
  };

  #take(mesh: Mesh, entry: Parameters<Tally['take']>[0]): void {
    this.tally.take(entry);
    this.#outputs.follow(mesh, entry);
  }

  /** Lets time pass up to `untilMs`, or up to a Ctrl-C. */
  async advance(mesh: Mesh, untilMs: number): Promise<void> {
    const onSlice = ({ atMs }: { readonly atMs: number }): void => {
      const text = `${formatDuration(Math.floor(atMs / 60_000) * 60_000)} of ${formatDuration(untilMs)}, ${this.tally.events} events`;
      this.progress.show(atMs / untilMs, text);
    };
    const outcome = await mesh.driver.advanceTo(untilMs, { signal: this.signal, onSlice, sliceMs: 25 });
    // The instant it stopped in is brought to its end, so that what is written agrees with itself.
    if (outcome === 'aborted') await mesh.driver.advanceTo(mesh.now());
  }
}

interface Played {
  readonly mesh: Mesh;
  readonly lesson: LessonOutcome | null;
  readonly notes: readonly Notice[];
}

/**
 * Reads the input and says how to run it; nothing has happened yet.
 * @throws UnusableInput where it cannot be run.
 */
function prepare(files: readonly InputFile[], options: RunCommandOptions): (stage: Stage) => Promise<Played> {
  const lessons = files.filter(({ text }) => isLesson(text));
  const [file] = lessons;
  if (file === undefined) {
    checkManifests(files);
    return (stage) => playMesh(files, options, stage);
  }
  if (files.length > 1) {
    throw new UnusableInput({
      file: file.name,
      message: 'is a lesson, and a lesson runs alone',
      hint: 'svidlab check runs several, one after the other',
    });
  }
  const result = loadLesson(file.text, { file: file.name });
  if (!result.ok) throw new UnusableInput(result.errors);
  return async (stage) => {
    const onStep = (step: number, total: number, id: string): void =>
      stage.progress.show(step / total, `step ${step + 1} of ${total}: ${id}`);
    const { signal, watch } = stage;
    const { seed, keep, until } = options;
    const settings = settingsOf(options);
    const { run, outcome } = await runLesson(result.loaded, { seed, keep, settings, signal, watch, onStep });
    if (until !== undefined && until > run.mesh.now() && !signal.aborted)
      await stage.advance(run.mesh, until);
    return { mesh: run.mesh, lesson: outcome, notes: [] };
  };
}

async function playMesh(
  files: readonly InputFile[],
  options: RunCommandOptions,
  stage: Stage,
): Promise<Played> {
  const mesh = await startMesh({ seed: options.seed, keep: options.keep, settings: settingsOf(options) });
  stage.watch(mesh);
  await applyManifests(mesh, files);
  const told = notesOf(stage.tally, mesh.settings.trustDomain);
  for (const note of told) printNote(note);
  await stage.advance(mesh, options.until ?? defaultUntilMs);
  const notes = notesOf(stage.tally, mesh.settings.trustDomain);
  stage.progress.clear();
  for (const note of notes) if (!told.some(({ message }) => message === note.message)) printNote(note);
  return { mesh, lesson: null, notes };
}

/** Settings of the mesh that the command line decides. */
function settingsOf({ keyType, begin }: RunCommandOptions): { keyType?: KeyType; epoch?: string } {
  return {
    ...(keyType === undefined ? {} : { keyType }),
    ...(begin === undefined ? {} : { epoch: begin }),
  };
}

function printNote({ code, ...note }: Notice): void {
  printError(`${coloured(process.stderr, 'yellow', 'note')}  ${formatProblem({ ...note, rule: code })}`);
}

/** Kubernetes objects begin with apiVersion; a lesson has keys that no object has. */
function isLesson(text: string): boolean {
  return /^(?:version|track|steps|mesh)\s*:/m.test(text) && !/^apiVersion\s*:/m.test(text);
}
