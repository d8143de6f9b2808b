import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const belowViews = ['core', 'trace', 'sim', 'mesh', 'scenario', 'projection', 'terminal'].map(
  (room) => `src/${room}/**/*.ts`,
);

const pageGlobals = [
  'document',
  'window',
  'navigator',
  'location',
  'localStorage',
  'sessionStorage',
  'indexedDB',
];
const timers = ['setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame', 'queueMicrotask'];
const nodeGlobals = ['process', 'Buffer', 'require', '__dirname', '__filename'];

/** The world owns time and chance; what is below the views runs in Node, a page and a worker alike. */
const worldRules = {
  'no-restricted-globals': [
    'error',
    ...pageGlobals.map((name) => ({ name, message: 'Below ui/ there is no page.' })),
    ...timers.map((name) => ({ name, message: "Time is the world's: use its clock." })),
    ...nodeGlobals.map((name) => ({ name, message: 'Below cli/ code runs in a page too.' })),
    { name: 'performance', message: 'Real time is an input: take a function.' },
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: "Time is the world's: pass a Date in." },
    { object: 'Math', property: 'random', message: "Chance is the world's: use a seeded stream." },
    ...['setTimeout', 'setInterval', 'document', 'window', 'performance'].map((property) => ({
      object: 'globalThis',
      property,
      message: 'Below ui/ the world owns time, and there is no page.',
    })),
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: 'The wall clock is no input: pass a Date in.',
    },
    {
      selector: "CallExpression[callee.name='Date']",
      message: 'The wall clock is no input: pass a Date in.',
    },
  ],
  'no-console': 'error',
};

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'src/ui/i18n/compiled/', 'src/ui/i18n/project.inlang/cache/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-undef': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      // Indexes that are in range by construction; noUncheckedIndexedAccess sees to the others.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'AssignmentExpression > MemberExpression.left[property.name=/^(innerHTML|outerHTML)$/]',
          message: 'Nothing is rendered as HTML.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/no-at-debug-tags': 'error',
      'svelte/require-each-key': 'error',
    },
  },
  { files: belowViews, rules: worldRules },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
