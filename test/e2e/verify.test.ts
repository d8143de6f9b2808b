import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect } from 'vitest';
import { seq, contextConstructed, contextExplicit, int, oid, setOf } from '../../src/core/bytes/der.ts';
import { pemDecodeAll, pemEncode } from '../../src/core/bytes/index.ts';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import { makeExample } from '../../src/ui/verify/examples.ts';
import { violations } from './support/axe.ts';
import { narrow, wide } from './support/browser.ts';
import { Examiner } from './support/examiner.ts';
import { overhanging } from './support/fit.ts';
import { isFocused, tabStops, tabTo } from './support/focus.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled } from './support/texts.ts';
import { Verifier } from './support/verifier.ts';

withChromium();

/** A chain and its root, without the rules of the example. */
let chain: string;
let roots: string;

beforeAll(async () => {
  ({ chain, roots } = await makeExample(nativeCrypto, 'sound', new Date()));
});

const ders = (pem: string) => pemDecodeAll(pem).map(({ der }) => Buffer.from(der));

/** As `openssl crl2pkcs7 -nocrl` writes it. */
function pkcs7(certificates: readonly Uint8Array[]): Buffer {
  const data = [int(1), setOf(), seq(oid('1.2.840.113549.1.7.1'))];
  const signed = seq(...data, contextConstructed(0, ...certificates), setOf());
  return Buffer.from(seq(oid('1.2.840.113549.1.7.2'), contextExplicit(0, signed)));
}

const looks = [
  ['wide, light, English', { viewport: wide, colorScheme: 'light' }, 'en'],
  ['narrow, dark, Korean', { viewport: narrow, colorScheme: 'dark' }, 'ko'],
] as const;

describe.each(looks)('%s', (_look, options, language) => {
  onPage('examples are judged; axe finds nothing and nothing stands out', options, async ({ page }) => {
    const verifier = new Verifier(page, language);
    await verifier.open(address);
    expect(await violations(page), 'empty').toEqual([]);
    for (const [example, code] of [
      ['sound', 'valid'],
      ['expired', 'certificate-expired'],
      ['constrained', 'name-not-permitted'],
      ['revoked', 'revoked'],
    ] as const) {
      if (example !== 'sound') await page.locator('details.more > summary').click();
      await verifier.example(example);
      await verifier.verdict(code);
      if (example !== 'sound') await page.locator('details.more > summary').click();
      expect(await violations(page), example).toEqual([]);
      expect(await overhanging(page), example).toEqual([]);
    }
    const failed = page.locator('.certificates .failed .failed');
    expect(await failed.count()).toBe(1);
    expect(await failed.innerText()).toContain('RFC 5280 6.1.3 (a)(3), 6.3.3');
    await verifier.button('explain_all').click();
    await page.getByText(verifier.text('why_path_signature')).first().waitFor();
    expect(await violations(page), 'explained').toEqual([]);
  });
});

