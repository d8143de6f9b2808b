import { createContext } from 'svelte';
import type { Refusal } from '../../projection/verify/walk-model.ts';
import type { Language } from '../../scenario/language.ts';
import type { I18n } from '../i18n/i18n.svelte.ts';
import type page from './page.en.json';
import type walk from './walk.en.json';

export type WalkKey = keyof typeof walk;
type Key = WalkKey | keyof typeof page;
type Texts = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, string | number>>;
type Loaders = Readonly<Record<string, () => Promise<Texts>>>;

// Only who looks at a verification needs them, and in one language.
const loaders: Loaders = import.meta.glob<Texts>(
  ['./page.*.json', './walk.*.json', '../inspector/checks.*.json'],
  { import: 'default' },
);

const stems = { page: './page', walk: './walk', checks: '../inspector/checks' } as const;

/** What is said about verifications, in the language of the page. */
export class VerifyTexts {
  readonly #i18n: I18n;
  readonly #stems: readonly string[];
  #texts: Texts = $state.raw({});
  #language: Language | null = $state(null);

  /** @param parts `walk` alone where the page is not shown */
  constructor(i18n: I18n, parts: 'page' | 'walk') {
    this.#i18n = i18n;
    this.#stems = parts === 'page' ? [stems.checks, stems.walk, stems.page] : [stems.checks, stems.walk];
  }

  /** Loads the texts of the page's language; those of the language before stay until they are there. */
  async load(): Promise<void> {
    const { language } = this.#i18n;
    if (language === this.#language) return;
    const parts = await Promise.all(
      this.#stems.flatMap((stem) => loaders[`${stem}.${language}.json`]?.() ?? []),
    );
    if (language !== this.#i18n.language) return;
    this.#texts = Object.assign({}, ...parts) as Texts;
    this.#language = language;
  }

  get ready(): boolean {
    return this.#language !== null;
  }

  say(key: Key, values: Values = {}): string {
    return fill(this.#texts[key] ?? '', values);
  }

  /** What a check looks at; its own name where there is no better. */
  check(id: string): string {
    return this.#texts[`check_${id.replaceAll(/[.-]/g, '_')}`] ?? id;
  }

  /** What a check is for. */
  why(id: string): string {
    return this.#texts[`why_${id.replaceAll(/[.-]/g, '_')}`] ?? '';
  }

  /** A refusal as a sentence. */
  refusal({ kind, variant, values }: Refusal): string {
    const own = variant === null ? undefined : this.#texts[`error_${kind}_${variant}`];
    return fill(own ?? this.#texts[`error_${kind}`] ?? kind, values);
  }
}

/** A value may hold braces itself, and is not filled again. */
function fill(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

export const [getVerifyTexts, setVerifyTexts] = createContext<VerifyTexts>();
