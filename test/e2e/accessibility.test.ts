import { describe, expect } from 'vitest';
import type { Page } from 'playwright-core';
import { violations } from './support/axe.ts';
import { narrow, wide } from './support/browser.ts';
import { Examiner } from './support/examiner.ts';
import { Owner } from './support/owner.ts';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled, stepCalled } from './support/texts.ts';

withChromium();

/** Two looks that between them have both sizes, both themes and both languages; and the other two. */
const straight = [
  ['wide, light, English', { viewport: wide, colorScheme: 'light' }, 'en'],
  ['narrow, dark, Korean', { viewport: narrow, colorScheme: 'dark' }, 'ko'],
] as const;
const crossed = [
  ['wide, dark, Korean', { viewport: wide, colorScheme: 'dark' }, 'ko'],
  ['narrow, light, English', { viewport: narrow, colorScheme: 'light' }, 'en'],
] as const;

const birth = lessonCalled('identity-birth');
const rotation = lessonCalled('rotation');
const shared = lessonCalled('default-service-account');

async function isClean(page: Page, what: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  expect(await violations(page), what).toEqual([]);
}

describe.each(straight)('%s: axe finds nothing', (_look, options, language) => {
  onPage('in the gallery, before a lesson and during one', options, async ({ page }) => {
    const reader = new Reader(page, language);
    await page.goto(`${address}#/?lang=${language}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await isClean(page, 'gallery');
    await reader.open(address, birth);
    await reader.arriveAt(birth.steps[0]!);
    await page.goto(`${address}#/lesson/nothing?lang=${language}`);
    await page.getByRole('alert').waitFor();
    await isClean(page, 'gallery after a lesson was begun, and with one that is not there');
  });

  onPage('in inspector and comparison', options, async ({ page }) => {
    const examiner = new Examiner(page, language);
    const renewed = stepCalled(rotation, 'new-key');
    await examiner.open(address, rotation, renewed.id);
    await examiner.arriveAt(renewed);
    await page.locator('[data-pod*="/order-"]').press('Enter');
    await examiner.inspector.getByText('sa/order').first().waitFor();
    await isClean(page, 'a pod');
    await examiner.inspector
      .getByRole('button', { name: /^certificate:/ })
      .first()
      .click();
    for (const tab of ['fields', 'structure', 'hex', 'prove'] as const) {
      await examiner.tab(tab);
      await isClean(page, tab);
    }
    await examiner.button('inspector_compare').click();
    const dialog = page.getByRole('dialog', { name: examiner.text('compare_title') });
    await dialog.getByRole('table').waitFor();
    await isClean(page, 'two certificates');
    await dialog.getByRole('tab', { name: examiner.text('compare_moments') }).click();
    await isClean(page, 'two moments');
  });

  onPage('in an embedded lesson', options, async ({ page }) => {
    await page.goto(`${address}?embed&lang=${language}#/lesson/rotation`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await isClean(page, 'embedded');
  });
});

describe.each(crossed)('%s: axe finds nothing', (_look, options, language) => {
  onPage('in a lesson', options, async ({ page }) => {
    const reader = new Reader(page, language);
    const question = birth.steps.find(({ ask }) => ask !== undefined)!;
    await reader.open(address, birth, question.id);
    await reader.arriveAt(question);
    await isClean(page, 'a question');
    await reader.complete(question);
    await isClean(page, 'an answer');
    await page.getByRole('button', { name: reader.text('stage_legend') }).click();
    await isClean(page, 'the legend');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: reader.text('shortcuts') }).waitFor();
    await isClean(page, 'the help for keys');
  });

  onPage('at a goal', options, async ({ page }) => {
    const reader = new Reader(page, language);
    const goal = stepCalled(shared, 'your-turn');
    await reader.open(address, shared, goal.id);
    await reader.arriveAt(goal);
    await reader.button('goal_check').click();
    await page.getByText(reader.text('goal_not_yet'), { exact: true }).waitFor();
    await reader.button('editor_open', { name: 'frontend.yaml' }).click();
    await page.getByRole('textbox').waitFor();
    await isClean(page, 'not reached yet, with an editor');
    await reader.solve(goal.goal!.hints.length);
    await isClean(page, 'reached, with hints and solution');
  });

  onPage('on the timeline', options, async ({ page }) => {
    const reader = new Reader(page, language);
    const end = rotation.steps.at(-1)!;
    await reader.open(address, rotation, end.id);
    await reader.arriveAt(end);
    if (options.viewport === narrow) await reader.button('area_timeline').click();
    await isClean(page, 'lanes');
    await reader.button('timeline_log').click();
    await page.getByRole('listbox').waitFor();
    await isClean(page, 'event log');
  });

  onPage('in a mesh of your own', options, async ({ page }) => {
    const owner = new Owner(page, language);
    await owner.openMesh(address);
    await isClean(page, 'empty');
    await page.getByRole('button', { name: owner.text('mesh_sample_shop') }).click();
    await owner.pods(3);
    for (const tab of ['files', 'pods', 'resources', 'act'] as const) {
      await owner.goTo(tab);
      await isClean(page, tab);
    }
    await owner.goTo('files');
    await owner.append('kind: ]');
    await owner.button('mesh_apply').click();
    await page.getByRole('alert').waitFor();
    await isClean(page, 'refused');
  });
});
