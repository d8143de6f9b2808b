import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';

const eslint = new ESLint({
  // Type-aware rules need files on disk; what is linted here is text.
  overrideConfig: {
    files: ['**/*.ts', '**/*.svelte'],
    languageOptions: { parserOptions: { projectService: false } },
  },
  ruleFilter: ({ ruleId }) => !typeAware.has(ruleId),
});
const typeAware = new Set(
  [
    'await-thenable',
    'no-floating-promises',
    'no-misused-promises',
    'no-unsafe-argument',
    'no-unsafe-assignment',
    'no-unsafe-call',
    'no-unsafe-member-access',
    'no-unsafe-return',
    'only-throw-error',
  ].map((name) => `@typescript-eslint/${name}`),
);

async function rulesBrokenBy(code: string, filePath: string): Promise<readonly (string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return result?.messages.map(({ ruleId }) => ruleId) ?? [];
}

const rooms = ['core/pki', 'trace', 'sim', 'mesh', 'scenario/run', 'projection', 'terminal'];

const forbidden: readonly (readonly [what: string, code: string, rule: string])[] = [
  ['the wall clock', 'export const at = Date.now();', 'no-restricted-properties'],
  ['a date of now', 'export const at = new Date();', 'no-restricted-syntax'],
  ['a date of now as text', 'export const at = Date();', 'no-restricted-syntax'],
  ['the real time that has passed', 'export const at = performance.now();', 'no-restricted-globals'],
  ['the same by another name', 'export const at = globalThis.performance.now();', 'no-restricted-globals'],
  ['chance without a seed', 'export const n = Math.random();', 'no-restricted-properties'],
  ['keys without a provider', 'export const k = crypto.subtle;', 'no-restricted-globals'],
  ['a timer', 'setTimeout(() => {}, 1);', 'no-restricted-globals'],
  ['a timer that repeats', 'setInterval(() => {}, 1);', 'no-restricted-globals'],
  ['the page', "document.querySelector('p');", 'no-restricted-globals'],
  ['the window', 'window.focus();', 'no-restricted-globals'],
  ["the page's storage", "localStorage.getItem('x');", 'no-restricted-globals'],
  ['Node', "import { readFileSync } from 'node:fs';\nexport { readFileSync };", 'no-restricted-imports'],
  ["Node's buffers", "export const b = Buffer.from('x');", 'no-restricted-globals'],
  ['the time zone of the machine', 'export const f = (d: Date) => d.getHours();', 'no-restricted-syntax'],
  ['the console', "console.error('x');", 'no-console'],
  ['the network', "export const r = fetch('https://example.org');", 'no-restricted-globals'],
];

describe.each(rooms)('in %s', (room) => {
  test.each(forbidden)('%s is refused', async (_what, code, rule) => {
    expect(await rulesBrokenBy(code, `src/${room}/example.ts`)).toContain(rule);
  });
});

test('a date that is given is welcome below the page', async () => {
  const code = 'export const at = (ms: number) => new Date(ms).toISOString();';
  expect(await rulesBrokenBy(code, 'src/core/pki/example.ts')).toEqual([]);
});

test.each([
  ['any', 'export const f = (x: any) => x;', 'example.ts', '@typescript-eslint/no-explicit-any'],
  ['text as markup', "document.body.innerHTML = 'x';", 'example.ts', 'no-restricted-properties'],
  ['text as code', "eval('1');", 'example.ts', 'no-eval'],
  ['text as a function', "export const f = new Function('return 1');", 'example.ts', 'no-new-func'],
  ['markup in a component', '{@html "<b>x</b>"}', 'Example.svelte', 'svelte/no-at-html-tags'],
  ['a style attribute', '<p style="color: red">x</p>', 'Example.svelte', 'no-restricted-syntax'],
])('in the page, %s is refused', async (_what, code, file, rule) => {
  expect(await rulesBrokenBy(code, `src/ui/${file}`)).toContain(rule);
});

test('a comment does not switch a rule off', async () => {
  const code = '// eslint-disable-next-line\nexport const at = Date.now();';
  expect(await rulesBrokenBy(code, 'src/core/pki/example.ts')).toContain('no-restricted-properties');
});

test('a promise that nobody awaits is refused', async () => {
  const config: unknown = await new ESLint().calculateConfigForFile('src/mesh/example.ts');
  expect(config).toHaveProperty(['rules', '@typescript-eslint/no-floating-promises', 0], 2);
});
