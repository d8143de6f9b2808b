import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Rooms into which time, chance and the outside world come as arguments only. */
const pure = ['core', 'trace', 'sim', 'mesh', 'scenario', 'projection', 'terminal'].map(
  (room) => `src/${room}/**/*.ts`,
);

const wallClock = 'Time is an input below ui/: take `atMs` or a Date.';
const chance = 'Chance is an input below ui/: take a RandomStream, or a CryptoProvider for keys.';
const timers = "Waiting is the world's: use its clock.";
const page = 'There is no page below ui/: this code also runs in Node and in workers.';
const node = 'Only cli/ and test/ may use Node: this code also runs in a page.';
const network = 'svidlab talks to no network.';
const machine = 'Depends on the time zone or the language of the machine: use the UTC or the ISO form.';
const markup = 'Text never becomes markup: render elements.';

const named = (names, message) => names.map((name) => ({ name, message }));

const forbiddenGlobals = [
  ...named(['performance'], wallClock),
  ...named(
    [
      'setTimeout',
      'setInterval',
      'setImmediate',
      'requestAnimationFrame',
      'requestIdleCallback',
      'queueMicrotask',
    ],
    timers,
  ),
  ...named(
    ['document', 'window', 'self', 'navigator', 'location', 'localStorage', 'sessionStorage', 'indexedDB'],
    page,
  ),
  ...named(['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'], network),
  ...named(['Buffer', 'process', 'global', 'require', '__dirname', '__filename'], node),
];
const exceptNamed = (entries, name) => entries.filter((entry) => entry.name !== name);
const keysWithoutProvider = named(['crypto'], chance);

const noGlobals = (names) => ['error', { globals: names, checkGlobalObject: true }];

const forbiddenProperties = [
  { object: 'Date', property: 'now', message: wallClock },
  { object: 'Math', property: 'random', message: chance },
];
const markupProperties = [
  'innerHTML',
  'outerHTML',
  'insertAdjacentHTML',
  'srcdoc',
  'createContextualFragment',
].map((property) => ({ property, message: markup }));

const localDateMethods =
  '/^((get|set)(FullYear|Month|Date|Day|Hours|Minutes|Seconds)|getTimezoneOffset|toLocale(String|DateString|TimeString)|localeCompare)$/';
const forbiddenSyntax = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: wallClock },
  { selector: 'CallExpression[callee.name="Date"]', message: wallClock },
  { selector: `MemberExpression[property.name=${localDateMethods}]`, message: machine },
];

export default ts.config(
  { ignores: ['dist/', 'coverage/', 'test-results/', 'src/ui/i18n/compiled/'] },
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.es2023 } },
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-properties': ['error', ...markupProperties],
      'no-undef': 'off',
      'no-unused-vars': 'off',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      // For indexes that are in range by construction; noUncheckedIndexedAccess sees to the others.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          destructuredArrayIgnorePattern: '^_',
          ignoreRestSiblings: true,
        },
      ],
      'svelte/no-at-html-tags': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'SvelteAttribute[key.name="style"]',
          message: 'The content policy forbids style attributes: use style:name={value} or a class.',
        },
      ],
      // `{' '}` keeps a space that the formatter would lose.
      'svelte/no-useless-mustaches': 'off',
      // Warnings of the compiler are svelte-check's; this rule does not see what their comments are for.
      'svelte/no-unused-svelte-ignore': 'off',
      // Plain collections are meant: a counter announces what changes in them.
      'svelte/prefer-svelte-reactivity': 'off',
      'svelte/require-each-key': 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.svelte'],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/only-throw-error': 'error',
    },
  },
  {
    // svelte-check knows the types of components and of the compiled texts; the linter sees `any` there.
    files: ['src/ui/**', 'src/embed/**'],
    rules: Object.fromEntries(
      ['argument', 'assignment', 'call', 'member-access', 'return'].map((what) => [
        `@typescript-eslint/no-unsafe-${what}`,
        'off',
      ]),
    ),
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: pure,
    rules: {
      'no-restricted-globals': noGlobals([...forbiddenGlobals, ...keysWithoutProvider]),
      'no-restricted-properties': ['error', ...markupProperties, ...forbiddenProperties],
      'no-restricted-syntax': ['error', ...forbiddenSyntax],
    },
  },
  {
    // Where the platform's WebCrypto comes in.
    files: ['src/core/crypto/provider.ts'],
    rules: { 'no-restricted-globals': noGlobals(forbiddenGlobals) },
  },
  {
    // Turns of the event loop, which carry no time.
    files: ['src/sim/macrotask.ts'],
    rules: {
      'no-restricted-globals': noGlobals([
        ...exceptNamed(forbiddenGlobals, 'setImmediate'),
        ...keysWithoutProvider,
      ]),
    },
  },
  {
    files: ['src/ui/**', 'src/embed/**', ...pure],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^node:', message: node }] }] },
  },
  {
    files: ['src/cli/**', 'test/**', '*.js', '*.ts'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**'],
    rules: { 'max-lines': 'off' },
  },
);
