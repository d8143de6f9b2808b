import { createContext } from 'svelte';
import { asRecord, kept } from './shared/storage.ts';

export type Theme = 'system' | 'light' | 'dark';

interface Stored {
  readonly theme: Theme;
  readonly language: string | null;
  /** Whether single keys do something: in the way of those who steer by voice. */
  readonly shortcuts: boolean;
}

const stored = kept<Stored>('preferences', (value) => {
  const { theme, language, shortcuts } = asRecord(value);
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    language: typeof language === 'string' ? language : null,
    shortcuts: shortcuts !== false,
  };
});

/** How the reader wants the page to look. */
export class Preferences {
  #theme: Theme = $state('system');
  #presenting = $state(false);
  #shortcuts = $state(true);
  #language: string | null;

  constructor() {
    const { theme, language, shortcuts } = stored.read();
    this.#language = language;
    this.#shortcuts = shortcuts;
    this.#setTheme(theme);
    // The browser's own way out of full screen ends the large type as well.
    document.addEventListener('fullscreenchange', () => {
      if (!document.fullscreenElement) this.#setLarge(false);
    });
  }

  get theme(): Theme {
    return this.#theme;
  }

  get presenting(): boolean {
    return this.#presenting;
  }

  chooseTheme(theme: Theme): void {
    this.#setTheme(theme);
    this.#write();
  }

  /** The language chosen on an earlier visit. */
  get language(): string | null {
    return this.#language;
  }

  chooseLanguage(language: string): void {
    this.#language = language;
    this.#write();
  }

  get shortcuts(): boolean {
    return this.#shortcuts;
  }

  chooseShortcuts(on: boolean): void {
    this.#shortcuts = on;
    this.#write();
  }

  #write(): void {
    stored.write({ theme: this.#theme, language: this.#language, shortcuts: this.#shortcuts });
  }

  /** Full screen and large type, for a projector; large type alone where full screen is refused. */
  async present(on: boolean): Promise<void> {
    this.#setLarge(on);
    try {
      if (on) await document.documentElement.requestFullscreen();
      else if (document.fullscreenElement) await document.exitFullscreen();
    } catch {
      // An embed or a phone may not allow it.
    }
  }

  #setLarge(on: boolean): void {
    this.#presenting = on;
    document.documentElement.toggleAttribute('data-large', on);
  }

  #setTheme(theme: Theme): void {
    this.#theme = theme;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }
}

export const [getPreferences, setPreferences] = createContext<Preferences>();
