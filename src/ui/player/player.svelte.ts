import { createContext } from 'svelte';
import type { Artefact, ArtefactId } from '../../trace/artefact.ts';
import type { Entry } from '../../trace/entry.ts';
import type { IdentityPalette } from '../identity-colour.ts';
import { countUpTo } from './count-up-to.ts';
import { storyPace, type Pace } from './pace.ts';
import { targetKey, type Target } from './target.ts';
import { inspected, isView, OpenView } from './open-view.svelte.ts';
import { HeldTrace } from './trace.svelte.ts';

/** `story` presses and stretches time so that each step can be followed; a number is virtual over real time. */
export type Speed = 'story' | number;

export const speeds: readonly Speed[] = ['story', 1, 10, 60, 600, 3_600, 86_400];

const longestFrameMs = 100;
/** How much real time's worth of events playback wants to have ahead of it. */
const aheadSeconds = 0.5;

interface Moment {
  readonly seq: number;
  readonly atMs: number;
  readonly whenShown?: () => void;
}

/** A stretch of the trace that belongs together, such as a step of a lesson. */
export interface Span {
  readonly beforeSeq: number;
  readonly afterSeq: number;
  readonly atMs: number;
  readonly untilMs: number;
}

/** A place in the trace worth a mark on the timeline. */
export interface PlayerMark extends Span {
  readonly id: string;
  readonly title: string;
}

/**
 * Where the reader stands in a run, and what they look at. Everything on display is derived from the first `cursor`
 * entries and from `atMs`; nothing here changes the world.
 */
export class Player {
  readonly trace: HeldTrace;
  /** What stands in the place of the stage. */
  readonly view = new OpenView();
  #cursor = $state(0);
  #atMs = $state(0);
  #playing = $state(false);
  #speed: Speed = $state('story');
  #selected: Target | null = $state.raw(null);
  #askedFor = $state(0);
  #suggested = false;
  #focus: ReadonlySet<string> = $state.raw(new Set());
  #hovered: string | null = $state(null);
  #frame = 0;
  #stopAt: Moment | null = null;

  /**
   * Called while playing when virtual time runs out within the next half second: lets the world go on by so many
   * milliseconds. Null where the run is not to go on by itself.
   */
  goOn: ((ms: number) => void) | null = null;

  /** Where the marks come from; read while rendering, so it follows the language. */
  markSource: () => readonly PlayerMark[] = () => [];

  /** A second player on the same trace has a cursor of its own: two moments side by side. */
  constructor(trace: HeldTrace = new HeldTrace()) {
    this.trace = trace;
  }

  /** The entries, for a view of the first `cursor` of them: it does not change when others are appended. */
  get entries(): readonly Entry[] {
    return this.trace.prefix;
  }

  get artefacts(): ReadonlyMap<ArtefactId, Artefact> {
    return this.trace.artefacts;
  }

  get palette(): IdentityPalette {
    return this.trace.palette;
  }

  /** How many entries are shown: those with a smaller `seq`. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Virtual time on display: between the last entry shown and the first one not shown. */
  get atMs(): number {
    return this.#atMs;
  }

  get atHead(): boolean {
    return this.cursor === this.trace.count && this.#atMs >= this.trace.headMs;
  }

  get playing(): boolean {
    return this.#playing;
  }

  get speed(): Speed {
    return this.#speed;
  }

