import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../src/', import.meta.url);
const source = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const read = (path: string): Record<string, string> => JSON.parse(source(path)) as Record<string, string>;
const parameters = (text: string | undefined) =>
  [...(text ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

const english = read('ui/verify/walk.en.json');
const checks = read('ui/inspector/checks.en.json');

describe.each(['walk', 'page'])('%s', (part) => {
  it('everything is said in both languages, of the same things', () => {
    const [en, ko] = [read(`ui/verify/${part}.en.json`), read(`ui/verify/${part}.ko.json`)];
    expect(Object.keys(ko)).toEqual(Object.keys(en));
    const different = Object.keys(en).filter(
      (key) => parameters(en[key]).join() !== parameters(ko[key]).join(),
    );
    expect(different).toEqual([]);
  });
});

it('every check of a chain has a name and a purpose', () => {
  const ids = [
    ...source('core/pki/check-clause.ts').matchAll(/^ {2}'((?:path|leaf|anchor|svid)\.\w+)'/gm),
  ].map(([, id]) => id!);
  expect(ids.length).toBeGreaterThan(25);
  const key = (id: string) => id.replaceAll('.', '_');
  expect(ids.filter((id) => !checks[`check_${key(id)}`] || !english[`why_${key(id)}`])).toEqual([]);
});

it('every refusal has a sentence', () => {
  const unions = source('core/pki/chain.ts') + source('core/pki/verify-spiffe-peer.ts');
  const kinds = new Set(
    [...unions.matchAll(/readonly kind: ((?:'[a-z-]+'(?: \| )?)+)/g)].flatMap(([, all]) =>
      all!.split(' | ').map((one) => one.slice(1, -1)),
    ),
  );
  expect(kinds.size).toBeGreaterThan(30);
  const said = Object.keys(english)
    .filter((key) => key.startsWith('error_'))
    .map((key) => key.slice(6).split('_')[0]);
  expect([...kinds].filter((kind) => !said.includes(kind))).toEqual([]);
});

it('every fault of a text has a sentence and a hint', () => {
  const page = read('ui/verify/page.en.json');
  const rules = [...source('projection/verify/read-bag.ts').matchAll(/^ {2}\| '([a-z0-9-]+)'/gm)].map(
    ([, rule]) => rule!,
  );
  expect(rules.length).toBeGreaterThan(10);
  expect(rules.filter((rule) => !page[`fault_${rule}`] || !page[`hint_${rule}`])).toEqual([]);
});
