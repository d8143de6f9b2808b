import { describe, expect } from 'vitest';
import { narrow } from './support/browser.ts';
import { Examiner } from './support/examiner.ts';
import { isFocused, tabStops, tabTo } from './support/focus.ts';
import { Owner } from './support/owner.ts';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled, stepCalled } from './support/texts.ts';

withChromium();

const birth = lessonCalled('identity-birth');
const rotation = lessonCalled('rotation');

onPage('a lesson is taken from the gallery to its end with the keyboard alone', {}, async ({ page }) => {
  const reader = new Reader(page, 'en');
  const { keyboard } = page;
  await page.goto(`${address}#/?lang=en`);
  await tabTo(page, page.getByRole('link', { name: birth.title.en, exact: true }));
  await keyboard.press('Enter');
  for (const [i, step] of birth.steps.entries()) {
    if (i > 0) await keyboard.press('ArrowRight');
    await reader.arriveAt(step);
    if (step.ask) {
      await tabTo(page, page.getByRole('radio').first());
      await keyboard.press('Space');
      const right = step.ask.options.findIndex(({ correct }) => correct === true);
      for (let down = 0; down < right; down++) await keyboard.press('ArrowDown');
      await tabTo(page, reader.button('ask_see'));
      await keyboard.press('Enter');
      await page.getByText(reader.text('ask_right'), { exact: true }).waitFor();
    }
    if (step.goal) {
      for (let left = step.goal.hints.length; left > 0; left--) {
        await tabTo(page, reader.button('goal_hint', { left }));
        await keyboard.press('Enter');
      }
      await tabTo(page, reader.button('goal_solution'));
      await keyboard.press('Enter');
      await tabTo(page, reader.button('goal_solve'));
      await keyboard.press('Space');
      await page.getByRole('heading', { name: reader.text('goal_reached'), exact: true }).waitFor();
    }
  }
  for (const step of birth.steps.slice(-3, -1).reverse()) {
    await keyboard.press('ArrowLeft');
    await reader.arriveAt(step);
  }
  await keyboard.press('j');
  await keyboard.press('j');
  await reader.arriveAt(birth.steps.at(-1)!);
  const onward = page.getByRole('main').getByRole('link').last();
  const there = await onward.getAttribute('href');
  await tabTo(page, onward);
  await keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain(there?.split('?')[0]);
});

describe('Tab comes round, and where it is can be seen:', () => {
  const invisible = async (page: Parameters<typeof tabStops>[0]): Promise<readonly string[]> => {
    const stops = await tabStops(page);
    expect(stops.length).toBeGreaterThan(5);
    return stops.filter(({ visible }) => !visible).map(({ key }) => key);
  };

  onPage('gallery', {}, async ({ page }) => {
    await page.goto(`${address}#/?lang=en`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await invisible(page)).toEqual([]);
  });

  onPage('question, stage, inspector, timeline, event log', {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    const question = stepCalled(rotation, 'nobody-hangs-up');
    await reader.open(address, rotation, question.id);
    await reader.arriveAt(question);
    await reader.button('timeline_log').click();
    await page.getByRole('listbox').waitFor();
    await page.getByRole('heading', { level: 1 }).click();
    expect(await invisible(page)).toEqual([]);
  });

  onPage('goal', { viewport: narrow, colorScheme: 'dark' }, async ({ page }) => {
    const reader = new Reader(page, 'ko');
    const lesson = lessonCalled('default-service-account');
    const goal = stepCalled(lesson, 'your-turn');
    await reader.open(address, lesson, goal.id);
    await reader.arriveAt(goal);
    await reader.button('editor_open', { name: 'frontend.yaml' }).click();
    await page.getByRole('textbox').waitFor();
    await page.getByRole('heading', { level: 1 }).click();
    expect(await invisible(page)).toEqual([]);
  });

  onPage('a mesh of your own', {}, async ({ page }) => {
    const owner = new Owner(page, 'en');
    await owner.openMesh(address);
    await page.getByRole('button', { name: owner.text('mesh_sample_shop') }).click();
    await owner.pods(3);
    expect(await invisible(page)).toEqual([]);
  });
});

