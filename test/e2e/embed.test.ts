import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect } from 'vitest';
import { overhanging } from './support/fit.ts';
import { Owner } from './support/owner.ts';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled, stepCalled, textOf } from './support/texts.ts';

withChromium();

const rotation = lessonCalled('rotation');
const [first, second, question] = rotation.steps;
const text = (key: string, values?: Record<string, unknown>) => textOf('ko', key, values);

/** A page of somebody else that admits one frame and nothing inline. */
async function hostPage(frame: string): Promise<{ at: string; close: () => void }> {
  const post = createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; img-src data:; frame-src ${new URL(frame).origin}`,
    });
    response.end(`<!doctype html><html lang="en"><title>A post</title><link rel="icon" href="data:,">
      <h1>A post</h1><iframe title="svidlab" src="${frame.replaceAll('&', '&amp;')}" width="360" height="640"></iframe>`);
  });
  await new Promise<void>((resolve) => post.listen(0, '127.0.0.1', resolve));
  return {
    // Another site for the browser than the lesson's.
    at: `http://localhost:${(post.address() as AddressInfo).port}/`,
    close: () => {
      post.close();
      post.closeAllConnections();
    },
  };
}

onPage('a lesson in a blog post shows story, stage and controls, and goes on', {}, async ({ page }) => {
  const post = await hostPage(`${address}?embed&lang=ko#/lesson/rotation`);
  try {
    await page.goto(post.at);
    const lesson = page.frameLocator('iframe');
    const arrived = (title: string) => lesson.getByRole('heading', { level: 1, name: title }).waitFor();
    await arrived(first!.title.ko);
    expect(await lesson.getByRole('banner').count()).toBe(0);
    expect(await lesson.getByRole('complementary').count()).toBe(0);
    expect(await lesson.getByRole('region', { name: text('area_timeline') }).count()).toBe(0);
    expect(await lesson.getByRole('button', { name: text('area_inspector') }).count()).toBe(0);
    await lesson
      .getByRole('region', { name: text('area_stage') })
      .locator('[data-pod]')
      .first()
      .waitFor();
    for (const step of [second!, question!]) {
      await lesson.getByRole('button', { name: text('step_next', { title: step.title.ko }) }).click();
      await arrived(step.title.ko);
    }
    await lesson.getByRole('radio').nth(2).check();
    await lesson.getByRole('button', { name: text('ask_see') }).click();
    await lesson.getByText(text('ask_right'), { exact: true }).waitFor();
    const way = lesson.getByRole('link', { name: text('embed_open') });
    expect(await way.getAttribute('href')).toMatch(/#\/lesson\/rotation\/when\?lang=ko$/);
    const frame = page.frames()[1]!;
    expect(await frame.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  } finally {
    post.close();
  }
});

describe.each([320, 390])('on a page %i wide nothing stands out,', (width) => {
  const options = { viewport: { width, height: 740 } };

  onPage('embedded', options, async ({ page }) => {
    for (const lang of ['en', 'ko']) {
      await page.goto(`${address}?embed&lang=${lang}#/lesson/rotation/when`);
      await page.reload();
      await page.getByRole('radio').first().waitFor();
      expect(await overhanging(page), lang).toEqual([]);
    }
  });

  onPage('from the gallery to a goal', options, async ({ page }) => {
    const lesson = lessonCalled('default-service-account');
    const goal = stepCalled(lesson, 'your-turn');
    for (const language of ['en', 'ko'] as const) {
      const reader = new Reader(page, language);
      await page.goto(`${address}#/?lang=${language}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await overhanging(page), `gallery, ${language}`).toEqual([]);
      await reader.open(address, lesson, goal.id);
      await reader.arriveAt(goal);
      await reader.button('goal_check').click();
      await page.getByText(reader.text('goal_not_yet'), { exact: true }).waitFor();
      await reader.solve(goal.goal!.hints.length);
      expect(await overhanging(page), `goal, ${language}`).toEqual([]);
      for (const area of ['inspector', 'timeline']) {
        await reader.button(`area_${area}`).click();
        await page.getByRole('dialog', { name: reader.text(`area_${area}`) }).waitFor();
        await page.waitForLoadState('networkidle');
        expect(await overhanging(page), `${area}, ${language}`).toEqual([]);
        await page.keyboard.press('Escape');
      }
    }
  });

  onPage('in a mesh of your own', options, async ({ page }) => {
    const owner = new Owner(page, 'ko');
    await owner.openMesh(address);
    expect(await overhanging(page), 'empty').toEqual([]);
    await page.getByRole('button', { name: owner.text('mesh_sample_shop') }).click();
    await owner.pods(3);
    for (const tab of ['files', 'pods', 'resources', 'act'] as const) {
      await owner.goTo(tab);
      expect(await overhanging(page), tab).toEqual([]);
    }
  });
});

onPage('a presented lesson is larger, fits, and ends with one press', {}, async ({ page }) => {
  const reader = new Reader(page, 'en');
  await reader.open(address, rotation, question!.id);
  await reader.arriveAt(question!);
  const size = () => page.getByRole('main').evaluate((main) => parseFloat(getComputedStyle(main).fontSize));
  const before = await size();
  await reader.button('present').click();
  const end = reader.button('present_end');
  await end.waitFor();
  await expect.poll(size).toBeGreaterThan(before * 1.15);
  expect(await overhanging(page)).toEqual([]);
  await reader.complete(question!);
  await end.click();
  await reader.button('present').waitFor();
  await expect.poll(size).toBe(before);
});
