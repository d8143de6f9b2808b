import { createContext } from 'svelte';
import { project } from '../../projection/fold.ts';
import { actorOf, shortPodName, splitPodRef } from '../../projection/actor.ts';
import { traceIndex } from '../../projection/detail/trace-index.ts';
import { podAt } from '../../projection/detail/pod.ts';
import type { StageState } from '../../projection/stage-model.ts';
import { stageFold } from '../../projection/stage.ts';
import type { Artefact, ArtefactId } from '../../trace/artefact.ts';
import type { PodRef } from '../../trace/entry.ts';
import type { I18n } from '../i18n/i18n.svelte.ts';
import type { Player } from '../player/player.svelte.ts';
import type { Target } from '../player/target.ts';
import { meshTime } from './mesh-time.ts';
import { duration } from '../stage/captions.ts';
import type { ArtefactTab } from './tabs.ts';
import { Words } from './words.svelte.ts';

/** What every part of the inspector goes by: the run as it stands on display, its words and its names. */
export class Inspection {
  readonly player: Player;
  readonly i18n: I18n;
  readonly words: Words;
  /** Takes what is opened from within, where somebody else than the player keeps what is open. */
  onopen: ((target: Target) => void) | null = null;
  readonly stage: StageState = $derived.by(() => project(stageFold, this.player.entries, this.player.cursor));
  /** How an artefact is shown: the next one opens in the same way. */
  tab: ArtefactTab = $state('fields');
  /** What was looked at before, nearest last; void once something was chosen elsewhere. */
  #trail: readonly Target[] = $state.raw([]);
  #opened: Target | null = $state.raw(null);

  constructor(player: Player, i18n: I18n) {
    this.player = player;
    this.i18n = i18n;
    this.words = new Words(i18n);
  }

  get m(): I18n['m'] {
    return this.i18n.m;
  }

  /** When virtual time begins, in milliseconds of Unix time; known even where nothing is on display yet. */
  get epochMs(): number {
    const [first] = this.player.entries;
    return first?.kind === 'world.started' ? first.data.epochMs : this.stage.epochMs;
  }

  /** Opens something from within the inspector, so that there is a way back. */
  open(target: Target): void {
    if (this.onopen) {
      this.onopen(target);
      return;
    }
    const before = this.player.selected;
    this.#trail = before === null ? [] : [...(this.#opened === before ? this.#trail : []), before];
    this.#opened = target;
    this.player.select(target);
  }

  get canGoBack(): boolean {
    return this.#trail.length > 0 && this.#opened === this.player.selected;
  }

  goBack(): void {
    const before = this.#trail.at(-1);
    if (before === undefined) return;
    this.#trail = this.#trail.slice(0, -1);
    this.#opened = before;
    this.player.select(before);
  }

  /** An artefact that exists at the moment on display. */
  artefact(id: ArtefactId): Artefact | null {
    const held = this.player.artefacts.get(id);
    return held && this.#exists(held) ? held : null;
  }

  /** When an artefact comes into being: the number of entries to show for it, or the virtual time. */
  birthOf(id: ArtefactId): { readonly cursor: number | null; readonly atMs: number } | null {
    const held = this.player.artefacts.get(id);
    if (!held) return null;
    const first = traceIndex(this.player.entries).first(`artefact:${id}`);
    return { cursor: first === null ? null : first + 1, atMs: held.atMs };
  }

  #exists(held: Artefact): boolean {
    const first = traceIndex(this.player.entries).first(`artefact:${held.id}`);
    return first === null ? held.atMs <= this.player.atMs : first < this.player.cursor;
  }

  /** An instant in the mesh's own time; with the day where it is not the first, and the year where it is not the first. */
  time(atMs: number): string {
    return meshTime(this.epochMs, atMs, this.i18n.language);
  }

  duration(ms: number): string {
    return duration(ms, (key, params = {}) => this.i18n.find(key, params) ?? key);
  }

  /** What an artefact is called: `certificate`, `SDS response`. */
  kindName(id: ArtefactId): string {
    const kind = this.player.artefacts.get(id)?.kind ?? id.split(':')[0] ?? id;
    return this.i18n.find(`inspector_kind_${kind.replaceAll('-', '_')}`) ?? kind;
  }

  /** The SPIFFE ID of a pod's account, whether or not it has been certified. */
  accountId(pod: PodRef): string | null {
    const model = podAt(this.player.entries, this.player.cursor, pod);
    if (!model?.injected) return null;
    return `spiffe://${this.stage.trustDomain}/ns/${model.namespace}/sa/${model.serviceAccount}`;
  }

  /** A pod as people say it: `order-…x2k7q`. */
  podName(pod: PodRef): string {
    const workload = podAt(this.player.entries, this.player.cursor, pod)?.workload;
    return workload === undefined ? splitPodRef(pod).name : shortPodName(pod, workload);
  }

  /** An actor as people say it: `istiod`, `Envoy · order-…x2k7q`. */
  actorName(systemId: string): string {
    const { role, pod, node } = actorOf(systemId);
    if (pod === null) return node ?? (role === 'api-server' ? this.m.stage_api_server() : systemId);
    const name = this.podName(pod);
    if (role === 'envoy') return `Envoy · ${name}`;
    if (role === 'pod') return name;
    return `${this.i18n.find(`stage_part_${role}`) ?? role} · ${name}`;
  }
}

export const [getInspection, setInspection] = createContext<Inspection>();
