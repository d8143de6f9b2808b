import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { Owner } from './support/owner.ts';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled } from './support/texts.ts';

withChromium();

const birth = lessonCalled('identity-birth');
const wanted = birth.steps[2]!;

describe('an address that leads nowhere', () => {
  for (const language of ['en', 'ko'] as const) {
    onPage(`names the step there is not, and the one that was meant: ${language}`, {}, async ({ page }) => {
      const reader = new Reader(page, language);
      const mistyped = `${wanted.id}x`;
      await page.goto(`${address}#/lesson/${birth.id}/${mistyped}?lang=${language}`);
      await reader.arriveAt(birth.steps[0]!);
      const notice = page.getByRole('alert');
      await notice.getByText(reader.text('lesson_missing_step', { id: mistyped })).waitFor();
      const near = { number: 3, title: wanted.title[language] };
      await notice.getByRole('button', { name: reader.text('lesson_missing_step_near', near) }).click();
      await reader.arriveAt(wanted);
      expect(await notice.count()).toBe(0);
      await expect.poll(() => page.url()).toContain(`/${birth.id}/${wanted.id}?`);
    });
  }

  onPage('says so where the lesson is open already, and can be closed', {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    await reader.open(address, birth, birth.steps[1]!.id);
    await reader.arriveAt(birth.steps[1]!);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#/lesson/${birth.id}/Nothing%20like%20it?lang=en`);
    const notice = page.getByRole('alert');
    await notice.getByText(reader.text('lesson_missing_step', { id: 'Nothing like it' })).waitFor();
    expect(await notice.getByRole('button').count()).toBe(1);
    await notice.getByRole('button', { name: reader.text('close') }).click();
    await notice.waitFor({ state: 'detached' });
  });

  onPage('names the lesson there is not, and the one that was meant', {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    await page.goto(`${address}#/lesson/identity-brith?lang=en`);
    const notice = page.getByRole('alert');
    await notice.getByText(reader.text('gallery_missing', { id: 'identity-brith' })).waitFor();
    await notice
      .getByRole('link', { name: reader.text('gallery_missing_near', { title: birth.title.en }) })
      .click();
    await reader.arriveAt(birth.steps[0]!);
  });
});

describe('files that are not taken', () => {
  const pod = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n';

  async function drop(page: Page, files: readonly (readonly [string, number[] | string, number?])[]) {
    const dropped = await page.evaluateHandle((list) => {
      const transfer = new DataTransfer();
      for (const [name, content, times] of list) {
        const part = typeof content === 'string' ? content.repeat(times ?? 1) : new Uint8Array(content);
        transfer.items.add(new File([part], name));
      }
      return transfer;
    }, files);
    await page.dispatchEvent('body', 'drop', { dataTransfer: dropped });
  }

  for (const language of ['en', 'ko'] as const) {
    onPage(`are named with the limit they break: ${language}`, {}, async ({ page }) => {
      const owner = new Owner(page, language);
      await owner.openMesh(address);
      await drop(page, [
        ['fits.yaml', pod],
        ['large.yaml', '# comment\n', 60_000],
        ['archive.tgz', [0x1f, 0x8b, 0x08, 0xff]],
      ]);
      const notice = page.getByRole('alert');
      const line = (name: string) => notice.getByRole('listitem').filter({ hasText: name });
      await line('large.yaml')
        .getByText(owner.text('mesh_left_out_size', { size: 600, limit: 500 }))
        .waitFor();
      await line('archive.tgz').getByText(owner.text('mesh_left_out_encoding')).waitFor();
      expect(await notice.getByRole('listitem').count()).toBe(2);
      const files = page.getByRole('list', { name: owner.text('mesh_files') }).getByRole('listitem');
      await expect.poll(() => files.allInnerTexts()).toEqual(['fits.yaml']);

      // Wherever the reader is: a message that only one tab shows is none.
      await owner.goTo('pods');
      expect(await notice.isVisible()).toBe(true);
      await notice.getByRole('button', { name: owner.text('close') }).click();
      await notice.waitFor({ state: 'detached' });
    });
  }

  onPage('a mesh takes fifty, and says which one was too many', {}, async ({ page }) => {
    const owner = new Owner(page, 'en');
    await owner.openMesh(address);
    await drop(
      page,
      Array.from({ length: 51 }, (_, i) => [`n${i}.yaml`, pod] as const),
    );
    const notice = page.getByRole('alert');
    await notice.getByText('n50.yaml').waitFor();
    await notice.getByText(owner.text('mesh_left_out_count', { limit: 50 })).waitFor();
    expect(await notice.getByRole('listitem').count()).toBe(1);
  });
});

onPage('what the engine refuses is told in Korean, with its exact words', {}, async ({ page }) => {
  const owner = new Owner(page, 'ko');
  await owner.openMesh(address);
  await owner.write('apiVersion: v1\nkind: Namespace\nmetadata: { name: Shop! }\n');
  await owner.button('mesh_start').click();
  const refusal = page.getByRole('alert').getByRole('listitem').first();
  await refusal.getByText('이름이 Kubernetes의 규칙에 맞지 않습니다.').waitFor();
  expect(await refusal.locator('[lang="en"]').first().innerText()).toContain('Shop!');
});
