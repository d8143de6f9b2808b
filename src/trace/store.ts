import type { Artefact, ArtefactId, ArtefactKind } from './artefact.ts';

export interface ArtefactStoreOptions {
  /** `last` holds, of each owner and kind, the latest artefact and what held ones refer to. */
  readonly keep?: 'all' | 'last';
}

interface Held {
  readonly artefact: Artefact;
  /** Held artefacts that refer to this one. */
  referrers: number;
  superseded: boolean;
}

/** Every artefact of a run by its id; entries of the trace name them instead of carrying bytes. */
export class ArtefactStore {
  readonly #now: () => number;
  readonly #keepAll: boolean;
  readonly #held = new Map<ArtefactId, Held>();
  readonly #latest = new Map<ArtefactKind, Map<string, Held>>();
  readonly #counts: Partial<Record<ArtefactKind, number>> = {};
  readonly #listeners = new Set<(artefact: Artefact) => void>();

  /** `now` gives milliseconds of virtual time. */
  constructor(now: () => number, { keep = 'all' }: ArtefactStoreOptions = {}) {
    this.#now = now;
    this.#keepAll = keep === 'all';
  }

  /** Adds an artefact and returns its id, `<kind>:<ordinal>`; the first of a kind is number 1. */
  put({ kind, owner, pod, bytes, refs }: Omit<Artefact, 'id' | 'atMs'>): ArtefactId {
    const ordinal = (this.#counts[kind] ?? 0) + 1;
    this.#counts[kind] = ordinal;
    const artefact: Artefact = { id: `${kind}:${ordinal}`, kind, owner, pod, atMs: this.#now(), bytes, refs };
    const held: Held = { artefact, referrers: 0, superseded: false };
    this.#held.set(artefact.id, held);
    if (!this.#keepAll) this.#supersede(held);
    for (const listener of this.#listeners) listener(artefact);
    return artefact.id;
  }

  get(id: ArtefactId): Artefact | undefined {
    return this.#held.get(id)?.artefact;
  }

  /** The artefacts that are held, in the order of making. */
  *all(): Iterable<Artefact> {
    for (const { artefact } of this.#held.values()) yield artefact;
  }

  /** How many artefacts are held. */
  get size(): number {
    return this.#held.size;
  }

  /** How many artefacts of each kind were ever put. */
  get counts(): Readonly<Partial<Record<ArtefactKind, number>>> {
    return this.#counts;
  }

  /** Calls `listener` with every artefact from now on; returns how to stop that. */
  onPut(listener: (artefact: Artefact) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #supersede(latest: Held): void {
    const { kind, owner, refs } = latest.artefact;
    for (const name in refs) {
      const target = this.#held.get(refs[name]!);
      if (target) target.referrers += 1;
    }
    let byOwner = this.#latest.get(kind);
    if (!byOwner) this.#latest.set(kind, (byOwner = new Map<string, Held>()));
    const previous = byOwner.get(owner);
    byOwner.set(owner, latest);
    if (!previous) return;
    previous.superseded = true;
    this.#release(previous);
  }

  /** Lets go of a superseded artefact that nothing refers to, and then of what only it referred to. */
  #release(held: Held): void {
    if (!held.superseded || held.referrers > 0) return;
    this.#held.delete(held.artefact.id);
    const { refs } = held.artefact;
    for (const name in refs) {
      const target = this.#held.get(refs[name]!);
      if (!target) continue;
      target.referrers -= 1;
      this.#release(target);
    }
  }
}
