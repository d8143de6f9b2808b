import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { languages } from '../../src/scenario/language.ts';

const folder = new URL('../../src/ui/i18n/', import.meta.url);
const read = (path: string) =>
  JSON.parse(readFileSync(new URL(path, folder), 'utf8')) as Record<string, string>;
const english = read('messages/en.json');
const inputsOf = (text: string | undefined) => [...new Set(text?.match(/\{\w+\}/g))].sort();

it('the languages of the page are those of the lessons', () => {
  expect(read('project.inlang/settings.json')['locales']).toEqual(languages);
});

describe.each(languages.filter((language) => language !== 'en'))('%s', (language) => {
  const texts = read(`messages/${language}.json`);

  it('has every text that English has, and no other', () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort());
  });

  it('puts the same things into each text', () => {
    const different = Object.keys(english).filter(
      (key) => inputsOf(english[key]).join() !== inputsOf(texts[key]).join(),
    );
    expect(different).toEqual([]);
  });

  it('leaves no text empty', () => {
    expect(Object.keys(texts).filter((key) => texts[key]?.trim() === '')).toEqual([]);
  });
});
