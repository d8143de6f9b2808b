import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { root } from './dist.ts';

export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

const messages = Object.fromEntries(
  languages.map((language) => [language, JSON.parse(readFileSync(messagesOf(language), 'utf8')) as unknown]),
) as Readonly<Record<Language, Readonly<Record<string, string>>>>;

/** A text of the page, as the reader sees it. */
export function textOf(
  language: Language,
  key: string,
  values: Readonly<Record<string, unknown>> = {},
): string {
  const text = messages[language][key];
  if (text === undefined) throw new Error(`no text ${key} in ${language}`);
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

export interface LessonFile {
  readonly id: string;
  readonly title: Readonly<Record<Language, string>>;
  readonly steps: readonly LessonStep[];
}

export interface LessonStep {
  readonly id: string;
  readonly title: Readonly<Record<Language, string>>;
  readonly ask?: { readonly options: readonly { readonly correct?: boolean }[] };
  readonly focus?: readonly string[];
  readonly goal?: { readonly hints: readonly unknown[] };
}

export const lessons: readonly LessonFile[] = readdirSync(`${root}scenarios`)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => parse(readFileSync(`${root}scenarios/${name}`, 'utf8')) as LessonFile);

export function lessonCalled(id: string): LessonFile {
  const lesson = lessons.find((known) => known.id === id);
  if (lesson === undefined) throw new Error(`no lesson ${id}`);
  return lesson;
}

export function stepCalled({ id: lesson, steps }: LessonFile, id: string): LessonStep {
  const step = steps.find((known) => known.id === id);
  if (step === undefined) throw new Error(`no step ${id} in ${lesson}`);
  return step;
}

function messagesOf(language: Language): string {
  return `${root}src/ui/i18n/messages/${language}.json`;
}
