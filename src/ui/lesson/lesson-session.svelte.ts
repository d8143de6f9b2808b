import { createContext } from 'svelte';
import type { ExpectationResult, SessionReport, StepMark } from '../../scenario/protocol.ts';
import { tlsConnectionAt } from '../../projection/tls/connection.ts';
import type { Language } from '../../scenario/language.ts';
import type { LessonView, StepView } from '../../scenario/view.ts';
import type { LessonSummary } from '../gallery/summary.ts';
import type { Ask, Line } from '../worker/client.ts';
import type { PlayerMark } from '../player/player.svelte.ts';
import { inspected, isSame, isView, type View } from '../player/open-view.svelte.ts';
import { resolveReference } from '../player/resolve.ts';
import type { Target } from '../player/target.ts';
import { World } from '../world/world.svelte.ts';
import { GoalProgress } from './goal.svelte.ts';
import { recallLesson, rememberLesson, type LessonMemory } from './memory.ts';

type Stepped = Extract<SessionReport, { type: 'stepped' }>;

/** A reader's way through one lesson. */
export class LessonSession {
  readonly summary: LessonSummary;
  readonly world: World;
  #lesson: LessonView | null = $state.raw(null);
  #step = $state(0);
  #marks: readonly StepMark[] = $state.raw([]);
  #expectations: readonly ExpectationResult[] = $state.raw([]);
  #memory: LessonMemory = $state.raw(recallLesson(''));
  /** The step that is being played for the first time. */
  #fresh: number | null = $state(null);
  readonly #goals = new Map<number, GoalProgress>();
  readonly #loadText: (file: string) => Promise<string>;

  constructor(summary: LessonSummary, loadText: (file: string) => Promise<string>, start?: () => Line) {
    this.summary = summary;
    this.#loadText = loadText;
    this.world = new World(start);
    this.#memory = recallLesson(summary.id);
  }

  /** Null until the lesson has been read and its world stands. */
  get lesson(): LessonView | null {
    return this.#lesson;
  }

  get step(): number {
    return this.#step;
  }

  get stepView(): StepView | null {
    return this.#lesson?.steps[this.#step] ?? null;
  }

  get count(): number {
    return this.summary.stepIds.length;
  }

  /** Whether the step on display is still showing what it does; its outcome is told afterwards. */
  get revealing(): boolean {
    return this.#fresh === this.#step && this.world.player.playing;
  }

  /** Where the step on display stands in the trace; null until it was entered. */
  get mark(): StepMark | null {
    return this.#marks[this.#step] ?? null;
  }

  get marks(): readonly StepMark[] {
    return this.#marks;
  }

