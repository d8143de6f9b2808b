import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { violations } from './support/axe.ts';
import { narrow, wide } from './support/browser.ts';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled, type LessonStep } from './support/texts.ts';

withChromium();

const birth = lessonCalled('identity-birth');
const stepWith = (what: keyof LessonStep) => birth.steps.find((step) => step[what] !== undefined)!;
const withCertificate = birth.steps.find(({ focus }) =>
  focus?.some((what) => what.startsWith('artefact:certificate')),
)!;

const looks = [
  ['wide, light', { viewport: wide, colorScheme: 'light' }],
  ['wide, dark', { viewport: wide, colorScheme: 'dark' }],
  ['narrow, light', { viewport: narrow, colorScheme: 'light' }],
  ['narrow, dark', { viewport: narrow, colorScheme: 'dark' }],
] as const;

async function isClean(page: Page, what: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  expect(await violations(page), what).toEqual([]);
}

describe.each(looks)('%s: axe finds nothing', (_look, options) => {
  const isNarrow = options.viewport === narrow;

  onPage('in the gallery', options, async ({ page }) => {
    await page.goto(`${address}#/?lang=ko`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await isClean(page, 'gallery');
  });

  onPage('in a lesson', options, async ({ page }) => {
    const reader = new Reader(page, 'en');
    await reader.open(address, birth, stepWith('ask').id);
    await reader.arriveAt(stepWith('ask'));
    await isClean(page, 'a question');
    await reader.complete(stepWith('ask'));
    await isClean(page, 'an answer');
    await reader.open(address, birth, stepWith('goal').id);
    await reader.arriveAt(stepWith('goal'));
    await isClean(page, 'a goal');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await isClean(page, 'the help for keys');
  });

  onPage('in inspector and timeline', options, async ({ page }) => {
    const reader = new Reader(page, 'ko');
    await reader.open(address, birth, withCertificate.id);
    await reader.arriveAt(withCertificate);
    if (isNarrow) await reader.button('area_timeline').click();
    await isClean(page, 'the timeline');
    if (isNarrow) {
      await page.keyboard.press('Escape');
      await reader.button('area_inspector').click();
    }
    for (const tab of ['fields', 'structure', 'hex', 'prove']) {
      await page.getByRole('tab', { name: reader.text(`inspector_tab_${tab}`) }).click();
      await isClean(page, tab);
    }
    await reader.button('inspector_compare').click();
    await page.getByRole('dialog', { name: reader.text('compare_title') }).waitFor();
    await isClean(page, 'the comparison');
  });

  onPage('in a mesh of your own', options, async ({ page }) => {
    const reader = new Reader(page, 'en');
    await page.goto(`${address}#/mesh?lang=en`);
    await page.getByRole('button', { name: reader.text('mesh_sample_legacy') }).waitFor();
    await isClean(page, 'an empty mesh');
    await page.getByRole('button', { name: reader.text('mesh_sample_legacy') }).click();
    await page.locator('.cm-editor').waitFor();
    for (const tab of ['files', 'pods', 'resources', 'act']) {
      await page.getByRole('tab', { name: reader.text(`mesh_tab_${tab}`) }).click();
      await isClean(page, tab);
    }
  });

  onPage('in an embedded lesson', options, async ({ page }) => {
    await page.goto(`${address}?embed#/lesson/rotation`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await isClean(page, 'embedded');
  });
});
