import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from './support/axe.ts';
import { narrow } from './support/browser.ts';
import { root } from './support/dist.ts';
import { Owner } from './support/owner.ts';
import { address, onPage, withChromium } from './support/suite.ts';

withChromium();

const shop = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: { istio-injection: enabled }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: order, namespace: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: shop }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      serviceAccountName: order
      containers: [{ name: app, image: example/order:1 }]
`;

const words = JSON.parse(readFileSync(`${root}src/ui/trust/texts.en.json`, 'utf8')) as Record<string, string>;
const say = (key: string): string => words[key] ?? `no text ${key}`;

async function running(page: Page): Promise<Owner> {
  const owner = new Owner(page, 'en');
  await owner.openMesh(address);
  await owner.write(shop);
  await owner.button('mesh_start').click();
  await owner.pods(1);
  return owner;
}

const view = (page: Page): Locator => page.getByRole('region', { name: say('title'), exact: true });

onPage('the CAs are opened, walked through and closed with the keyboard', {}, async ({ page }) => {
  const owner = await running(page);
  const opener = page.getByRole('button', { name: owner.text('stage_trust') });
  await opener.focus();
  await page.keyboard.press('t');
  const cards = view(page)
    .getByRole('group', { name: say('tree') })
    .getByRole('button');
  await expect.poll(() => cards.count()).toBe(2);
  expect(await violations(page)).toEqual([]);

  await cards.first().focus();
  await page.keyboard.press('ArrowDown');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-card'))).toBe('leaves istiod');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'CA istiod', exact: true }).waitFor();

  const slider = view(page).getByRole('slider', { name: say('rollout_label') });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => slider.getAttribute('aria-valuetext')).not.toContain('order');
  await page.keyboard.press('Escape');
  await expect.poll(() => view(page).count()).toBe(0);
  await expect.poll(() => opener.evaluate((one) => one === document.activeElement)).toBe(true);
});

onPage(
  'on a phone the CAs are a list, and what is opened lies over it',
  { viewport: narrow },
  async ({ page }) => {
    const owner = await running(page);
    await page.getByRole('button', { name: owner.text('stage_trust') }).click();
    const list = view(page).getByRole('group', { name: say('tree') });
    await expect.poll(() => list.getByRole('listitem').count()).toBe(2);
    expect(await violations(page)).toEqual([]);
    await list.getByRole('button').first().click();
    await page.getByRole('heading', { name: 'CA istiod', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await view(page)
      .getByRole('button', { name: say('close') })
      .click();
    await expect.poll(() => view(page).count()).toBe(0);
  },
);
