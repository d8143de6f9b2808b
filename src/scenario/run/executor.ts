import type { CommandRefusal, MeshCommand } from '../../mesh/command.ts';
import type { Mesh } from '../../mesh/index.ts';
import { formatDuration } from '../../core/time/duration.ts';
import type { LearnerCommand } from '../protocol.ts';
import type { Pattern } from '../schema/pattern.ts';
import { describePattern } from './describe.ts';
import { duration, type RunCommand } from './translate.ts';
import { AnswerWatch, CsrAnswerWatch, PatternWatch } from './watch.ts';

/** What somebody who watches a run may do while it runs. */
export interface RunHooks {
  /** Called between slices of work, at settled moments; `targetMs` is the virtual time that is headed for. */
  readonly onSlice?: (progress: { readonly atMs: number; readonly targetMs: number }) => void | Promise<void>;
  /** Ends an advance where it is. */
  readonly signal?: AbortSignal;
  /** Virtual time at which an advance ends as if aborted there: how a replay repeats an abort. */
  readonly stopAtMs?: number;
}

export type Execution =
  | { readonly ok: true; readonly aborted: boolean }
  | { readonly ok: false; readonly refusals: readonly CommandRefusal[] };

/** An answer that has not come after this much virtual time is not waited for any longer. */
const answerTimeMs = 60_000;
const defaultWithin = '1h';

/** Runs commands against a mesh one after another, and lets as much time pass as each needs. */
export class Executor {
  readonly #mesh: Mesh;
  readonly #by: 'lesson' | 'learner';
  readonly #hooks: RunHooks;
  /** Where counting for `wait` begins: when the last command was given. */
  #commandSeq: number;

  constructor(mesh: Mesh, by: 'lesson' | 'learner', hooks: RunHooks = {}) {
    this.#mesh = mesh;
    this.#by = by;
    this.#hooks = hooks;
    this.#commandSeq = mesh.trace.count;
  }

  async run(command: RunCommand): Promise<Execution> {
    if (command.type === 'wait') return this.waitFor(command.pattern, this.#commandSeq);
    this.#commandSeq = this.#mesh.trace.count;
    if (command.type === 'advance') return this.advanceTo(this.#mesh.now() + command.ms);
    if (command.command.type === 'advance-to') return this.#advanceToMoment(command.command);
    return this.#do(command.command, command.background);
  }

  async advanceTo(atMs: number, until?: () => boolean): Promise<Execution> {
    const { driver } = this.#mesh;
    const { stopAtMs = Infinity, ...hooks } = this.#hooks;
    const targetMs = Math.min(atMs, stopAtMs);
    const outcome = await driver.advanceTo(targetMs, { ...hooks, ...(until === undefined ? {} : { until }) });
    if (outcome === 'reached' && targetMs < atMs) return { ok: true, aborted: true };
    if (outcome !== 'aborted') return done;
    // The instant is brought to its end, so that a replay which advances to the same time does the same.
    await driver.advanceTo(this.#mesh.now());
    return { ok: true, aborted: true };
  }

  /** Lets time pass until enough entries match; refused when they do not come in time. */
  async waitFor(pattern: Pattern, fromSeq: number): Promise<Execution> {
    const withinMs = duration(pattern.within ?? defaultWithin);
    const watch = new PatternWatch(this.#mesh.trace, pattern, fromSeq);
    const execution = await this.advanceTo(this.#mesh.now() + withinMs, watch.isMet);
    if (!execution.ok || execution.aborted || watch.isMet()) return execution;
    const message = `waited ${formatDuration(withinMs)} for ${describePattern(pattern)}, saw ${watch.seen}`;
    return refused('until', message);
  }

  async #do(command: MeshCommand, background: boolean): Promise<Execution> {
    const watch = background ? null : this.#answerTo(command);
    const result = this.#mesh.do(this.#resolveEnds(command), this.#by);
    if (!result.ok) return { ok: false, refusals: result.refusals };
    if (watch === null) return this.advanceTo(this.#mesh.now());
    return this.advanceTo(this.#mesh.now() + watch.withinMs, watch.isMet);
  }

  /** Names the pods at the ends of a faulty link as the wire does: one by one. */
  #resolveEnds(command: MeshCommand): MeshCommand {
    if (command.type !== 'fault') return command;
    const resolve = (end: string): string => {
      const [, role, selector] = /^(\w+):(.*)$/.exec(end) ?? [];
      const pod = selector === undefined ? null : this.#mesh.resolvePod(selector);
      return pod === null ? end : `${role}:${pod.pod}`;
    };
    return { ...command, from: resolve(command.from), to: resolve(command.to) };
  }

  #answerTo(command: LearnerCommand): { isMet: () => boolean; withinMs: number } | null {
    const { trace } = this.#mesh;
    if (command.type === 'request') {
      const { from, count = 1, everyMs = 1_000 } = command;
      const { isMet } = new AnswerWatch(trace, from, count);
      return { isMet, withinMs: (count - 1) * everyMs + answerTimeMs };
    }
    if (command.type !== 'csr') return null;
    return { isMet: new CsrAnswerWatch(trace, command.pod).isMet, withinMs: answerTimeMs };
  }

  async #advanceToMoment(command: Extract<LearnerCommand, { type: 'advance-to' }>): Promise<Execution> {
    const atMs = this.#mesh.moment(command);
    if (atMs === null) {
      return refused(
        'no-certificate',
        `${command.pod} has no certificate, so no ${command.moment} to advance to`,
      );
    }
    if (atMs < this.#mesh.now()) {
      const ago = formatDuration(this.#mesh.now() - atMs);
      return refused('past', `that moment of the ${command.moment} of ${command.pod} was ${ago} ago`);
    }
    return this.advanceTo(atMs);
  }
}

const done: Execution = { ok: true, aborted: false };

function refused(rule: string, message: string): Execution {
  return { ok: false, refusals: [{ rule, message }] };
}
