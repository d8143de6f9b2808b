import type { Entry } from '../trace/entry.ts';

/** What a model of a growing trace is made in; `count` is how many entries it has looked at. */
interface Draft {
  readonly model: { readonly count: number };
}

/**
 * A model of a growing trace. Each entry is looked at once; a trace that was cut (a rewind) is read again.
 *
 * The model handed out is the same object as long as the trace only grows; `count` tells whether it changed.
 */
export class Growing<D extends Draft> {
  readonly #begin: () => D;
  readonly #take: (draft: D, entry: Entry) => void;
  #draft: D;
  #last: Entry | null = null;

  /** @param take looks at one entry, and counts it */
  constructor(begin: () => D, take: (draft: D, entry: Entry) => void) {
    this.#begin = begin;
    this.#take = take;
    this.#draft = begin();
  }

  update(entries: readonly Entry[]): D['model'] {
    const { count } = this.#draft.model;
    if (count > entries.length || (count > 0 && entries[count - 1] !== this.#last))
      this.#draft = this.#begin();
    for (let index = this.#draft.model.count; index < entries.length; index += 1) {
      const entry = entries[index];
      if (entry !== undefined) this.#take(this.#draft, entry);
    }
    this.#last = entries.at(-1) ?? null;
    return this.#draft.model;
  }
}