onPage('a path that failed stays beside the one that holds', {}, async ({ page }) => {
  const verifier = new Verifier(page, 'en');
  await verifier.open(address);
  await verifier.example('detour');
  await verifier.verdict('valid');
  const paths = await verifier.paths();
  expect(paths.map(([open]) => open)).toEqual([false, true]);
  expect(paths[0]![1]).toMatch(/Path 1 Check \d+ failed: “The name is within the CA's limits”/);
  await page.locator('details.path > summary').first().click();
  await page.getByText(verifier.text('first_failure')).waitFor();
});

onPage('a pasted chain is judged once somebody is trusted', {}, async ({ page }) => {
  const verifier = new Verifier(page, 'en');
  await verifier.open(address);
  await verifier.field('chain').fill(roots + chain);
  await verifier.verdict('self-signed-untrusted');
  await page.getByText(verifier.text('no_anchor')).waitFor();
  await page.getByRole('checkbox', { name: verifier.text('trust', { name: 'O=Hanok Corp' }) }).check();
  await verifier.verdict('valid');

  await verifier.choice('profile_label').selectOption('spiffe');
  const name = page.getByRole('textbox', { name: verifier.text('name_label') });
  await name.fill('spiffe://cluster.local/ns/shop/sa/payment');
  await verifier.verdict('id-mismatch');
  await name.fill('payment');
  await page
    .getByText(verifier.text('name_fault', { message: '' }))
    .first()
    .waitFor();
  await name.fill('');
  await page.getByLabel(verifier.text('at_label'), { exact: true }).fill('2001-01-01T00:00:00');
  await verifier.verdict('certificate-not-yet-valid');
});

onPage('a broken text is kept, and its place is named until it is repaired', {}, async ({ page }) => {
  const verifier = new Verifier(page, 'ko');
  await verifier.open(address);
  await verifier.field('roots').fill(roots);
  const lines = chain.split('\n');
  const broken = lines.with(3, `%${lines[3]}`).join('\n');
  await verifier.field('chain').fill(broken);
  const alert = page.getByRole('alert');
  await alert.getByText(verifier.text('fault_base64')).waitFor();
  expect(await verifier.field('chain').inputValue()).toBe(broken);
  await alert.getByRole('button', { name: verifier.text('go_to_line', { line: 4 }) }).click();
  const selected = await verifier.field('chain').evaluate((area: HTMLTextAreaElement) => {
    return area.value.slice(area.selectionStart, area.selectionEnd);
  });
  expect(selected).toBe(`%${lines[3]}`);
  expect(await violations(page)).toEqual([]);
  await verifier.field('chain').fill(chain);
  await verifier.verdict('valid');
  expect(await alert.count()).toBe(0);
});

onPage('files are dropped: DER and PKCS#7, on the page and on the trust bundle', {}, async ({ page }) => {
  const verifier = new Verifier(page, 'en');
  await verifier.open(address);
  await verifier.drop({ 'chain.p7b': pkcs7(ders(chain)) }, page.locator('body'));
  await verifier.verdict('unknown-issuer');
  await page.getByText(verifier.text('missing_title')).waitFor();
  await verifier.drop({ 'root.der': ders(roots)[0]! }, verifier.field('roots'));
  await verifier.verdict('valid');
  await verifier.drop({ 'noise.bin': Buffer.of(0xff, 0xfe, 0x00) }, page.locator('body'));
  await page.getByText(verifier.text('left_out_unknown', { name: 'noise.bin' })).waitFor();
});

onPage('a reload brings everything back, but for a private key', {}, async ({ page }) => {
  const verifier = new Verifier(page, 'en');
  await verifier.open(address);
  await verifier.field('chain').fill(chain + pemEncode('PRIVATE KEY', Uint8Array.of(1, 2, 3)));
  await page.getByRole('alert').getByText(verifier.text('fault_private-key')).waitFor();
  await verifier.field('roots').fill(roots);
  await verifier.choice('purpose_label').selectOption('client');
  await verifier.verdict('valid');
  await page.reload();
  await verifier.verdict('valid');
  expect(await verifier.choice('purpose_label').inputValue()).toBe('client');
  expect((await verifier.field('chain').inputValue()).trim()).toBe(chain.trim());
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('PRIVATE KEY');
  await verifier.button('clear').click();
  await page.getByRole('heading', { name: verifier.text('empty_title') }).waitFor();
});

onPage('what the command lines name is saved', {}, async ({ page }) => {
  const verifier = new Verifier(page, 'en');
  await verifier.open(address);
  await verifier.field('chain').fill(chain);
  await verifier.field('roots').fill(roots);
  await verifier.verdict('valid');
  for (const [file, text] of [
    ['chain.pem', chain],
    ['roots.pem', roots],
  ] as const) {
    const download = page.waitForEvent('download');
    await verifier.button('save', { file }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe(file);
    expect(await readFile(await saved.path(), 'utf8')).toBe(text);
  }
  const command = page.getByRole('group', { name: verifier.text('outside_command', { tool: 'openssl' }) });
  expect(await command.innerText()).toMatch(
    /^openssl verify .*-CAfile roots\.pem -untrusted chain\.pem chain\.pem$/,
  );
});

onPage('all of it is reached by keyboard alone', {}, async ({ page }) => {
  const verifier = new Verifier(page, 'en');
  await page.goto(`${address}#/?lang=en`);
  const door = page.getByRole('link', { name: verifier.common('verify_title') }).first();
  await tabTo(page, door);
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: verifier.text('example_detour') }));
  await page.keyboard.press('Enter');
  await verifier.verdict('valid');
  const first = page.locator('details.path > summary').first();
  await tabTo(page, first);
  await page.keyboard.press('Enter');
  await page.getByText(verifier.text('first_failure')).waitFor();
  expect(await isFocused(first)).toBe(true);
  expect((await tabStops(page)).filter(({ visible }) => !visible)).toEqual([]);
});

onPage('the inspector walks a certificate to the mesh’s root', {}, async ({ page }) => {
  const birth = lessonCalled('identity-birth');
  const reader = new Examiner(page, 'en');
  const step = birth.steps.find(({ focus }) => focus?.includes('artefact:certificate@shop/order'))!;
  await reader.open(address, birth, step.id);
  await reader.complete(step);
  const tab = reader.inspector.getByRole('tab', { name: reader.text('inspector_tab_verify'), exact: true });
  await tab.click();
  const verifier = new Verifier(page, 'en');
  await verifier.verdict('valid');
  expect(await violations(page)).toEqual([]);
  await reader.inspector.getByText('O=cluster.local', { exact: true }).first().waitFor();
});
