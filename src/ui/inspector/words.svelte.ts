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
  readonly #i18n: I18n;
  #texts: Texts = $state.raw({});
  #language: Language | null = null;

  constructor(i18n: I18n) {
    this.#i18n = i18n;
  }

  /** Loads the texts of the page's language where they are not there yet. */
  async load(): Promise<void> {
    const { language } = this.#i18n;
    if (language === this.#language) return;
    this.#language = language;
    const parts = await Promise.all([
      explanations[`../../projection/inspect/explain.${language}.json`]?.(),
      checks[`./checks.${language}.json`]?.(),
    ]);
    if (this.#language === language) this.#texts = { ...parts[0], ...parts[1] };
  }

  explanation(id: FieldId): string | null {
    return this.#texts[`explain_${id}`] ?? null;
  }

  group(id: GroupId): string {
    return this.#texts[`group_${id}`] ?? '';
  }

  note(id: NoteId): string {
    return this.#texts[`note_${id}`] ?? '';
  }

  proof(id: ProofId): string {
    return this.#texts[`proof_${id}`] ?? '';
  }

  /** What a check looks at, such as “Audience” for `token.audience`; its own name where there is no better. */
  check(id: string): string {
    return this.#texts[`check_${id.replaceAll(/[.-]/g, '_')}`] ?? id;
  }
}
