import type { Language } from '../../scenario/language.ts';
import type { I18n } from '../i18n/i18n.svelte.ts';
import type english from './texts.en.json';

export type TextKey = keyof typeof english;
type Texts = Readonly<Record<string, string>>;

// Only who opens a handshake needs them, and in one language.
const loaders: Readonly<Record<string, () => Promise<Texts>>> = import.meta.glob<Texts>('./texts.*.json', {
  import: 'default',
});

/** What the handshake view says, in the language of the page. */
export class HandshakeTexts {
  readonly #i18n: I18n;
  #texts: Texts = $state.raw({});
  #language: Language | null = $state(null);

  constructor(i18n: I18n) {
    this.#i18n = i18n;
  }

  /** Loads the texts of the page's language; those of the language before stay until they are there. */
  async load(): Promise<void> {
    const { language } = this.#i18n;
    if (language === this.#language) return;
    const texts = await loaders[`./texts.${language}.json`]?.();
    if (language !== this.#i18n.language || !texts) return;
    this.#texts = texts;
    this.#language = language;
  }

  get ready(): boolean {
    return this.#language !== null;
  }

  say(key: TextKey, params: Readonly<Record<string, string | number>> = {}): string {
    return fill(this.#texts[key] ?? '', params);
  }

  /** A text whose key is composed at run time; null where there is none. */
  find(key: string, params: Readonly<Record<string, string | number>> = {}): string | null {
    const text = this.#texts[key];
    return text === undefined ? null : fill(text, params);
  }
}

function fill(text: string, params: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));
}
