import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import { formatScenarioError } from '../../src/scenario/error.ts';
import { summarize } from '../../src/scenario/catalogue.ts';
import { languages } from '../../src/scenario/language.ts';
import { loadLesson, type LoadedLesson } from '../../src/scenario/load.ts';
import { plainText, referencesOf } from '../../src/scenario/markdown/walk.ts';
import { formatReference } from '../../src/scenario/reference.ts';
import { runHeadless, runThrough } from '../../src/scenario/run/headless.ts';
import { resolveReference } from '../../src/ui/player/resolve.ts';
import { shapeOf } from '../scenario/shape.ts';

const folder = new URL('../../scenarios/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const texts = new Map(files.map((file) => [file, readFileSync(new URL(file, folder), 'utf8')]));
const catalogue = files.map((file) => basename(file, '.yaml'));
const provider = nativeCrypto;

function load(file: string): LoadedLesson {
  const result = loadLesson(texts.get(file) ?? '', { file });
  if (!result.ok) throw new Error(result.errors.map(formatScenarioError).join('\n'));
  return result.loaded;
}

test('lessons have places of their own in the gallery', () => {
  const places = [...texts.values()].map(summarize).map(({ track, order }) => `${track} ${order}`);
  expect(new Set(places).size).toBe(places.length);
});

describe.each(files)('%s', (file) => {
  test('loads, and is named after its id', () => {
    const { lesson } = load(file);
    expect(lesson.id).toBe(basename(file, '.yaml'));
  });

  test('names only lessons that exist as prerequisites', () => {
    const result = loadLesson(texts.get(file) ?? '', { file, catalogue });
    expect(result.ok ? [] : result.errors.map(formatScenarioError)).toEqual([]);
  });

  test('says something in every language, at most 60 words a step', () => {
    const { view } = load(file);
    for (const step of view.steps) {
      for (const language of languages) expect(plainText(step.say[language]).trim()).not.toBe('');
      const words = plainText(step.say.en).split(/\s+/).length;
      expect(words, `step "${step.id}" has ${words} words`).toBeLessThanOrEqual(60);
    }
  });

  test('points at the same things in every language', () => {
    const { view } = load(file);
    for (const step of view.steps) {
      const [first, ...others] = languages.map((language) => pointsOf(step.say[language]));
      for (const other of others) expect(other, `step "${step.id}"`).toEqual(first);
    }
  });

  test('meets its own expectations, and its goals are reached by their solutions only', async () => {
    const report = await runHeadless(load(file), { provider });
    expect(report.problems).toEqual([]);
    expect(report.expectations).toBeGreaterThan(0);
  });

  test('can be gone through with the goals passed over', async () => {
    const report = await runHeadless(load(file), { provider, goals: 'skip' });
    expect(report.problems).toEqual([]);
  });

  test('has a handshake to show wherever a step opens one', async () => {
    const loaded = load(file);
    const { run } = await runThrough(loaded, { provider, goals: 'skip' });
    const { entries = [] } = run?.mesh.trace ?? {};
    for (const { id, focus } of loaded.view.steps) {
      const cursor = run?.marks.find(({ stepId }) => stepId === id)?.afterSeq ?? 0;
      for (const reference of focus.filter(({ type }) => type === 'handshake')) {
        const target = resolveReference(reference, { entries, cursor, artefacts: new Map() });
        expect(target, `step "${id}", ${formatReference(reference)}`).toMatchObject({ type: 'handshake' });
      }
    }
    run?.stop();
  });

  test('tells the same story twice', async () => {
    const stories: string[][] = [];
    for (let round = 0; round < 2; round++) {
      const { run } = await runThrough(load(file), { provider });
      stories.push(shapeOf(run?.mesh.trace.entries ?? []));
      run?.stop();
    }
    expect(stories[1]).toEqual(stories[0]);
    expect(stories[0]?.length).toBeGreaterThan(0);
  });
});

/** What a text points at, each thing once: sentences of two languages put them in different orders. */
function pointsOf(blocks: Parameters<typeof referencesOf>[0]): string[] {
  return [...new Set(referencesOf(blocks).map(formatReference))].sort();
}
