import type { I18n } from '../i18n/i18n.svelte.ts';
import type { Announcer } from '../shared/announcer.svelte.ts';

const shownMs = 2_000;

/** Copies texts to the clipboard, and tells for a moment which one it was. */
export class Copying {
  readonly #i18n: I18n;
  readonly #announcer: Announcer;
  #done: string | null = $state(null);
  #failed: string | null = $state(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(i18n: I18n, announcer: Announcer) {
    this.#i18n = i18n;
    this.#announcer = announcer;
  }

  /** The text of a button: what it does, or what has just come of it. */
  label(what: string, text: string): string {
    if (this.#done === what) return this.#i18n.m.inspector_copied();
    return this.#failed === what ? this.#i18n.m.inspector_copy_failed() : text;
  }

  isDone(what: string): boolean {
    return this.#done === what;
  }

  async copy(what: string, text: string): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await navigator.clipboard.writeText(text);
      this.#done = what;
      this.#announcer.say(this.#i18n.m.inspector_copied());
    } catch {
      this.#failed = what;
      this.#announcer.say(this.#i18n.m.inspector_copy_failed());
    }
    this.#timer = setTimeout(() => {
      this.#done = null;
      this.#failed = null;
    }, shownMs);
  }
}
