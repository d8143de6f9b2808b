import { svelte } from '@sveltejs/vite-plugin-svelte';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { defineConfig, type Plugin } from 'vite';
import { parse } from 'yaml';
import { inGalleryOrder, summarize } from './src/scenario/catalogue.ts';
import type { LessonSummary } from './src/ui/gallery/summary.ts';

const run = promisify(execFile);

/** Compiles the messages before anything imports them, and again when a language file changes. */
function messages(): Plugin {
  const compile = () => run(process.execPath, ['test/setup/compile-messages.mjs']);
  return {
    name: 'svidlab:messages',
    enforce: 'pre',
    async buildStart() {
      await compile();
    },
    configureServer(server) {
      server.watcher.on('change', (file) => {
        if (file.includes('i18n/messages/')) void compile();
      });
    },
  };
}

const catalogueId = 'virtual:lesson-catalogue';

/** What the gallery shows of every lesson, so that it loads none of them. */
function lessonCatalogue(): Plugin {
  const folder = new URL('scenarios/', import.meta.url);
  const resolved = `\0${catalogueId}`;
  return {
    name: 'svidlab:lesson-catalogue',
    resolveId: (id) => (id === catalogueId ? resolved : null),
    load(id) {
      if (id !== resolved) return null;
      const summaries = readdirSync(folder)
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => {
          const file = new URL(name, folder);
          this.addWatchFile(file.pathname);
          return summarise(name, readFileSync(file, 'utf8'));
        });
      return `export const catalogue = ${JSON.stringify(inGalleryOrder(summaries))};`;
    },
  };
}

function summarise(file: string, text: string): LessonSummary {
  const { steps } = parse(text) as { steps: { id: string }[] };
  return { ...summarize(text), file, stepIds: steps.map(({ id }) => id) };
}

/** The development server styles the page by inline elements, which the policy of the built page forbids. */
function policyOnlyWhenBuilt(): Plugin {
  return {
    name: 'svidlab:policy-only-when-built',
    apply: 'serve',
    transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/s, ''),
  };
}

export default defineConfig({
  // Relative, so that the built page works from any path of any static host.
  base: './',
  plugins: [messages(), lessonCatalogue(), policyOnlyWhenBuilt(), svelte()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Data URIs would need an exception in the page's content policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
