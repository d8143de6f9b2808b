import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const suite = (name: string, include: string, rest: object = {}) => ({
  extends: true as const,
  test: { name, environment: 'node', include: [include], ...rest },
});

export default defineConfig({
  plugins: [svelte()],
  test: {
    // A run under load is slow, not wrong: how long things take is the bench's question.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      suite('unit', 'test/{core,trace,sim,mesh,scenario,projection,terminal,ui*,setup,bench}/**/*.test.ts'),
      suite('cli', 'test/cli/**/*.test.ts'),
      suite('lessons', 'test/lessons/**/*.test.ts'),
      suite('interop', 'test/interop/**/*.test.ts', { testTimeout: 120_000 }),
      suite('e2e', 'test/e2e/**/*.test.ts', {
        testTimeout: 240_000,
        hookTimeout: 120_000,
        globalSetup: ['test/e2e/support/global-setup.ts'],
        maxWorkers: 2,
      }),
    ],
  },
});
