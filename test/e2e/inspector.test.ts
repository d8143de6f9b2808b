import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { narrow } from './support/browser.ts';
import { Examiner } from './support/examiner.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled, stepCalled, type Language } from './support/texts.ts';

withChromium();

const rotation = lessonCalled('rotation');
const birth = lessonCalled('identity-birth');
const order = 'spiffe://cluster.local/ns/shop/sa/order';
const clipboard = { permissions: ['clipboard-read', 'clipboard-write'] };

async function afterRenewal(page: Page, language: Language = 'en'): Promise<Examiner> {
  const examiner = new Examiner(page, language);
  const renewed = stepCalled(rotation, 'new-key');
  await examiner.open(address, rotation, renewed.id);
  await examiner.arriveAt(renewed);
  return examiner;
}

onPage('a field, its bytes and its place in the structure point at each other', {}, async ({ page }) => {
  const examiner = await afterRenewal(page);
  await examiner.held('order', 'stage_envoy_secret').click();
  await examiner.inspector.getByText(order, { exact: true }).first().waitFor();
  const serial = await examiner.valueOf('Serial Number');
  expect(serial).toMatch(/^[0-9a-f]{30,32}$/);

  await examiner.field('Serial Number').hover();
  expect(await examiner.lit()).toMatch(new RegExp(`^(02..)?(00)?${serial}$`));

  await page.mouse.move(0, 0);
  expect(await examiner.lit()).toBe('');
  await examiner.field('Serial Number').getByRole('button').click();
  await examiner.field('Serial Number').locator('.more').getByText(/\w/).first().waitFor();
  await examiner.inspector.locator('.hex .lit').first().hover();
  await expect.poll(() => examiner.field('Serial Number').getAttribute('class')).toMatch(/\blit\b/);
  await page.mouse.move(0, 0);

  await examiner.tab('structure');
  await examiner.inspector.getByRole('treeitem', { name: /^serialNumber/ }).hover();
  expect(await examiner.lit()).toContain(serial);

  await examiner.tab('hex');
  const bytes = examiner.inspector.getByRole('application');
  await bytes.focus();
  await page.keyboard.press('Home');
  for (let presses = 0; presses < 4; presses++) await page.keyboard.press('ArrowRight');
  await examiner.inspector.locator('.path', { hasText: 'tbsCertificate' }).waitFor();
});

onPage(
  'PEM that is copied or saved is what Node reads, and its root verifies it',
  clipboard,
  async ({ page }) => {
    const examiner = await afterRenewal(page);
    await examiner.held('order', 'stage_envoy_secret').click();
    const serial = await examiner.valueOf('Serial Number');
    const copied = new X509Certificate(await examiner.copied('inspector_copy_pem'));
    expect(copied.subjectAltName).toBe(`URI:${order}`);
    expect(copied.serialNumber.toLowerCase()).toBe(serial);
    expect(copied.ca).toBe(false);

    const downloading = page.waitForEvent('download');
    await examiner.inspector.getByRole('button', { name: examiner.text('inspector_download') }).click();
    const download = await downloading;
    const saved = new X509Certificate(readFileSync(await download.path()));
    expect(saved.fingerprint256).toBe(copied.fingerprint256);

    const json = JSON.parse(await examiner.copied('inspector_copy_json')) as unknown;
    expect(JSON.stringify(json)).toContain(order);

    await examiner.tab('prove');
    const command = await examiner.inspector.locator('pre').first().innerText();
    expect(command).toContain(download.suggestedFilename());
    await examiner.tab('fields');

    await examiner
      .field('root')
      .getByRole('button', { name: /certificate:/ })
      .click();
    await expect.poll(() => examiner.valueOf('Basic Constraints')).toMatch(/^CA:TRUE/);
    const root = new X509Certificate(await examiner.copied('inspector_copy_pem'));
    expect(copied.checkIssued(root)).toBe(true);
    expect(copied.verify(root.publicKey)).toBe(true);
    await examiner.button('inspector_back').click();
    expect(await examiner.valueOf('Serial Number')).toBe(serial);
  },
);

