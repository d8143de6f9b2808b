import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dist } from './support/dist.ts';
import { strictPolicy } from './support/server.ts';
import { address, onPage, withChromium } from './support/suite.ts';

withChromium();

test('every test here runs under a policy that allows nothing inline and nothing from elsewhere', async () => {
  const response = await fetch(address);
  expect(response.headers.get('content-security-policy')).toBe(strictPolicy);
  expect(strictPolicy).not.toMatch(/unsafe|https?:|\*/);
});

test('the built page has neither inline scripts nor inline styles, and a policy of its own', () => {
  const html = readFileSync(`${dist}/index.html`, 'utf8');
  expect(html).toContain('http-equiv="Content-Security-Policy"');
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
});

onPage('nothing is asked of anybody else', {}, async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${address}#/lesson/ip-reuse`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  expect(asked.filter((url) => !url.startsWith(address))).toEqual([]);
});
