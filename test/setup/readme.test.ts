import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');

const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .filter((path) => /\.(ts|svelte)$/.test(path) && !path.includes('/compiled/'));

const simplified = sources.filter((path) => readFileSync(root + path, 'utf8').includes('Simplified:'));

test('there are simplifications to tell of', () => {
  expect(simplified.length).toBeGreaterThan(10);
});

test.each(simplified)('the README tells how %s is simplified', (path) => {
  expect(readme).toContain(`\`${path}\``);
});

test('every file that the README names is there', () => {
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)\s]+)\)/g)].map(([, path]) => path!);
  const files = [...readme.matchAll(/`((?:src|test|scenarios)\/[\w./-]*)`/g)].map(([, path]) => path!);
  expect(files.length).toBeGreaterThan(10);
  expect([...links, ...files].filter((path) => !existsSync(root + path))).toEqual([]);
});

test('every npm script that is told of exists', () => {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    scripts: Record<string, string>;
  };
  const contributing = readFileSync(`${root}CONTRIBUTING.md`, 'utf8');
  const told = [...`${readme}${contributing}`.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name!);
  expect(told.filter((name) => !(name in scripts))).toEqual([]);
});
