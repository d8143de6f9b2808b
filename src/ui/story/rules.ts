import type { Language } from '../../scenario/language.ts';

/** What each rule of the engine asks for, by its id. */
export type Rules = Readonly<Record<string, string>>;

// English needs none: the engine's own words say it.
const files = import.meta.glob<Rules>('./rules.*.json', { import: 'default' });

export async function loadRules(language: Language): Promise<Rules> {
  const load = files[`./rules.${language}.json`];
  return (await load?.().catch(() => null)) ?? {};
}
