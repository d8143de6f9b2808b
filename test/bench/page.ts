import { extname } from 'node:path';
import { launchChromium, visit } from '../e2e/support/browser.ts';
import { dist, ensureDist } from '../e2e/support/dist.ts';
import { serve, type StaticServer } from '../e2e/support/server.ts';
import { type Bench, lower } from './bench.ts';

export const page: Bench = {
  name: 'page',
  what: 'what the browser loads: the first page, and a lesson that runs',
  async run(note) {
    await ensureDist();
    const server = await serve(dist);
    const browser = await launchChromium();
    try {
      const { page: tab, close } = await visit(browser);
      await tab.goto(server.address);
      await tab.waitForLoadState('networkidle');
      const first = codeOf(server);
      await tab.goto(`${server.address}#/lesson/identity-birth`);
      await tab.getByRole('heading', { level: 1 }).first().waitFor();
      await tab.waitForLoadState('networkidle');
      const lesson = codeOf(server);
      for (const [path, bytes] of server.served) note(`${path} ${(bytes / 1000).toFixed(1)} kB`);
      await close();
      return [
        lower('first page, JS and CSS over the wire', first / 1000, 'kB', 60),
        lower('with a lesson running', lesson / 1000, 'kB', 220),
      ];
    } finally {
      await browser.close();
      await server.close();
    }
  },
};

/** Gzip bytes of scripts (the worker's too) and styles that were asked for so far. */
function codeOf(server: StaticServer): number {
  return [...server.served]
    .filter(([path]) => ['.js', '.css'].includes(extname(path)))
    .reduce((sum, [, bytes]) => sum + bytes, 0);
}
