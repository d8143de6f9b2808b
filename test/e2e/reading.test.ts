import { describe, expect } from 'vitest';
import { narrow } from './support/browser.ts';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled } from './support/texts.ts';

withChromium();

const birth = lessonCalled('identity-birth');
const question = birth.steps.findIndex(({ ask }) => ask !== undefined);

describe('where the reader stands', () => {
  onPage('a reload in the middle keeps lesson, step, language and prediction', {}, async ({ page }) => {
    const reader = new Reader(page, 'ko');
    await reader.open(address, birth, birth.steps[question - 1]!.id);
    await reader.arriveAt(birth.steps[question - 1]!);
    await reader.next(birth.steps[question]!);
    await reader.complete(birth.steps[question]!);
    const before = page.url();
    await page.reload();
    await reader.arriveAt(birth.steps[question]!);
    expect(page.url()).toBe(before);
    await page.getByText(reader.text('ask_right'), { exact: true }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ko');
    await reader.next(birth.steps[question + 1]!);
    await reader.complete(birth.steps[question + 1]!);
  });

  onPage('a link leads into the middle of a lesson', {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    const last = birth.steps.at(-1)!;
    await reader.open(address, birth, last.id);
    await reader.complete(last);
    await page
      .getByRole('region', { name: reader.text('area_stage') })
      .getByText(/^sa\/order/)
      .filter({ visible: true })
      .waitFor();
  });

  onPage("the browser's back and forward go through the steps", {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    const [first, second] = birth.steps;
    await reader.open(address, birth);
    await reader.arriveAt(first!);
    await reader.next(second!);
    await reader.arriveAt(second!);
    await page.goBack();
    await reader.arriveAt(first!);
    await page.goForward();
    await reader.arriveAt(second!);
  });

  onPage('an unknown lesson leads to those there are', {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    await page.goto(`${address}#/lesson/no-such-lesson?lang=en`);
    await page.getByText(reader.text('gallery_missing', { id: 'no-such-lesson' })).waitFor();
  });

  onPage('the language changes in place', {}, async ({ page }) => {
    await new Reader(page, 'en').open(address, birth);
    await new Reader(page, 'en').arriveAt(birth.steps[0]!);
    await page.getByRole('button', { name: '한국어' }).click();
    await new Reader(page, 'ko').arriveAt(birth.steps[0]!);
    expect(page.url()).toContain('lang=ko');
  });
});

describe('with motion', () => {
  for (const [what, viewport] of [
    ['wide', { width: 1440, height: 900 }],
    ['narrow', narrow],
  ] as const) {
    onPage(
      `${what}: steps play, and may be left while they do`,
      { viewport, reducedMotion: 'no-preference' },
      async ({ page }) => {
        const reader = new Reader(page, 'en');
        await reader.open(address, birth);
        for (const [i, step] of birth.steps.slice(0, question).entries()) {
          if (i > 0) await reader.next(step);
          await reader.arriveAt(step);
        }
        await reader.next(birth.steps[question]!);
        await reader.complete(birth.steps[question]!);
        for (const step of birth.steps.slice(0, question).reverse()) await reader.back(step);
        await reader.arriveAt(birth.steps[0]!);
      },
    );
  }
});
