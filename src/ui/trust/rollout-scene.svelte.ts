import { RolloutTracker } from '../../projection/trust/rollout.ts';
import { lastBefore, type Band, type RolloutModel } from '../../projection/trust/rollout-model.ts';
import { axisTicks, type AxisTick } from '../timeline/axis.ts';
import { grouped, stackedBands, strokes, type DrawnBand, type Fill } from './rollout-shape.ts';
import type { TrustScene } from './trust-scene.svelte.ts';

export const stripHeight = 26;

/** A part of the fleet as the legend names it, with how many stand in it at the moment on display. */
export interface Share {
  readonly key: string;
  readonly fill: Fill;
  readonly name: string;
  readonly count: number;
}

/** The rollout over the whole run; what lies ahead of the moment on display is drawn faintly. */
export class RolloutScene {
  readonly scene: TrustScene;
  readonly #tracker = new RolloutTracker();
  /** Width of the strips, in CSS pixels. */
  width = $state(0);

  readonly current: { readonly model: RolloutModel } = $derived.by(() => {
    const { entries, version } = this.scene.player.trace;
    void version;
    return { model: this.#tracker.update(entries) };
  });
  readonly endMs: number = $derived.by(() =>
    Math.max(1, this.scene.player.trace.headMs, this.scene.player.atMs),
  );
  readonly fromMs: number = $derived.by(() =>
    Math.min(this.current.model.samples[0]?.atMs ?? 0, this.endMs * 0.98),
  );
  readonly anchors: readonly DrawnBand[] = $derived.by(() =>
    this.#bands(this.current.model.anchorBands, 'anchors'),
  );
  readonly issuers: readonly DrawnBand[] = $derived.by(() =>
    this.#bands(this.current.model.issuerBands, 'issuers'),
  );
  readonly ticks: readonly AxisTick[] = $derived.by(() =>
    axisTicks(this.fromMs, this.endMs, this.scene.epochMs, Math.max(1, this.width), this.scene.i18n.language),
  );

  constructor(scene: TrustScene) {
    this.scene = scene;
  }

  readonly x = (atMs: number): number => {
    const share = (atMs - this.fromMs) / Math.max(1e-6, this.endMs - this.fromMs);
    return Math.max(0, Math.min(1, share)) * this.width;
  };

  timeAt(x: number): number {
    const share = Math.max(0, Math.min(1, x / Math.max(1, this.width)));
    return this.fromMs + share * (this.endMs - this.fromMs);
  }

  /** Ready Envoys at the moment on display. */
  get ready(): number {
    return this.#sample?.ready ?? 0;
  }

  shares(which: 'anchors' | 'issuers'): readonly Share[] {
    const { model } = this.current;
    const bands = which === 'anchors' ? model.anchorBands : model.issuerBands;
    const counts = this.#sample?.[which] ?? [];
    return grouped(bands).map(({ key, fill, of }) => ({
      key,
      fill,
      name: this.#nameOf(bands, of),
      count: of.reduce((sum, index) => sum + (counts[index] ?? 0), 0),
    }));
  }

  /** What went wrong, up to the moment on display and after it. */
  get failures() {
    const { refusedConnections, failedRequests, acceptedForgeries } = this.current.model;
    const { cursor } = this.scene.player;
    return [
      { key: 'refused_connections', tone: 'warn', events: refusedConnections },
      { key: 'failed_requests', tone: 'warn', events: failedRequests },
      { key: 'accepted_forgeries', tone: 'bad', events: acceptedForgeries },
    ].map(({ key, tone, events }) => ({
      key: key as 'refused_connections' | 'failed_requests' | 'accepted_forgeries',
      tone,
      count: lastBefore(events, cursor) + 1,
      strokes: [...strokes(events, this.x)],
    }));
  }

  /** The moment at which the fleet changed last before, or changes next. */
  neighbour(by: 1 | -1): number {
    const { samples } = this.current.model;
    const { atMs } = this.scene.player;
    const found =
      by === 1 ? samples.find((each) => each.atMs > atMs) : samples.findLast((each) => each.atMs < atMs);
    return found?.atMs ?? (by === 1 ? this.endMs : this.fromMs);
  }

  get #sample() {
    const { samples } = this.current.model;
    return samples[lastBefore(samples, this.scene.player.cursor)];
  }

  #bands(bands: readonly Band[], which: 'anchors' | 'issuers'): readonly DrawnBand[] {
    const area = { width: this.width, height: stripHeight, x: this.x, untilMs: this.endMs };
    return stackedBands(this.current.model.samples, bands, (sample) => sample[which], area);
  }

  /** CAs by name; two keys of one CA are told apart by which came first. */
  #nameOf(bands: readonly Band[], of: readonly number[]): string {
    if (of.length > 1) return this.scene.say('rollout_others');
    const index = of[0] ?? 0;
    const name = bands[index]?.authorities.join(' + ') ?? '';
    const superseded = bands.slice(index + 1).some(({ authorities }) => authorities.join(' + ') === name);
    return superseded ? `${name} (${this.scene.say('rollout_earlier')})` : name;
  }
}
