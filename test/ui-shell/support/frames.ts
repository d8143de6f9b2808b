import { vi } from 'vitest';

/** A browser's frames, driven by hand. */
export class Frames {
  #now = 0;
  #next = 1;
  readonly #waiting = new Map<number, (now: number) => void>();

  constructor({ reducedMotion = false } = {}) {
    vi.stubGlobal('requestAnimationFrame', (callback: (now: number) => void) => {
      this.#waiting.set(this.#next, callback);
      return this.#next++;
    });
    vi.stubGlobal('cancelAnimationFrame', (id: number) => this.#waiting.delete(id));
    vi.stubGlobal('matchMedia', () => ({ matches: reducedMotion }));
  }

  /** Lets so much real time pass, a frame every 16 ms. */
  pass(ms: number): void {
    for (const end = this.#now + ms; this.#now < end;) {
      this.#now = Math.min(end, this.#now + 16);
      const callbacks = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const callback of callbacks) callback(this.#now);
    }
  }

  get idle(): boolean {
    return this.#waiting.size === 0;
  }
}