  /** The prediction made at the step on display. */
  get answer(): number | null {
    const id = this.summary.stepIds[this.#step];
    return id === undefined ? null : (this.#memory.answers[id] ?? null);
  }

  /** Expectations of the step on display that were not met: the lesson and the engine disagree. */
  get disagreements(): readonly ExpectationResult[] {
    const id = this.summary.stepIds[this.#step];
    return this.#expectations.filter(({ ok, step }) => !ok && step === id);
  }

  get goal(): GoalProgress {
    const known = this.#goals.get(this.#step);
    if (known) return known;
    const made = new GoalProgress();
    this.#goals.set(this.#step, made);
    return made;
  }

  seen(step: number): boolean {
    const id = this.summary.stepIds[step];
    return id !== undefined && this.#memory.seen.includes(id);
  }

  /** Reads the lesson and runs it up to a step, which may be one that does not exist. */
  async open(stepId: string | null): Promise<void> {
    this.#goals.clear();
    this.#step = this.#indexOf(stepId);
    const { file } = this.summary;
    const yaml = await this.#loadText(file).catch(() => null);
    if (yaml === null) {
      this.world.end({ rule: 'load', message: `${file} could not be loaded`, fatal: true });
      return;
    }
    const [step, { answers }] = [this.#step, this.#memory];
    const opened = await this.world.open({ type: 'open-lesson', yaml, file, step, answers });
    if (opened.type === 'failed') this.world.end(opened.error);
    if (opened.type !== 'opened' || !opened.lesson) return;
    this.#lesson = opened.lesson;
    this.#take(opened);
    this.#remember();
    const mark = this.#marks[this.#step];
    if (!mark) return;
    if (this.#step > 0) this.#showEndOf(mark);
    else this.#reveal(mark);
    await this.#submit();
  }

  /** Shows a step: as it was where it has run, and running it otherwise. */
  async goTo(step: number): Promise<void> {
    if (step < 0 || step >= this.count || !this.#lesson) return;
    this.#step = step;
    this.#remember();
    const mark = this.#marks[step];
    this.#highlight();
    if (mark) this.#showEndOf(mark);
    else this.#arrive(await this.world.ask({ type: 'go-to-step', step }));
  }

  goToId(stepId: string | null): void {
    const step = this.#indexOf(stepId);
    if (step !== this.#step) void this.goTo(step);
  }

  /** Takes a prediction. One that comes after the step has run is kept, and changes nothing. */
  async predict(option: number): Promise<void> {
    this.#remember({ option });
    await this.#submit();
  }

  async checkGoal(): Promise<void> {
    this.goal.checking = true;
    await this.#judge({ type: 'check-goal', step: this.#step });
  }

  /** Lets the lesson reach its own goal. */
  async solve(): Promise<void> {
    await this.#judge({ type: 'solve', step: this.#step });
  }

  /** Undoes everything since this step was entered, and runs it again. */
  async rewind(): Promise<void> {
    const step = this.#step;
    const goal = this.goal;
    goal.reached = null;
    goal.results = [];
    goal.error = null;
    this.#remember({ option: null });
    this.#arrive(await this.world.ask({ type: 'rewind', step }));
  }

  /** Plays on from where the reader stands; at the end of a step, that step again. */
  togglePlay(): void {
    const { player } = this.world;
    const mark = this.mark;
    if (player.playing) player.pause();
    else if (!mark || mark.state === 'asking') player.play();
    else if (player.atHead || player.cursor >= mark.afterSeq) player.playSpan(mark);
    else player.play({ seq: mark.afterSeq, atMs: mark.untilMs });
  }

  close(): void {
    this.world.close();
  }

  async #judge(ask: Extract<Ask, { type: 'check-goal' | 'solve' }>): Promise<void> {
    const [goal, { player }] = [this.goal, this.world];
    const [beforeSeq, atMs] = [player.trace.count, player.trace.headMs];
    const answer = await this.world.ask(ask);
    goal.checking = false;
    if (answer.type !== 'goal') return;
    goal.reached = answer.reached;
    goal.results = answer.results;
    goal.error = answer.error;
    if (answer.reached) this.#remember({ reached: ask.step });
    player.playSpan({ beforeSeq, afterSeq: player.trace.count, atMs, untilMs: player.trace.headMs });
  }

  /** Tells the world what was predicted where it waits for that. A prediction may be quicker than the world. */
  async #submit(): Promise<void> {
    const [step, option] = [this.#step, this.answer];
    if (option === null || this.mark?.state !== 'asking') return;
    this.#arrive(await this.world.ask({ type: 'answer', step, option }));
  }

  #arrive(answer: { readonly type: string }): void {
    if (answer.type !== 'stepped') return;
    const stepped = answer as Stepped;
    this.#take(stepped);
    // The reader may have gone on in the meantime.
    if (stepped.mark.step !== this.#step) return;
    this.#reveal(stepped.mark);
    void this.#submit();
  }

  #reveal(mark: StepMark): void {
    this.#fresh = mark.step;
    this.#highlight();
    const { view } = this.world.player;
    // What another step was about does not lie over what this one shows.
    if (!isSame(this.#view(), view.current)) view.offer(null);
    this.world.player.playSpan(mark, () => {
      this.#fresh = null;
      this.#highlight();
      this.#suggest();
    });
  }

  #showEndOf(mark: StepMark): void {
    this.#fresh = null;
    this.world.player.seekEndOf(mark);
    this.#highlight();
    this.#suggest();
  }

  /** Lights up what the step is about, as far as it exists. */
  #highlight(): void {
    this.world.player.focusOn(this.#focus());
  }

  /** Puts the first document that the step is about into the inspector, or else the first thing; opens its view. */
  #suggest(): void {
    this.world.player.view.offer(this.#view());
    const focus = this.#focus()
      .map(inspected)
      .filter((target) => target !== null);
    const document = focus.find(({ type }) => type === 'artefact' || type === 'message');
    this.world.player.suggest(document ?? focus[0] ?? null);
  }

  /** The view the step is about. While it asks, a connection that has ended belongs to what came before. */
  #view(): View | null {
    const target = this.#focus().find(isView) ?? null;
    if (target?.type !== 'handshake') return target;
    const isAhead = this.mark?.state === 'asking' && this.stepView?.acts === true;
    if (!isAhead) return target;
    const { entries } = this.world.player;
    const outcome = tlsConnectionAt(entries, this.#shownSeq, target.connection)?.outcome;
    return outcome === 'shaking' || outcome === 'open' ? target : null;
  }

  get #shownSeq(): number {
    return this.mark?.afterSeq ?? this.world.player.trace.count;
  }

  #focus(): readonly Target[] {
    const { entries, artefacts } = this.world.player;
    const shown = { entries, artefacts, cursor: this.#shownSeq };
    return (this.stepView?.focus ?? [])
      .map((reference) => resolveReference(reference, shown))
      .filter((target) => target !== null);
  }

  #take({ marks, expectations }: Pick<Stepped, 'marks' | 'expectations'>): void {
    this.#marks = marks;
    this.#expectations = expectations;
  }

  /** Marks of the steps run so far, as the timeline shows them. */
  playerMarks(language: Language): readonly PlayerMark[] {
    return this.#marks.map((mark) => ({
      ...mark,
      id: mark.stepId,
      title: this.#lesson?.steps[mark.step]?.title[language] ?? '',
    }));
  }

  #indexOf(stepId: string | null): number {
    return Math.max(0, this.summary.stepIds.indexOf(stepId ?? ''));
  }

  #remember(news: { option?: number | null; reached?: number } = {}): void {
    const id = this.summary.stepIds[this.#step] ?? '';
    const { seen, answers, reached } = this.#memory;
    const reachedId = news.reached === undefined ? undefined : this.summary.stepIds[news.reached];
    const { [id]: _, ...others } = answers;
    this.#memory = {
      last: id,
      seen: seen.includes(id) ? seen : [...seen, id],
      answers:
        news.option === undefined
          ? answers
          : news.option === null
            ? others
            : { ...answers, [id]: news.option },
      reached: reachedId === undefined || reached.includes(reachedId) ? reached : [...reached, reachedId],
    };
    rememberLesson(this.summary.id, this.#memory);
  }
}

export const [getLesson, setLesson] = createContext<LessonSession>();
