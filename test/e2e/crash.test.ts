import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { Reader } from './support/reader.ts';
import { onPage, address, withChromium } from './support/suite.ts';
import { lessonCalled, stepCalled } from './support/texts.ts';

withChromium();

const rotation = lessonCalled('rotation');
const [first, second] = rotation.steps;
const third = stepCalled(rotation, 'when');

/** Puts a line before the code of the world's thread. */
async function spoilWorker(page: Page, line: string): Promise<void> {
  await page.route('**/assets/simulation.worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${line}\n${await response.text()}` });
  });
}

onPage(
  'a world that ends says so, keeps what it showed, and starts again at the same place',
  {},
  async (visited) => {
    const { page } = visited;
    const reader = new Reader(page, 'en');
    await spoilWorker(
      page,
      `self.addEventListener('message', ({ data }) => { if (data.type === 'go-to-step') throw new Error('out of luck'); });`,
    );
    await reader.open(address, rotation);
    await reader.arriveAt(first!);
    await reader.next(second!);
    const alert = page.getByRole('alert');
    await alert.getByRole('heading', { name: reader.text('crash_heading') }).waitFor();
    await alert.getByText('out of luck').waitFor();
    await reader.arriveAt(second!);
    await page.getByRole('button', { name: /^Pod order-.*spiffe:/ }).waitFor();

    await page.unrouteAll();
    await reader.button('crash_restart').click();
    await alert.waitFor({ state: 'detached' });
    await reader.arriveAt(second!);
    await reader.next(third);
    await reader.complete(third);
  },
);

onPage('a world that cannot be loaded says so, and starts when it can be', {}, async (visited) => {
  const { page } = visited;
  const reader = new Reader(page, 'ko');
  await page.route('**/assets/simulation.worker-*.js', (route) => route.abort('aborted'));
  await reader.open(address, rotation);
  await page
    .getByRole('alert')
    .getByRole('heading', { name: reader.text('crash_heading') })
    .waitFor();
  await page.unrouteAll();
  await reader.button('crash_restart').click();
  await reader.arriveAt(first!);
  expect(await page.getByRole('alert').count()).toBe(0);
});

onPage('a part of the page that cannot be loaded can be asked for again', {}, async ({ page }) => {
  const reader = new Reader(page, 'en');
  await page.route('**/assets/LessonPage-*.js', (route) => route.abort('aborted'));
  await reader.open(address, rotation);
  await page.getByRole('alert').getByText(reader.text('load_failed')).waitFor();
  await page.unrouteAll();
  await reader.button('try_again').click();
  await reader.arriveAt(first!);
});
