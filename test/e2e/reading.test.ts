import { describe, expect } from 'vitest';
import { narrow } from './support/browser.ts';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled, lessons, stepCalled } from './support/texts.ts';

withChromium();

const birth = lessonCalled('identity-birth');
const shared = lessonCalled('default-service-account');
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

  onPage('a wrong prediction is still there after a reload, with what is right', {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    const step = birth.steps[question]!;
    await reader.open(address, birth, step.id);
    await reader.arriveAt(step);
    const wrong = step.ask!.options.findIndex(({ correct }) => correct !== true);
    await page.getByRole('radio').nth(wrong).check();
    await reader.button('ask_see').click();
    await page.getByText(reader.text('ask_wrong'), { exact: true }).waitFor();
    await page.reload();
    await page.getByText(reader.text('ask_wrong'), { exact: true }).waitFor();
    expect(await page.getByRole('radio').nth(wrong).isChecked()).toBe(true);
    expect(await page.getByText(reader.text('ask_is_right'), { exact: true }).count()).toBe(1);
  });

  onPage('what was written for a goal is still there after a reload', {}, async ({ page }) => {
    const reader = new Reader(page, 'ko');
    const goal = stepCalled(shared, 'your-turn');
    await reader.open(address, shared, goal.id);
    await reader.button('editor_open', { name: 'frontend.yaml' }).click();
    const editor = page.getByRole('textbox');
    await editor.focus();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.insertText('# unfinished');
    await page.reload();
    await editor.getByText('# unfinished').waitFor();
    await reader.button('editor_reset').click();
    await editor.getByText('# unfinished').waitFor({ state: 'detached' });
  });

  onPage("the browser's back and forward go through steps and pages", {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    const [first, second, third] = birth.steps;
    await page.goto(`${address}#/?lang=en`);
    await page.getByRole('link', { name: birth.title.en, exact: true }).click();
    await reader.arriveAt(first!);
    await reader.next(second!);
    await reader.arriveAt(second!);
    await reader.next(third!);
    await reader.arriveAt(third!);
    await page.goBack();
    await reader.arriveAt(second!);
    await page.goForward();
    await reader.arriveAt(third!);
    for (const step of [second!, first!]) {
      await page.goBack();
      await reader.arriveAt(step);
    }
    await page.goBack();
    // The gallery knows how far the reader came, and leads there.
    const onward = page.getByRole('link', {
      name: reader.text('gallery_continue', { title: birth.title.en }),
    });
    await page.getByText(reader.text('card_progress', { seen: 3, count: birth.steps.length })).waitFor();
    await onward.click();
    await reader.arriveAt(first!);
  });

  onPage('an unknown lesson leads to those there are, an unknown step to the first', {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    await page.goto(`${address}#/lesson/no-such-lesson?lang=en`);
    await page.getByText(reader.text('gallery_missing', { id: 'no-such-lesson' })).waitFor();
    expect(await page.getByRole('article').count()).toBe(lessons.length);
    await page.goto(`${address}#/lesson/${birth.id}/no-such-step?lang=en`);
    await reader.arriveAt(birth.steps[0]!);
    await expect.poll(() => page.url()).toContain(`/${birth.id}/${birth.steps[0]!.id}?`);
  });

  onPage('the language changes in place, at the same step, and is remembered', {}, async ({ page }) => {
    const [english, korean] = [new Reader(page, 'en'), new Reader(page, 'ko')];
    const step = birth.steps[question]!;
    await english.open(address, birth, step.id);
    await english.complete(step);
    await page.getByRole('button', { name: '한국어' }).click();
    await korean.arriveAt(step);
    await page.getByText(korean.text('ask_right'), { exact: true }).waitFor();
    expect(page.url()).toMatch(new RegExp(`/${step.id}\\?lang=ko$`));
    expect(await page.locator('html').getAttribute('lang')).toBe('ko');
    await page.goto(address);
    await page.getByRole('heading', { level: 1, name: korean.text('gallery_heading') }).waitFor();
  });

  onPage(
    'the colours are those of the system until others are chosen',
    { colorScheme: 'dark' },
    async ({ page }) => {
      const reader = new Reader(page, 'en');
      const isDark = () =>
        page.evaluate(() => {
          const [red = 255] =
            getComputedStyle(document.body)
              .backgroundColor.match(/[\d.]+/g)
              ?.map(Number) ?? [];
          return red < 100;
        });
      await page.goto(`${address}#/?lang=en`);
      await reader.button('theme_system').click();
      await reader.button('theme_light').waitFor();
      await expect.poll(isDark).toBe(false);
      await page.reload();
      await reader.button('theme_light').click();
      await expect.poll(isDark).toBe(true);
      await reader.button('theme_dark').click();
      await page.emulateMedia({ colorScheme: 'light' });
      await expect.poll(isDark).toBe(false);
    },
  );
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
