import { expect } from 'vitest';
import { violations } from './support/axe.ts';
import { Examiner } from './support/examiner.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled, stepCalled } from './support/texts.ts';

withChromium();

const rotation = lessonCalled('rotation');

onPage('two moments are compared from the timeline, two certificates by a key', {}, async ({ page }) => {
  const reader = new Examiner(page, 'en');
  const step = rotation.steps.find(({ focus }) => focus?.some((what) => what.startsWith('pod:')))!;
  await reader.open(address, rotation, step.id);
  await reader.arriveAt(stepCalled(rotation, step.id));
  const dialog = page.getByRole('dialog', { name: reader.text('compare_title') });
  const selected = () => dialog.getByRole('tab', { selected: true }).innerText();

  await page.getByRole('button', { name: reader.text('timeline_compare'), exact: true }).click();
  await dialog.waitFor();
  expect(await selected()).toBe(reader.text('compare_moments'));
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  const { inspector } = reader;
  await inspector.getByRole('tab', { name: reader.text('inspector_tab_fields') }).waitFor();
  await page.locator('body').press('c');
  await dialog.waitFor();
  expect(await selected()).toBe(reader.text('compare_artefacts'));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  // What has no other of its kind to be compared with is seen at two moments.
  await page
    .getByRole('button', { name: /^istiod/ })
    .first()
    .click();
  await inspector.getByRole('heading', { name: 'istiod' }).waitFor();
  await page.locator('body').press('c');
  await dialog.waitFor();
  expect(await selected()).toBe(reader.text('compare_moments'));
});

onPage('the keys for it are told', {}, async ({ page }) => {
  const reader = new Examiner(page, 'ko');
  await reader.open(address, rotation, rotation.steps[0]!.id);
  await reader.arriveAt(rotation.steps[0]!);
  await page.locator('body').press('?');
  const dialog = page.getByRole('dialog', { name: reader.text('shortcuts') });
  await dialog.getByText(reader.text('key_compare')).waitFor();
});
