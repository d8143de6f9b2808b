import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { root } from './support/dist.ts';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled } from './support/texts.ts';

withChromium();

const birth = lessonCalled('identity-birth');
const shell = promisify(execFile);

/** Saves the files that a proof reads, and runs its line where they lie, as the page tells the reader to. */
async function runProofs(page: Page, reader: Reader): Promise<readonly string[]> {
  // Inside the project, where a line that needs jose finds it.
  await mkdir(`${root}test-results`, { recursive: true });
  const folder = await mkdtemp(`${root}test-results/prove-`);
  try {
    await page.getByRole('tab', { name: reader.text('inspector_tab_prove') }).click();
    const proofs = page.getByRole('tabpanel').getByRole('listitem');
    await proofs.first().waitFor();
    const ran: string[] = [];
    for (const proof of await proofs.all()) {
      const command = await proof.getByLabel(reader.text('inspector_command')).innerText();
      const saving = reader.text('inspector_save', { file: '' }).trim();
      for (const button of await proof.getByRole('button', { name: new RegExp(`^${saving} `) }).all()) {
        const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
        await download.saveAs(join(folder, download.suggestedFilename()));
      }
      await shell('sh', ['-ec', command], { cwd: folder });
      ran.push(command);
    }
    return ran;
  } finally {
    await rm(folder, { recursive: true });
  }
}

for (const kind of ['csr', 'certificate', 'token']) {
  onPage(`what the page says of a ${kind} holds outside of it, line by line`, {}, async ({ page }) => {
    const reader = new Reader(page, 'en');
    const step = birth.steps.find(({ focus }) =>
      focus?.some((what) => what.startsWith(`artefact:${kind}@`)),
    )!;
    await reader.open(address, birth, step.id);
    await reader.complete(step);
    const ran = await runProofs(page, reader);
    expect(ran.length).toBeGreaterThan(0);
  });
}

onPage('a certificate is copied as PEM', {}, async ({ page }) => {
  const reader = new Reader(page, 'en');
  const step = birth.steps.find(({ focus }) =>
    focus?.some((what) => what.startsWith('artefact:certificate@')),
  )!;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await reader.open(address, birth, step.id);
  await reader.complete(step);
  await reader.button('inspector_copy_pem').click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/^-----BEGIN CERTIFICATE-----\n[\s\S]+-----END CERTIFICATE-----\n$/);
});
