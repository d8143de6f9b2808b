import { createContext } from 'svelte';

/** Says things to those who listen instead of looking. */
export class Announcer {
  #text = $state('');
  #last = '';

  get text(): string {
    return this.#text;
  }

  say(text: string): void {
    // A text said twice must differ, or it is not said again.
    this.#last = text === this.#last ? `${text}\u00a0` : text;
    this.#text = this.#last;
  }
}

export const [getAnnouncer, setAnnouncer] = createContext<Announcer>();
