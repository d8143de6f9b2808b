import { createContext } from 'svelte';
import type { Target } from '../player/target.ts';
import type { CompareStart } from './compare-start.ts';

/** The one comparison that may be open over a page, whoever opened it. */
export class Comparing {
  #start: CompareStart | null = $state.raw(null);

  /** What is being compared; null while nothing is. */
  get start(): CompareStart | null {
    return this.#start;
  }

  open(start: CompareStart): void {
    this.#start = start;
  }

  /** Compares what the reader looks at with another of its kind, or else the stage at two moments. */
  openFor(target: Target | null): void {
    this.open(
      target?.type === 'artefact' ? { mode: 'artefacts', a: target.id, b: null } : { mode: 'moments' },
    );
  }

  close(): void {
    this.#start = null;
  }
}

export const [getComparing, setComparing] = createContext<Comparing>();
