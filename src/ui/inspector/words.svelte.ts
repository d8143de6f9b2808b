import type { FieldId, GroupId, NoteId, ProofId } from '../../projection/inspect/index.ts';
import type { I18n } from '../i18n/i18n.svelte.ts';
import type { Language } from '../../scenario/language.ts';

type Texts = Readonly<Record<string, string>>;
type Loaders = Readonly<Record<string, () => Promise<Texts>>>;

// Long texts that nothing but the inspector needs: one language of them, when it is opened.
const explanations: Loaders = import.meta.glob<Texts>('../../projection/inspect/explain.*.json', {
  import: 'default',
});
const checks: Loaders = import.meta.glob<Texts>('./checks.*.json', { import: 'default' });

/** What fields, checks and commands mean, in the language of the page. Empty until loaded. */
export class Words {
  readonly #explanations: LateTexts;
  readonly #checks: LateTexts;

  constructor(i18n: I18n) {
    const of = (loaders: Loaders, stem: string) =>
      new LateTexts(i18n, (language) => loaders[`${stem}.${language}.json`]?.());
    this.#explanations = of(explanations, '../../projection/inspect/explain');
    this.#checks = of(checks, './checks');
  }

  /** Loads what the parts of a document mean, in the page's language. */
  load(): Promise<void> {
    return this.#explanations.load();
  }

  /** Loads the names of checks, in the page's language. */
  loadChecks(): Promise<void> {
    return this.#checks.load();
  }

  explanation(id: FieldId): string | null {
    return this.#explanations.texts[`explain_${id}`] ?? null;
  }

  group(id: GroupId): string {
    return this.#explanations.texts[`group_${id}`] ?? '';
  }

  note(id: NoteId): string {
    return this.#explanations.texts[`note_${id}`] ?? '';
  }

  proof(id: ProofId): string {
    return this.#explanations.texts[`proof_${id}`] ?? '';
  }

  /** What a check looks at, such as “Audience” for `token.audience`; its own name where there is no better. */
  check(id: string): string {
    return this.#checks.texts[`check_${id.replaceAll(/[.-]/g, '_')}`] ?? id;
  }
}

/** Texts that come when they are needed, one language at a time. */
class LateTexts {
  texts: Texts = $state.raw({});
  readonly #i18n: I18n;
  readonly #fetch: (language: Language) => Promise<Texts> | undefined;
  #language: Language | null = null;

  constructor(i18n: I18n, fetch: (language: Language) => Promise<Texts> | undefined) {
    this.#i18n = i18n;
    this.#fetch = fetch;
  }

  async load(): Promise<void> {
    const { language } = this.#i18n;
    if (language === this.#language) return;
    this.#language = language;
    const texts = (await this.#fetch(language)) ?? {};
    if (this.#language === language) this.texts = texts;
  }
}