  set speed(speed: Speed) {
    this.#speed = speed;
    if (this.#playing) this.#start(this.#stopAt);
  }

  /** Places worth a mark on the timeline: the steps of a lesson. */
  get marks(): readonly PlayerMark[] {
    return this.markSource();
  }

  /** What the inspector shows. */
  get selected(): Target | null {
    return this.#selected;
  }

  /** Opens something for the reader, who asked for it. */
  select(target: Target | null): void {
    if (target !== null && isView(target)) {
      this.view.ask(target);
      this.#selected = inspected(target) ?? this.#selected;
      return;
    }
    this.#selected = target;
    this.#suggested = false;
    if (!target) return;
    this.#askedFor += 1;
    // The ladder lies over where it would be seen.
    if (this.view.handshake !== null) this.view.close();
  }

  /**
   * Puts something into the inspector without opening the inspector for it. Null takes away what was suggested before, and leaves
   * what the reader asked for.
   */
  suggest(target: Target | null): void {
    if (target === null && !this.#suggested) return;
    this.#selected = target;
    this.#suggested = true;
  }

  toggleTrust(): void {
    const { current } = this.view;
    if (current !== null && current.type !== 'handshake') this.view.close();
    else this.select({ type: 'trust', authority: null });
  }

  /** Grows when the reader asks to see something; what opens on demand goes by it. */
  get askedFor(): number {
    return this.#askedFor;
  }

  isSelected(target: Target): boolean {
    return this.#selected !== null && targetKey(this.#selected) === targetKey(target);
  }

  /** What the step on display is about. */
  focusOn(targets: readonly Target[]): void {
    this.#focus = new Set(targets.map(targetKey));
  }

  /** What the pointer or the keyboard rests on, in whichever view; null when it leaves. */
  hover(target: Target | null): void {
    this.#hovered = target && targetKey(target);
  }

  /** Whether the step is about it, or it is being pointed at elsewhere. */
  isHighlighted(target: Target): boolean {
    const key = targetKey(target);
    return this.#focus.has(key) || this.#hovered === key;
  }

  isHovered(target: Target): boolean {
    return this.#hovered === targetKey(target);
  }

  /** Shows the first `seq` entries, at the time of the last of them. */
  seek(seq: number): void {
    this.pause();
    this.#cursor = Math.max(0, Math.min(Math.trunc(seq), this.trace.count));
    this.#atMs = this.trace.entries[this.#cursor - 1]?.atMs ?? 0;
  }

  /** Shows everything up to and including a virtual time. */
  seekTime(atMs: number): void {
    this.pause();
    this.#showTime(atMs);
  }

  /** Shows a stretch as it stood at its end. */
  seekEndOf({ afterSeq, untilMs }: Span): void {
    this.seek(afterSeq);
    this.#atMs = Math.max(this.#atMs, untilMs);
  }

  toHead(): void {
    this.seek(this.trace.count);
    this.#atMs = this.trace.headMs;
  }

  /** Plays from here: to the end of a stretch where one is given, otherwise to the head or on without end. */
  play(until: Moment | null = null): void {
    this.#playing = true;
    this.#start(until);
  }

  /**
   * Shows what a stretch brought: plays it from its beginning, or goes to its end where motion is not wanted.
   * `whenShown` is called at its end, unless the reader has gone elsewhere by then.
   */
  playSpan(span: Span, whenShown?: () => void): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.seekEndOf(span);
      whenShown?.();
      return;
    }
    this.seek(span.beforeSeq);
    this.#atMs = Math.max(this.#atMs, span.atMs);
    this.play({ seq: span.afterSeq, atMs: span.untilMs, ...(whenShown && { whenShown }) });
  }

  pause(): void {
    this.#playing = false;
    this.#stopAt = null;
    cancelAnimationFrame(this.#frame);
  }

  append(entries: readonly Entry[], artefacts: readonly Artefact[]): void {
    this.trace.append(entries, artefacts);
  }

  /** Entries with this `seq` and above are void. */
  cut(seq: number, artefacts: readonly ArtefactId[]): void {
    this.pause();
    this.trace.cut(seq, artefacts);
    if (this.#cursor >= seq) this.seek(seq);
    if (this.#selected?.type === 'artefact' && artefacts.includes(this.#selected.id)) this.select(null);
  }

  /** Another run begins. */
  clear(): void {
    this.pause();
    this.trace.clear();
    this.#cursor = 0;
    this.#atMs = 0;
    this.#selected = null;
    this.#focus = new Set();
    this.#hovered = null;
    this.view.clear();
  }

  #start(until: Moment | null): void {
    cancelAnimationFrame(this.#frame);
    this.#stopAt = until;
    // Where time goes on by itself the speed is that of time; what an action brought is still told.
    const told = this.#speed === 'story' || (until !== null && this.goOn !== null);
    const story = told ? this.#storyTo(until) : null;
    let began: number | null = null;
    let last = 0;
    const step = (now: number) => {
      began ??= last = now;
      const wanted = story
        ? story.at(now - began)
        : this.#atMs + Math.min(now - last, longestFrameMs) * Number(this.#speed);
      last = now;
      const over = story !== null && now - began >= story.lengthMs;
      if (this.#show(wanted, over)) this.#frame = requestAnimationFrame(step);
      else this.pause();
    };
    this.#frame = requestAnimationFrame(step);
  }

  #storyTo(until: Moment | null): Pace {
    const { entries, count, headMs } = this.trace;
    const ahead = entries.slice(this.cursor, until?.seq ?? count).map(({ atMs }) => atMs);
    return storyPace(this.#atMs, ahead, until?.atMs ?? headMs);
  }

  /** Shows a moment of playback; whether there is more to come. */
  #show(wantedMs: number, over: boolean): boolean {
    const stop = this.#stopAt;
    if (stop && (over || wantedMs >= stop.atMs)) {
      this.#cursor = stop.seq;
      this.#atMs = stop.atMs;
      stop.whenShown?.();
      return false;
    }
    this.#showTime(wantedMs);
    if (stop) this.#cursor = Math.min(this.#cursor, stop.seq);
    if (stop || this.goOn === null || this.#speed === 'story') {
      return !over && (stop !== null || !this.atHead);
    }
    // The world may be slower than asked for; playback then waits at the head.
    const horizonMs = this.#speed * aheadSeconds * 1000;
    if (this.trace.headMs - wantedMs < horizonMs) this.goOn(horizonMs);
    return true;
  }

  #showTime(atMs: number): void {
    const { entries, headMs } = this.trace;
    this.#atMs = Math.max(0, Math.min(atMs, headMs));
    this.#cursor = countUpTo(entries, this.#atMs);
  }
}

export const [getPlayer, setPlayer] = createContext<Player>();
