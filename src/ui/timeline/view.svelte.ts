import { TimelineTracker } from '../../projection/timeline.ts';
import type { TimelineModel } from '../../projection/timeline-model.ts';
import type { I18n } from '../i18n/i18n.svelte.ts';
import type { Player, PlayerMark } from '../player/player.svelte.ts';
import { axisTicks, naturalEnd, type AxisTick } from './axis.ts';
import { rowHeight, rowsOf, type Row } from './rows.ts';

const shortestMs = 4;

/** Step marks that would cover each other stand as one. */
export interface StepMark {
  readonly key: string;
  readonly first: PlayerMark;
  readonly text: string;
  readonly title: string;
  readonly x: number;
}

/** What part of the run the timeline shows, and what stands where in it. */
export class TimelineView {
  readonly player: Player;
  readonly #i18n: I18n;
  readonly #tracker = new TimelineTracker();
  /** Width of the lanes, and height of the visible part, in CSS pixels. */
  width = $state(0);
  height = $state(0);
  /** What the pointer is over, beside the pointer; coordinates within the lanes. */
  tip = $state.raw<{ readonly x: number; readonly y: number; readonly text: string } | null>(null);
  #chosen = $state.raw<{ readonly fromMs: number; readonly untilMs: number } | null>(null);

  /** The lanes; a new object whenever the trace has changed. */
  readonly current: { readonly model: TimelineModel; readonly version: number } = $derived.by(() => {
    const { entries, version } = this.player.trace;
    return { model: this.#tracker.update(entries), version };
  });
  /** The world's time, as far as it is known here: time may go on without an entry. */
  readonly headMs: number = $derived.by(() => Math.max(this.player.trace.headMs, this.player.atMs));
  readonly rows: readonly Row[] = $derived.by(() =>
    rowsOf(this.current.model, this.#say('timeline_istiod'), (count) =>
      this.#say('timeline_lane_pods_only', { count }),
    ),
  );
  readonly window: { readonly fromMs: number; readonly untilMs: number } = $derived.by(
    () => this.#chosen ?? { fromMs: 0, untilMs: this.#natural },
  );
  readonly #natural = $derived.by(() =>
    naturalEnd(Math.max(400, this.headMs), this.current.model.latestNotAfterMs),
  );
  readonly ticks: readonly AxisTick[] = $derived.by(() =>
    axisTicks(
      this.window.fromMs,
      this.window.untilMs,
      this.current.model.epochMs,
      this.width,
      this.#i18n.language,
    ),
  );
  readonly stepMarks: readonly StepMark[] = $derived.by(() => this.#stepMarks());

  constructor(player: Player, i18n: I18n) {
    this.player = player;
    this.#i18n = i18n;
  }

  get chosen(): boolean {
    return this.#chosen !== null;
  }

  get contentHeight(): number {
    return this.rows.length * rowHeight + 10;
  }

  /** Everything that can be shown at all. */
  get fullEndMs(): number {
    return Math.max(this.#natural, this.headMs, this.current.model.latestNotAfterMs);
  }

  x(atMs: number): number {
    const { fromMs, untilMs } = this.window;
    return ((atMs - fromMs) / (untilMs - fromMs)) * this.width;
  }

  timeAt(x: number): number {
    const { fromMs, untilMs } = this.window;
    return fromMs + (x / Math.max(1, this.width)) * (untilMs - fromMs);
  }

  /** Zooms so that the time under a place keeps its place; below 1 shows less time. */
  zoom(factor: number, aroundX = this.#playheadX()): void {
    const { fromMs, untilMs } = this.window;
    const around = this.timeAt(aroundX);
    const span = Math.max(shortestMs, Math.min(this.fullEndMs * 1.05, (untilMs - fromMs) * factor));
    const share = aroundX / Math.max(1, this.width);
    this.#choose(around - span * share, span);
  }

  pan(pixels: number): void {
    const { fromMs, untilMs } = this.window;
    const span = untilMs - fromMs;
    this.#choose(fromMs + (pixels / Math.max(1, this.width)) * span, span);
  }

  fit(): void {
    this.#chosen = null;
  }

  /** Brings a time into view where the reader has zoomed in. */
  reveal(atMs: number): void {
    if (this.#chosen === null) return;
    const { fromMs, untilMs } = this.#chosen;
    const span = untilMs - fromMs;
    if (atMs >= fromMs && atMs <= untilMs) return;
    this.#choose(atMs < fromMs ? atMs - span * 0.1 : atMs - span * 0.9, span);
  }

  #choose(fromMs: number, span: number): void {
    const latest = Math.max(0, this.fullEndMs * 1.02 - span);
    const from = Math.max(0, Math.min(fromMs, latest));
    this.#chosen = { fromMs: from, untilMs: from + span };
  }

  #playheadX(): number {
    return Math.max(0, Math.min(this.width, this.x(this.player.atMs)));
  }

  #stepMarks(): StepMark[] {
    const marks: StepMark[] = [];
    this.player.marks.forEach((mark, index) => {
      const x = this.x(mark.atMs);
      if (x < -1 || x > this.width + 1) return;
      const before = marks.at(-1);
      const number = String(index + 1);
      if (before !== undefined && x - before.x < 14 + 3.5 * (before.text.length + number.length + 2)) {
        marks[marks.length - 1] = {
          ...before,
          text: `${before.text.split('–')[0] ?? ''}–${number}`,
          title: `${before.title}\n${number}. ${mark.title}`,
        };
      } else marks.push({ key: mark.id, first: mark, text: number, title: `${number}. ${mark.title}`, x });
    });
    return marks;
  }

  #say(key: string, params: Record<string, string | number> = {}): string {
    return this.#i18n.find(key, params) ?? key;
  }
}