onPage('arrow keys go from pod to pod, Enter opens what has the focus', {}, async ({ page }) => {
  const examiner = new Examiner(page, 'en');
  await examiner.open(address, rotation);
  await examiner.arriveAt(rotation.steps[0]!);
  const pod = (name: string) => page.locator(`[data-pod*="/${name}-"]`);
  await tabTo(page, pod('frontend'));
  await page.keyboard.press('End');
  await expect.poll(() => isFocused(pod('frontend'))).toBe(false);
  await page.keyboard.press('Home');
  await expect.poll(() => isFocused(pod('frontend'))).toBe(true);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => isFocused(pod('frontend'))).toBe(false);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => isFocused(pod('frontend'))).toBe(true);
  await page.keyboard.press('Enter');
  await examiner.inspector.getByText('spiffe://cluster.local/ns/shop/sa/frontend').first().waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await examiner.inspector.getByRole('tab', { name: examiner.text('inspector_tab_fields') }).waitFor();
  await reachTabs(examiner);
});

/** The tabs of the inspector are one stop; arrow keys go from one to the next. */
async function reachTabs(examiner: Examiner): Promise<void> {
  const { page, inspector } = examiner;
  await tabTo(page, inspector.getByRole('tab', { selected: true }));
  for (const tab of ['structure', 'hex', 'prove', 'verify', 'fields']) {
    await page.keyboard.press('ArrowRight');
    const name = examiner.text(`inspector_tab_${tab}`);
    await expect
      .poll(() => isFocused(inspector.getByRole('tab', { name, exact: true, selected: true })))
      .toBe(true);
  }
}

describe('dialogs keep the focus and give it back:', () => {
  onPage('the keys', {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    await reader.open(address, birth);
    await reader.arriveAt(birth.steps[0]!);
    const opener = reader.button('shortcuts');
    await tabTo(page, opener);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: reader.text('shortcuts') });
    await dialog.waitFor();
    for (let presses = 0; presses < 6; presses++) {
      await page.keyboard.press('Tab');
      const outside = await page.evaluate(
        () => document.activeElement !== document.body && !document.activeElement?.closest('dialog'),
      );
      expect(outside).toBe(false);
    }
    // The keys of the page mean nothing under a dialog.
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => isFocused(opener)).toBe(true);
    await reader.arriveAt(birth.steps[0]!);

    await page.keyboard.press('?');
    await dialog.getByRole('checkbox').press('Space');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.keyboard.press('ArrowRight');
    expect(await dialog.count()).toBe(0);
    await reader.arriveAt(birth.steps[0]!);
  });

  onPage('an enlarged editor', {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    const lesson = lessonCalled('default-service-account');
    const goal = stepCalled(lesson, 'your-turn');
    await reader.open(address, lesson, goal.id);
    await reader.arriveAt(goal);
    await tabTo(page, reader.button('editor_open', { name: 'frontend.yaml' }));
    await page.keyboard.press('Enter');
    await expect.poll(() => isFocused(page.getByRole('textbox'))).toBe(true);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Escape');
    await tabTo(page, reader.button('editor_enlarge'));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'frontend.yaml' });
    await expect.poll(() => isFocused(dialog.getByRole('textbox'))).toBe(true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  for (const area of ['inspector', 'timeline']) {
    onPage(`the sheet of the ${area}, where the page is narrow`, { viewport: narrow }, async ({ page }) => {
      const reader = new Reader(page, 'ko');
      await reader.open(address, rotation);
      await reader.arriveAt(rotation.steps[0]!);
      const opener = reader.button(`area_${area}`);
      await tabTo(page, opener);
      await page.keyboard.press('Enter');
      const sheet = page.getByRole('dialog', { name: reader.text(`area_${area}`) });
      await expect.poll(() => isFocused(sheet)).toBe(true);
      await page.keyboard.press('Tab');
      await expect
        .poll(() => isFocused(sheet.getByRole('button', { name: reader.text('close') })))
        .toBe(true);
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      await expect.poll(() => isFocused(opener)).toBe(true);
    });
  }
});
