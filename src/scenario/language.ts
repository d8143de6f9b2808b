/** Languages every text of a lesson must be written in. A new one is added here and as a key of each text. */
export const languages = ['en', 'ko'] as const;

export type Language = (typeof languages)[number];

/** One value per language. */
export type Localized<T> = Readonly<Record<Language, T>>;

/** Builds a value per language from a function of the language. */
export function localize<T>(make: (language: Language) => T): Localized<T> {
  return Object.fromEntries(languages.map((language) => [language, make(language)])) as Record<Language, T>;
}
