import type { Artefact, ArtefactId } from '../../trace/artefact.ts';
import type { Entry } from '../../trace/entry.ts';
import { IdentityPalette } from '../identity-colour.ts';

/**
 * What the page holds of a run: the entries that have come from the worker, and the artefacts they name. Plain arrays and
 * maps behind a counter: reading through a getter inside markup, `$derived` or `$effect` subscribes to changes.
 *
 * `entries` is one and the same array for the whole run. Read it where it is used; a `$derived(trace.entries)` of its own
 * would never change.
 */
export class HeldTrace {
  readonly #entries: Entry[] = [];
  readonly #artefacts = new Map<ArtefactId, Artefact>();
  #version = $state(0);
  #cuts = $state(0);
  #headMs = $state(0);
  #palette = $state.raw(new IdentityPalette());
  #trustDomain = 'cluster.local';

  get entries(): readonly Entry[] {
    void this.#version;
    return this.#entries;
  }

  /**
   * The same array, for views of its first entries: reading it does not subscribe to what is appended behind them, only to
   * what is cut away.
   */
  get prefix(): readonly Entry[] {
    void this.#cuts;
    return this.#entries;
  }

  get artefacts(): ReadonlyMap<ArtefactId, Artefact> {
    void this.#version;
    return this.#artefacts;
  }

  /** Grows with every change; for views that keep something of their own. */
  get version(): number {
    return this.#version;
  }

  /** How many entries there are. */
  get count(): number {
    return this.entries.length;
  }

  /** The world's time: that of the last entry, or later when nothing has happened since. */
  get headMs(): number {
    return this.#headMs;
  }

  /** Colours of this mesh's identities. */
  get palette(): IdentityPalette {
    return this.#palette;
  }

  append(entries: readonly Entry[], artefacts: readonly Artefact[]): void {
    for (const artefact of artefacts) this.#artefacts.set(artefact.id, artefact);
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#meet(entry);
    }
    const last = this.#entries.at(-1);
    if (last && last.atMs > this.#headMs) this.#headMs = last.atMs;
    this.#version += 1;
  }

  /** The world has come to this time. */
  reachTime(atMs: number): void {
    if (atMs > this.#headMs) this.#headMs = atMs;
  }

  /** Forgets the entries from `seq` on, and these artefacts. */
  cut(seq: number, artefacts: readonly ArtefactId[]): void {
    for (const id of artefacts) this.#artefacts.delete(id);
    this.#entries.length = Math.min(seq, this.#entries.length);
    this.#headMs = this.#entries.at(-1)?.atMs ?? 0;
    this.#version += 1;
    this.#cuts += 1;
  }

  /** Forgets everything: another run begins. */
  clear(): void {
    this.cut(0, [...this.#artefacts.keys()]);
    this.#palette = new IdentityPalette();
  }

  /** Identities take their colours in the order in which the run brings them up, whatever is looked at first. */
  #meet(entry: Entry): void {
    if (entry.kind === 'world.started') this.#trustDomain = entry.data.trustDomain;
    if (entry.kind === 'certificate.issued') this.#palette.of(entry.data.spiffeId);
    if (entry.kind === 'pod.scheduled' && entry.data.injected) {
      const namespace = entry.data.pod.split('/')[0] ?? '';
      this.#palette.of(`spiffe://${this.#trustDomain}/ns/${namespace}/sa/${entry.data.serviceAccount}`);
    }
  }
}
