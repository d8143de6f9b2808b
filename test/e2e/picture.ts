/** Takes the picture of the README anew: `npm run screenshot`. */
import { fileURLToPath } from 'node:url';
import { launchChromium, visit } from './support/browser.ts';
import { dist, ensureDist } from './support/dist.ts';
import { Reader } from './support/reader.ts';
import { serve } from './support/server.ts';
import { lessonCalled } from './support/texts.ts';

const picture = fileURLToPath(new URL('pictures/lesson.png', import.meta.url));
const lesson = lessonCalled('identity-birth');
const shown = lesson.steps.findIndex(({ id }) => id === 'the-delivery');

await ensureDist();
const server = await serve(dist);
const browser = await launchChromium();
const { page } = await visit(browser, { colorScheme: 'light', viewport: { width: 1440, height: 900 } });
const reader = new Reader(page, 'en');
await reader.open(server.address, lesson);
for (const [i, step] of lesson.steps.slice(0, shown + 1).entries()) {
  if (i > 0) await reader.next(step);
  await reader.complete(step);
}
await page.getByRole('tab', { name: reader.text('inspector_tab_fields') }).waitFor();
await page.waitForLoadState('networkidle');
await page.screenshot({ path: picture });
await browser.close();
await server.close();
