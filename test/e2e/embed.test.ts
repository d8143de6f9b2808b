import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { textOf, lessonCalled } from './support/texts.ts';
import { address, onPage, withChromium } from './support/suite.ts';

withChromium();

const rotation = lessonCalled('rotation');

onPage('a lesson in a blog post shows story, stage and controls, and goes on', {}, async ({ page }) => {
  const post = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><html lang="en"><title>A post</title><h1>A post</h1>
      <iframe title="svidlab" src="${address}?embed&amp;lang=ko#/lesson/rotation" width="640" height="640"></iframe>`);
  });
  await new Promise<void>((resolve) => post.listen(0, '127.0.0.1', resolve));
  try {
    await page.goto(`http://localhost:${(post.address() as AddressInfo).port}/`);
    const lesson = page.frameLocator('iframe');
    const [first, second] = rotation.steps;
    await lesson.getByRole('heading', { level: 1, name: first!.title.ko }).waitFor();
    expect(await lesson.getByRole('banner').count()).toBe(0);
    expect(await lesson.getByRole('complementary').count()).toBe(0);
    expect(await lesson.getByRole('region', { name: textOf('ko', 'area_timeline') }).count()).toBe(0);
    await lesson.getByRole('region', { name: textOf('ko', 'area_stage') }).waitFor();
    const way = lesson.getByRole('link', { name: textOf('ko', 'embed_open') });
    expect(await way.getAttribute('href')).toContain('#/lesson/rotation');
    await lesson
      .getByRole('button', { name: textOf('ko', 'step_next', { title: second!.title.ko }) })
      .click();
    await lesson.getByRole('heading', { level: 1, name: second!.title.ko }).waitFor();
  } finally {
    post.close();
    post.closeAllConnections();
  }
});