onPage('two certificates of a pod differ in serial number and key, and not in name', {}, async ({ page }) => {
  const examiner = await afterRenewal(page);
  await examiner.held('order', 'stage_holds_certificate').click();
  const serial = await examiner.valueOf('Serial Number');
  await examiner.button('inspector_compare').click();
  const dialog = page.getByRole('dialog', { name: examiner.text('compare_title') });
  const row = (label: string) => dialog.getByRole('row', { name: new RegExp(`^${label}\\b`) });
  for (const label of ['Serial Number', 'Subject Public Key Info', 'Not After', 'Signature Value'])
    expect(await row(label).innerText(), label).toContain('≠');
  expect(await row('Serial Number').getByRole('cell').last().innerText()).toContain(serial);
  expect(await row('SPIFFE ID').count()).toBe(0);
  await dialog.getByRole('button', { expanded: false }).click();
  for (const label of ['SPIFFE ID', 'Subject Alternative Name', 'Issuer', 'Key Usage'])
    expect(await row(label).first().innerText(), label).toContain('=');

  // The stage before and after the same renewal.
  await dialog.getByRole('tab', { name: examiner.text('compare_moments') }).click();
  await dialog
    .getByLabel(examiner.text('compare_step', { side: 'A' }))
    .selectOption({ label: rotation.steps[0]!.title.en });
  await dialog
    .getByLabel(examiner.text('compare_step', { side: 'B' }))
    .selectOption({ label: stepCalled(rotation, 'when').title.en });
  const pod = dialog.getByRole('row', { name: /shop\/order-/ });
  expect(await pod.innerText()).toContain(examiner.text('compare_agent_serial'));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(
    await examiner.button('inspector_compare').evaluate((button) => button === document.activeElement),
  ).toBe(true);
});

onPage('token, CSR, secret and the messages that carry them are taken apart', clipboard, async ({ page }) => {
  const examiner = new Examiner(page, 'ko');
  const delivery = stepCalled(birth, 'the-delivery');
  await examiner.open(address, birth, delivery.id);
  await examiner.arriveAt(delivery);

  await examiner.held('order', 'stage_holds_token').click();
  const token = await examiner.copied('inspector_copy_token');
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sub: string };
  expect(claims.sub).toBe('system:serviceaccount:shop:order');
  await examiner.inspector.getByText(claims.sub).first().waitFor();

  for (const [name, kind] of [
    ['CSR + token', 'create_certificate_request'],
    ['signed chain', 'create_certificate_response'],
    ['SDS default', 'discovery_response'],
    [/^csr:\d+$/, 'csr'],
    [/^private-key:\d+$/, 'private_key'],
  ] as const) {
    await page.locator('[data-pod*="/order-"]').press('Enter');
    await examiner.inspector.getByRole('button', { name }).click();
    const title = examiner.text(`inspector_kind_${kind}`);
    await examiner.inspector.getByRole('heading', { name: title, exact: true }).waitFor();
    for (const tab of ['structure', 'hex', 'prove', 'fields'] as const) await examiner.tab(tab);
  }
});

onPage(
  'on a narrow page the inspector comes when something is asked for, and goes away again',
  { viewport: narrow },
  async ({ page }) => {
    const examiner = await afterRenewal(page, 'ko');
    expect(await examiner.inspector.count()).toBe(0);
    const pod = page.getByRole('button', { name: /^.*order-.*spiffe:/ });
    await pod.focus();
    await page.keyboard.press('Enter');
    await examiner.inspector.getByText(order, { exact: true }).first().waitFor();
    await page.keyboard.press('Escape');
    await examiner.inspector.waitFor({ state: 'detached' });
    await expect.poll(() => pod.evaluate((element) => element === document.activeElement)).toBe(true);
  },
);

onPage('a copied link opens the lesson with the same thing in the inspector', clipboard, async ({ page }) => {
  const examiner = await afterRenewal(page);
  await examiner.held('payment', 'stage_envoy_secret').click();
  const serial = await examiner.valueOf('Serial Number');
  const link = await examiner.copied('inspector_link');

  await page.goto('about:blank');
  await page.goto(link);
  await examiner.arriveAt(stepCalled(rotation, 'new-key'));
  await expect.poll(() => examiner.valueOf('Serial Number')).toBe(serial);
  expect(page.url()).not.toContain('inspect=');
});
