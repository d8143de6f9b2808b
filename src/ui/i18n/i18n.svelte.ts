import { createContext } from 'svelte';
import { languages, type Language } from '../../scenario/language.ts';
import type { m } from './compiled/messages.js';

type Compiled = typeof m;

/** Every text of the page as a function of what is put into it. */
export type Messages = {
  readonly [K in keyof Compiled]: Compiled[K] extends (...all: infer A) => unknown
    ? (...inputs: First<A>) => string
    : never;
};
/** The inputs, without the choice of a language that the compiler adds: it is chosen for the whole page. */
type First<A> = A extends [inputs: infer I, ...rest: unknown[]] ? [inputs: I] : [];

/** Parts to put into a text whose key is only known while the page runs. */
export type TextInputs = Readonly<Record<string, string | number>>;

// One module per language, loaded when it is asked for; `_index` would hold them all.
const modules = import.meta.glob<Messages>(['./compiled/messages/*.js', '!./compiled/messages/_index.js']);

async function loadMessages(language: Language): Promise<Messages> {
  const load = modules[`./compiled/messages/${language}.js`];
  if (!load) throw new Error(`no messages for "${language}"`);
  return load();
}

/** The language of the page and its texts. Read `m` inside markup or `$derived`: it changes with the language. */
export class I18n {
  #language: Language;
  #messages: Messages;

  private constructor(language: Language, messages: Messages) {
    this.#language = $state.raw(language);
    this.#messages = $state.raw(messages);
  }

  static async load(language: Language): Promise<I18n> {
    return new I18n(language, await loadMessages(language));
  }

  get language(): Language {
    return this.#language;
  }

  get m(): Messages {
    return this.#messages;
  }

  /** Loads a language and changes to it; texts stay as they are until it is there. */
  async change(language: Language): Promise<void> {
    this.#messages = await loadMessages(language);
    this.#language = language;
    document.documentElement.lang = language;
  }

  /** The text of a key that is composed at run time, such as `explain_serialNumber`; null where there is none. */
  find(key: string, inputs: TextInputs = {}): string | null {
    const message = (
      this.#messages as unknown as Record<string, ((inputs: TextInputs) => string) | undefined>
    )[key];
    return message ? message(inputs) : null;
  }
}

export const [getI18n, setI18n] = createContext<I18n>();

/** The language a reader most probably wants: of the address, of the last visit, of the browser. */
export function preferredLanguage(...wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const language = languages.find((known) => wish?.toLowerCase().split('-')[0] === known);
    if (language) return language;
  }
  return 'en';
}
