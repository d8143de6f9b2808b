import type { Language } from '../../scenario/language.ts';
import type { I18n } from '../i18n/i18n.svelte.ts';

type Texts = Readonly<Record<string, string>>;

/** Texts of a view that not everybody opens, in the language of the page; only that language is fetched. */
export class LateTexts<Key extends string> {
  readonly #i18n: I18n;
  readonly #loaders: Readonly<Record<string, () => Promise<Texts>>>;
  #texts: Texts = $state.raw({});
  #language: Language | null = $state(null);

  /** @param loaders by file name, as `import.meta.glob('./texts.*.json')` gives them */
  constructor(i18n: I18n, loaders: Readonly<Record<string, () => Promise<Texts>>>) {
    this.#i18n = i18n;
    this.#loaders = loaders;
  }

  /** Loads the texts of the page's language; those of the language before stay until they are there. */
  async load(): Promise<void> {
    const { language } = this.#i18n;
    if (language === this.#language) return;
    const texts = await this.#loaders[`./texts.${language}.json`]?.();
    if (language !== this.#i18n.language || !texts) return;
    this.#texts = texts;
    this.#language = language;
  }

  get ready(): boolean {
    return this.#language !== null;
  }

  say(key: Key, params: Readonly<Record<string, string | number>> = {}): string {
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
