import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from './support/axe.ts';
import { narrow } from './support/browser.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled, stepCalled } from './support/texts.ts';
import { say, Watcher } from './support/watcher.ts';

withChromium();

const lesson = lessonCalled('mtls-handshake');
const [theTap, oneSecret, whoseKey] = ['the-tap', 'one-secret', 'whose-key'].map((id) =>
  stepCalled(lesson, id),
);

/** A reader at the step of the lesson that is about the key exchange, in the form of page asked for. */
async function atOneSecret(page: Page, query = ''): Promise<Watcher> {
  const watcher = new Watcher(page, 'en');
  await page.goto(`${address}${query}#/lesson/${lesson.id}/one-secret?lang=en`);
  await watcher.arriveAt(oneSecret!);
  return watcher;
}

onPage(
  'a step that speaks of the handshake opens it, and leaves the keys to the story',
  {},
  async ({ page }) => {
    const watcher = await atOneSecret(page);
    const ladder = watcher.handshake.getByRole('list', { name: say('ladder') });
    await ladder.waitFor();
    expect(await watcher.current.first().innerText()).toContain('ServerHello');
    await page.keyboard.press('ArrowRight');
    await watcher.complete(whoseKey!);
    await watcher.handshake.getByText(say('checks_title', { who: 'frontend', whom: 'payment' })).waitFor();
    for (const step of [oneSecret!, theTap!]) {
      await page.keyboard.press('ArrowLeft');
      await watcher.arriveAt(step);
      await ladder.waitFor();
    }
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('region', { name: watcher.text('area_stage') }).waitFor();
    expect(await watcher.handshake.count()).toBe(0);
  },
);

onPage(
  'a handshake that was closed can be had again, and what is asked for lies above it',
  {},
  async ({ page }) => {
    const watcher = await atOneSecret(page);
    await watcher.handshake.getByRole('list', { name: say('ladder') }).waitFor();
    await watcher.press(say('close'));
    await watcher.handshake.waitFor({ state: 'detached' });
    await watcher.button('inspector_handshake').click();
    await watcher.handshake.waitFor();
    await watcher.button('step_back', { title: theTap!.title.en }).click();
    await watcher.arriveAt(theTap!);
    await page.getByRole('main').getByRole('button', { name: 'payment', exact: true }).click();
    await page.getByRole('complementary', { name: watcher.text('area_inspector') }).waitFor();
    expect(await watcher.handshake.count()).toBe(0);
  },
);

for (const [name, query, viewport] of [
  ['a phone', '', narrow],
  ['a narrow embed', '?embed', { width: 360, height: 640 }],
] as const) {
  onPage(`${name} keeps the story in sight and offers the handshake`, { viewport }, async ({ page }) => {
    const watcher = await atOneSecret(page, query);
    await watcher.button('inspector_handshake').waitFor();
    expect(await watcher.handshake.count()).toBe(0);
    await watcher.button('inspector_handshake').click();
    await watcher.handshake.getByRole('list', { name: say('ladder') }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await page.keyboard.press('Escape');
    await watcher.next(whoseKey!);
    await watcher.arriveAt(whoseKey!);
    expect(await watcher.handshake.count()).toBe(0);
  });
}

onPage(
  'a wide embed shows the handshake beside the story',
  { viewport: { width: 960, height: 600 } },
  async ({ page }) => {
    const watcher = await atOneSecret(page, '?embed');
    await watcher.handshake.getByRole('list', { name: say('ladder') }).waitFor();
    expect(await violations(page)).toEqual([]);
    await watcher.next(whoseKey!);
    await watcher.complete(whoseKey!);
    await watcher.handshake.getByText(say('checks_title', { who: 'frontend', whom: 'payment' })).waitFor();
  },
);

onPage('a goal puts the reader in the place of the attacker, by keyboard', {}, async ({ page }) => {
  const cheats = lessonCalled('man-in-the-middle');
  const watcher = new Watcher(page, 'en');
  await page.goto(`${address}#/lesson/${cheats.id}/your-turn?lang=en`);
  await watcher.arriveAt(stepCalled(cheats, 'your-turn'));
  const form = page.getByRole('form', { name: watcher.text('action_present'), exact: true });
  await form.getByLabel(watcher.text('action_present_pod')).selectOption('legacy/mallory');
  await form.getByLabel(watcher.text('action_present_what')).selectOption('copied');
  await form.getByLabel(watcher.text('action_present_as')).selectOption('shop/frontend');
  await form.getByRole('button').press('Enter');
  const what = `${watcher.text('action_show_copied')} (shop/frontend)`;
  await page.getByText(watcher.text('action_presented', { pod: 'legacy/mallory', what })).waitFor();
  expect(await violations(page)).toEqual([]);
  await watcher.button('goal_check').press('Enter');
  await page.getByRole('heading', { name: watcher.text('goal_reached'), exact: true }).waitFor();
});
