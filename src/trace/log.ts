import type { Entry, EntryData, EntryKind, EntryOf } from './entry.ts';

export interface TraceLogOptions {
  /** How many of the latest entries to hold; counts and numbering go on for all of them. */
  readonly keepEntries?: 'all' | number;
}

/** The one timeline of a run: append-only, numbered from 0, every entry stamped with virtual time. */
export class TraceLog {
  readonly #now: () => number;
  readonly #keep: number;
  readonly #counts: Partial<Record<EntryKind, number>> = {};
  readonly #listeners = new Set<(entry: Entry) => void>();
  readonly #held: Entry[] = [];
  #count = 0;

  /** `now` gives milliseconds of virtual time. */
  constructor(now: () => number, { keepEntries = 'all' }: TraceLogOptions = {}) {
    this.#now = now;
    this.#keep = keepEntries === 'all' ? Infinity : keepEntries;
  }

  /** Appends an entry and tells the listeners before it returns. */
  append<K extends EntryKind>(actor: string, kind: K, data: EntryData[K]): EntryOf<K> {
    // TypeScript does not see that these five fields of one K are the member K of the union.
    const entry = { seq: this.#count, atMs: this.#now(), actor, kind, data } as unknown as EntryOf<K>;
    this.#count += 1;
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
    this.#held.push(entry);
    if (this.#held.length >= 2 * this.#keep) this.#trim();
    for (const listener of this.#listeners) listener(entry);
    return entry;
  }

  /** The entries that are held, oldest first. The same array all along: it grows, and is never replaced. */
  get entries(): readonly Entry[] {
    // Trimmed on reading and when twice the bound is reached: an append then costs O(1) on average.
    this.#trim();
    return this.#held;
  }

  /** `seq` of the oldest entry that is held; equal to `count` when none is. */
  get firstSeq(): number {
    return this.#count - Math.min(this.#held.length, this.#keep);
  }

  /** How many entries were ever appended; also the `seq` of the next one. */
  get count(): number {
    return this.#count;
  }

  /** How many entries of each kind were ever appended. */
  get counts(): Readonly<Partial<Record<EntryKind, number>>> {
    return this.#counts;
  }

  /** The entry with this number; undefined when it was dropped or is still to come. */
  at(seq: number): Entry | undefined {
    return seq < this.firstSeq ? undefined : this.#held[seq - this.#count + this.#held.length];
  }

  /** Calls `listener` with every entry from now on; returns how to stop that. */
  onAppend(listener: (entry: Entry) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #trim(): void {
    const excess = this.#held.length - this.#keep;
    if (excess > 0) this.#held.splice(0, excess);
  }
}
