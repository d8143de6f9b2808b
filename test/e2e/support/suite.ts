import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchChromium, type Visit, visit } from './browser.ts';

export const address = inject('address');

let browser: Browser;

/** One Chromium for the tests of a file. */
export function withChromium(): void {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
}

/** A test on a page of its own, which must not give rise to a complaint. */
export function onPage(
  what: string,
  options: BrowserContextOptions,
  work: (visited: Visit) => Promise<void>,
): void {
  test(what, async () => {
    await visiting(options, work);
  });
}

export async function visiting(
  options: BrowserContextOptions,
  work: (visited: Visit) => Promise<void>,
): Promise<void> {
  const visited = await visit(browser, options);
  try {
    await work(visited);
    expect(visited.complaints).toEqual([]);
  } catch (error) {
    // What the console said is often why something was waited for in vain.
    const said =
      visited.complaints.length > 0 ? `\nThe page complained:\n${visited.complaints.join('\n')}` : '';
    if (error instanceof Error && said !== '') error.message += said;
    throw error;
  } finally {
    await visited.close();
  }
}
