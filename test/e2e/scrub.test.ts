import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled, stepCalled } from './support/texts.ts';

withChromium();

const rotation = lessonCalled('rotation');
const renewed = stepCalled(rotation, 'new-key');
const question = stepCalled(rotation, 'when');

/** A reader who moves through time. */
class Traveller extends Reader {
  get playhead(): Locator {
    return this.page.getByRole('slider', { name: this.text('timeline_playhead') });
  }

  get stage(): Locator {
    return this.page.getByRole('region', { name: this.text('area_stage') });
  }

  /** Entries on display, and entries there are. */
  async place(): Promise<{ now: number; end: number }> {
    const [now, end] = await Promise.all(
      ['aria-valuenow', 'aria-valuemax'].map((name) => this.playhead.getAttribute(name)),
    );
    return { now: Number(now), end: Number(end) };
  }

  async now(): Promise<number> {
    return (await this.place()).now;
  }

  /** Drags the playhead to a share of the timeline's width. */
  async drag(share: number): Promise<void> {
    const [head, track] = await Promise.all([
      this.playhead.boundingBox(),
      this.playhead.locator('xpath=..').boundingBox(),
    ]);
    if (!head || !track) throw new Error('the playhead is not in sight');
    const { mouse } = this.page;
    await mouse.move(head.x + head.width / 2, head.y + head.height / 2);
    await mouse.down();
    await mouse.move(track.x + track.width * share, head.y + head.height / 2, { steps: 5 });
    await mouse.up();
  }
}

onPage('the playhead is dragged back to the first moment, and to the end again', {}, async ({ page }) => {
  const traveller = new Traveller(page, 'en');
  await traveller.open(address, rotation, renewed.id);
  await traveller.arriveAt(renewed);
  const order = traveller.stage.getByRole('button', { name: /^Pod order-.*spiffe:/ });
  await order.waitFor();
  const { end } = await traveller.place();
  expect(await traveller.now()).toBe(end);

  await traveller.drag(-0.05);
  await traveller.stage.getByRole('button', { name: /^Pod order-.*waiting for an address/ }).waitFor();
  expect(await order.count()).toBe(0);
  expect((await traveller.place()).end).toBe(end);

  await traveller.drag(0.4);
  expect(await traveller.now()).toBeLessThan(end);
  expect(await order.getAttribute('aria-label')).toMatch(/renews in \d+ h/);

  await traveller.drag(1.05);
  expect(await traveller.now()).toBe(end);
});

onPage('a press on a lane goes to that moment', {}, async ({ page }) => {
  const traveller = new Traveller(page, 'en');
  await traveller.open(address, rotation, renewed.id);
  await traveller.arriveAt(renewed);
  await traveller.playhead.waitFor();
  const lanes = page.getByRole('region', { name: traveller.text('area_timeline') }).locator('canvas');
  const { width } = (await lanes.boundingBox())!;
  await lanes.click({ position: { x: width * 0.25, y: 40 } });
  const early = await traveller.playhead.getAttribute('aria-valuetext');
  await lanes.click({ position: { x: width * 0.5, y: 40 } });
  const late = await traveller.playhead.getAttribute('aria-valuetext');
  expect(early).toMatch(/^Mar 2, 1[2-5]:/);
  expect(late).toMatch(/^Mar 2, (1[6-9]|20):/);
});

onPage('the keyboard goes by entries, facts and steps', {}, async ({ page }) => {
  const traveller = new Traveller(page, 'en');
  await traveller.open(address, rotation, renewed.id);
  await traveller.arriveAt(renewed);
  await traveller.playhead.focus();
  const { end } = await traveller.place();
  const { keyboard } = page;
  const pressed = async (key: string): Promise<number> => {
    await keyboard.press(key);
    return traveller.now();
  };

  expect(await pressed('Home')).toBe(0);
  expect(await traveller.playhead.getAttribute('aria-valuetext')).toContain('before the first entry');
  expect(await pressed('ArrowRight')).toBe(1);
  expect(await traveller.playhead.getAttribute('aria-valuetext')).toContain(
    `entry 1 of ${end}: The mesh begins`,
  );
  expect(await pressed('Shift+ArrowRight')).toBeGreaterThan(1);
  const beforeTheDay = await pressed('PageDown');
  expect(beforeTheDay).toBeGreaterThan(10);
  expect(await pressed('PageDown')).toBe(end);
  expect(await pressed('PageUp')).toBe(beforeTheDay);
  expect(await pressed('End')).toBe(end);
  expect(await pressed('ArrowRight')).toBe(end);

  // Away from the slider, for the whole page.
  await page.getByRole('heading', { level: 1 }).click();
  expect(await pressed('[')).toBe(end - 1);
  expect(await pressed(']')).toBe(end);
});

onPage('the event log leads to an entry and opens it', {}, async ({ page }) => {
  const traveller = new Traveller(page, 'en');
  await traveller.open(address, rotation, renewed.id);
  await traveller.arriveAt(renewed);
  await traveller.button('timeline_log').click();
  const log = page.getByRole('listbox', { name: traveller.text('timeline_log') });
  await log.focus();
  await page.keyboard.press('Home');
  await log.getByRole('option', { name: /The mesh begins/, selected: true }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  expect(await traveller.now()).toBe(3);
  await page.keyboard.press('Enter');
  await page
    .getByRole('complementary', { name: traveller.text('area_inspector') })
    .getByRole('heading', { name: traveller.text('inspector_entry') })
    .waitFor();
  await log.getByRole('option').first().click();
  expect(await traveller.now()).toBe(1);
});

onPage(
  'a day passes at a chosen speed, and its outcome is told when it is over',
  { reducedMotion: 'no-preference' },
  async ({ page }) => {
    const traveller = new Traveller(page, 'en');
    await traveller.open(address, rotation, question.id);
    await traveller.arriveAt(question);
    const speed = page.getByRole('combobox', { name: traveller.text('speed') });
    expect(await speed.inputValue()).toBe('story');
    await speed.selectOption(traveller.text('speed_day'));
    const clock = page.getByTitle(traveller.text('progress_label'));
    const times = await clock.evaluateHandle((element) => {
      const seen: string[] = [];
      const look = () => seen.push(element.textContent.trim());
      new MutationObserver(look).observe(element, { characterData: true, subtree: true });
      return seen;
    });

    await page.getByRole('radio').nth(2).check();
    await traveller.button('ask_see').click();
    await page.getByText(traveller.text('ask_right'), { exact: true }).waitFor();
    const seen = await times.jsonValue();
    expect(new Set(seen).size).toBeGreaterThan(3);
    expect(seen).toEqual(seen.toSorted());
    expect(seen.at(-1)).toMatch(/^(20|21):\d\d:\d\d UTC$/);

    // The pace is kept, and play shows the same day again until it is stopped.
    expect(await speed.inputValue()).toBe('86400');
    await speed.selectOption(traveller.text('speed_hour'));
    await traveller.button('play_again').click();
    await traveller.button('pause').click();
    const stopped = await clock.textContent();
    expect(stopped).not.toBe(seen.at(-1));
    await traveller.playhead.press('ArrowRight');
    expect(await clock.textContent()).not.toBe(stopped);
    await traveller.button('play').click();
    await speed.selectOption(traveller.text('speed_day'));
  },
);
