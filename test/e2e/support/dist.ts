import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Where the built page is; `DIST` names another folder, for a trial beside a build that is in use. */
export const dist = process.env['DIST'] ?? `${root}dist`;

/** Builds the page, unless the caller has just done so and says so (`DIST_IS_BUILT`). */
export async function ensureDist(): Promise<void> {
  if (process.env['DIST_IS_BUILT'] && existsSync(`${dist}/index.html`)) return;
  await build({ root, logLevel: 'warn', build: { outDir: dist, emptyOutDir: true } });
}
