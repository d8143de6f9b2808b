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
  readonly #untold: Entry[] = [];
  #count = 0;

  /**
   * `now` gives milliseconds of virtual time.
   * @throws RangeError for a bound that is no count.
   */
  constructor(now: () => number, { keepEntries = 'all' }: TraceLogOptions = {}) {
    if (keepEntries !== 'all' && !(Number.isInteger(keepEntries) && keepEntries >= 0)) {
      throw new RangeError(`keepEntries needs a whole number of entries or "all", not ${keepEntries}`);
    }
    this.#now = now;
    this.#keep = keepEntries === 'all' ? Infinity : keepEntries;
  }

  /**
   * Appends an entry and tells the listeners. What a listener appends in turn is told when the entry at hand has been
   * told to all, so that everybody hears the entries in their order.
   */
  append<K extends EntryKind>(actor: string, kind: K, data: EntryData[K]): EntryOf<K> {
    // TypeScript does not see that these five fields of one K are the member K of the union.
    const entry = { seq: this.#count, atMs: this.#now(), actor, kind, data } as unknown as EntryOf<K>;
    this.#count += 1;
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
    this.#held.push(entry);
    if (this.#held.length >= 2 * this.#keep) this.#trim();
    if (this.#listeners.size > 0) this.#tell(entry);
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

  #tell(entry: Entry): void {
    const untold = this.#untold;
    untold.push(entry);
    if (untold.length > 1) return;
    try {
      // Grows while it is walked when a listener appends.
      for (const next of untold) for (const listener of this.#listeners) listener(next);
    } finally {
      untold.length = 0;
    }
  }

  #trim(): void {
    const excess = this.#held.length - this.#keep;
    if (excess > 0) this.#held.splice(0, excess);
  }
}
