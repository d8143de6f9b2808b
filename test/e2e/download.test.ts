import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { overhanging } from './support/fit.ts';
import { Owner } from './support/owner.ts';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled } from './support/texts.ts';

withChromium();

const shell = promisify(execFile);

/** Saves everything by the button, and unpacks it; paths under the archive's one folder. */
async function savedAll(page: Page, reader: Reader, name: string, folder: string): Promise<string[]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    reader.button('download_all').click(),
  ]);
  expect(download.suggestedFilename()).toBe(`svidlab-${name}.zip`);
  const files = unzipSync(await readFile(await download.path()));
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  const top = `svidlab-${name}/`;
  expect(Object.keys(files).filter((path) => !path.startsWith(top))).toEqual([]);
  return Object.keys(files).map((path) => path.slice(top.length));
}

/** What OpenSSL says of every pod's chain at a time; one line each. */
async function verified(folder: string, paths: readonly string[], at: Date): Promise<string> {
  const chains = paths.filter((path) => path.startsWith('pods/') && path.endsWith('cert-chain.pem'));
  const atTime = String(Math.floor(at.getTime() / 1000));
  const roots = ['-CAfile', 'ca/root-cert.pem'];
  const said = await Promise.all(
    chains.map((chain) =>
      shell('openssl', ['verify', '-x509_strict', '-attime', atTime, ...roots, '-untrusted', chain, chain], {
        cwd: folder,
      }),
    ),
  );
  return said.map(({ stdout }) => stdout).join('');
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'svidlab-download-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

onPage('a mesh is saved whole, and holds outside of the page', {}, async ({ page }) => {
  await inFolder(async (folder) => {
    const owner = new Owner(page, 'en');
    await owner.openMesh(address);
    expect(await owner.button('download_all').isEnabled()).toBe(false);
    await page.getByRole('button', { name: owner.text('mesh_sample_httpbin') }).click();
    await owner.pods(2);
    await expect.poll(() => owner.button('download_all').isEnabled()).toBe(true);
    const paths = await savedAll(page, owner, 'mesh', folder);
    expect(paths).toEqual(expect.arrayContaining(['jwks.json', 'ca/ca-key.pem', 'ca/root-cert.pem']));
    expect(paths.filter((path) => path.startsWith('issued/'))).toHaveLength(2);
    const root = await shell('openssl', ['x509', '-in', 'ca/root-cert.pem', '-noout', '-startdate'], {
      cwd: join(folder, 'svidlab-mesh'),
    });
    const start = new Date(root.stdout.trim().replace('notBefore=', ''));
    const said = await verified(join(folder, 'svidlab-mesh'), paths, new Date(start.getTime() + 3_600_000));
    expect(said.match(/: OK$/gm)).toHaveLength(2);
  });
});

onPage(
  'a lesson is saved as it stands, from a narrow page as well',
  { viewport: { width: 390, height: 844 } },
  async ({ page }) => {
    await inFolder(async (folder) => {
      const lesson = lessonCalled('rotation');
      const reader = new Reader(page, 'ko');
      await reader.open(address, lesson, lesson.steps[1]!.id);
      await reader.arriveAt(lesson.steps[1]!);
      await reader.button('top_menu').click();
      const paths = await savedAll(page, reader, 'rotation', folder);
      expect(paths.filter((path) => path.endsWith('/key.pem')).length).toBeGreaterThan(0);
      expect(await readFile(join(folder, 'svidlab-rotation/jwks.json'), 'utf8')).toContain('"keys"');
    });
  },
);

onPage('the bar has room for it at any width, large type included', {}, async ({ page }) => {
  const lesson = lessonCalled('default-service-account');
  const reader = new Reader(page, 'en');
  await reader.open(address, lesson, lesson.steps[0]!.id);
  await reader.arriveAt(lesson.steps[0]!);
  await reader.button('present').click();
  await reader.button('present_end').waitFor();
  for (const width of [1440, 1100, 960, 860, 821, 820]) {
    await page.setViewportSize({ width, height: 800 });
    await expect.poll(() => overhanging(page), { message: `${width}` }).toEqual([]);
  }
});
