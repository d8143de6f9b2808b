// Every check that `npm test` makes, in order. All run programs of node_modules, so that Windows needs no shell.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from './run.mjs';

const bin = (path, ...args) => [process.execPath, join(root, 'node_modules', path), ...args];
const tsc = (project) => bin('typescript/bin/tsc', '--noEmit', '-p', project);
const suite = (name) => ({
  name,
  suite: name,
  commands: [bin('vitest/vitest.mjs', 'run', '--project', name)],
});

/**
 * `together`: two at a time, as each keeps one core busy. `suite`: the vitest project whose tests are counted.
 * `tools`: needs Chromium, OpenSSL or tshark.
 */
export const checks = [
  {
    name: 'format',
    what: 'prettier',
    together: true,
    commands: [bin('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.')],
  },
  {
    name: 'lint',
    what: 'eslint',
    together: true,
    commands: [bin('eslint/bin/eslint.js', '--max-warnings=0', '.')],
  },
  {
    name: 'types',
    what: 'TypeScript, and core/ without a DOM',
    together: true,
    commands: [tsc('tsconfig.json'), tsc('src/core/tsconfig.json')],
  },
  {
    name: 'svelte',
    what: 'svelte-check',
    together: true,
    commands: [
      bin(
        'svelte-check/bin/svelte-check',
        '--tsconfig',
        'tsconfig.json',
        '--fail-on-warnings',
        '--output',
        'human',
      ),
    ],
  },
  {
    name: 'imports',
    what: 'direction of imports',
    together: true,
    commands: [
      bin('dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.js', 'src'),
    ],
  },
  {
    name: 'unused',
    what: 'knip: code, files and packages nobody uses',
    together: true,
    commands: [bin('knip/bin/knip.js', '--no-progress')],
  },
  { ...suite('unit'), what: 'unit tests' },
  { ...suite('lessons'), what: 'every lesson, headless', together: true },
  { ...suite('cli'), what: 'the command line', tools: true, together: true },
  { ...suite('interop'), what: 'openssl, tshark and jose agree', tools: true, together: true },
  {
    name: 'build',
    what: 'vite build',
    together: true,
    commands: [bin('vite/bin/vite.js', 'build', '--logLevel', 'warn')],
  },
  {
    ...suite('e2e'),
    name: 'browser',
    what: 'the built page in Chromium',
    tools: true,
    env: { DIST_IS_BUILT: '1' },
  },
];

export const atOnce = Math.min(2, availableParallelism());
