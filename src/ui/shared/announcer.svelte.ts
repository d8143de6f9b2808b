import { createContext } from 'svelte';

/** Says things to those who listen instead of looking. */
export class Announcer {
  #text = $state('');
  #last = '';
  #waiting: string[] = [];

  get text(): string {
    return this.#text;
  }

  /** What is said at the same moment is said together: only the last text of a moment would be heard. */
  say(text: string): void {
    if (this.#waiting.push(text) === 1) {
      queueMicrotask(() => {
        this.#speak(this.#waiting.splice(0).join('\n'));
      });
    }
  }

  #speak(text: string): void {
    // A text said twice must differ, or it is not said again.
    this.#last = text === this.#last ? `${text}\u00a0` : text;
    this.#text = this.#last;
  }
}

export const [getAnnouncer, setAnnouncer] = createContext<Announcer>();
