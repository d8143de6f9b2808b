import { createContext } from 'svelte';
import { MediaQuery } from 'svelte/reactivity';
import type { Preferences } from '../preferences.svelte.ts';

/** How much room the page has. Large type for a projector leaves less of it. */
export class Layout {
  readonly #preferences: Preferences;
  readonly #narrow = new MediaQuery('width <= 820px');
  readonly #medium = new MediaQuery('width <= 1180px');
  readonly #mediumWhenLarge = new MediaQuery('width <= 1720px');

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
  }

  /** One column: stage above, text under it, everything else in sheets. */
  get narrow(): boolean {
    return this.#narrow.current;
  }

  /** No column for the inspector. */
  get medium(): boolean {
    return this.#medium.current || (this.#preferences.presenting && this.#mediumWhenLarge.current);
  }
}

export const [getLayout, setLayout] = createContext<Layout>();
