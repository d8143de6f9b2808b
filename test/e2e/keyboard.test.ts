import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled } from './support/texts.ts';

withChromium();

/** Presses Tab until something has the focus, which must be seen to have it. */
async function tabTo(page: Page, wanted: Locator, key = 'Tab'): Promise<void> {
  await wanted.waitFor();
  for (let presses = 0; presses < 200; presses++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      expect(await wanted.evaluate((element) => element.matches(':focus-visible'))).toBe(true);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`Tab does not reach ${String(wanted)}`);
}

onPage('a lesson is taken with the keyboard alone', {}, async ({ page }) => {
  const birth = lessonCalled('identity-birth');
  const reader = new Reader(page, 'en');
  await page.goto(`${address}#/?lang=en`);
  await tabTo(
    page,
    page.getByRole('link', { name: reader.text('gallery_start', { title: birth.title.en }) }),
  );
  await page.keyboard.press('Enter');
  for (const [i, step] of birth.steps.entries()) {
    if (i > 0) await page.keyboard.press('ArrowRight');
    await reader.arriveAt(step);
    if (step.ask) {
      await tabTo(page, page.getByRole('radio').first());
      await page.keyboard.press('Space');
      const right = step.ask.options.findIndex(({ correct }) => correct === true);
      for (let down = 0; down < right; down++) await page.keyboard.press('ArrowDown');
      await tabTo(page, reader.button('ask_see'));
      await page.keyboard.press('Enter');
      await page.getByText(reader.text('ask_right'), { exact: true }).waitFor();
    }
    if (step.goal) {
      for (let left = step.goal.hints.length; left > 0; left--) {
        await tabTo(page, reader.button('goal_hint', { left }));
        await page.keyboard.press('Enter');
      }
      await tabTo(page, reader.button('goal_solution'));
      await page.keyboard.press('Enter');
      await tabTo(page, reader.button('goal_solve'));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: reader.text('goal_reached'), exact: true }).waitFor();
    }
  }
  for (const step of birth.steps.slice(0, -1).reverse()) {
    await page.keyboard.press('ArrowLeft');
    await reader.arriveAt(step);
  }
});

onPage('things on the stage are opened with the keyboard', {}, async ({ page }) => {
  const birth = lessonCalled('identity-birth');
  const reader = new Reader(page, 'en');
  await reader.open(address, birth);
  await reader.arriveAt(birth.steps[0]!);
  const istiod = page
    .getByRole('region', { name: reader.text('area_stage') })
    .getByRole('button', { name: /^istiod:/ });
  await istiod.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('complementary').getByRole('heading', { name: 'istiod' }).waitFor();
});

onPage('the help for keys opens, and Escape leads back', {}, async ({ page }) => {
  const birth = lessonCalled('identity-birth');
  const reader = new Reader(page, 'en');
  await reader.open(address, birth);
  await reader.arriveAt(birth.steps[0]!);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: reader.text('shortcuts') });
  await help.waitFor();
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
});
