import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Off in Korean only: it compares word by word, and a Korean name says "1단계" for a button that shows "1", which
 * contains what is shown as WCAG asks.
 */
const wordByWord = 'label-content-name-mismatch';

/** WCAG 2.2 AA and axe's best practices: what is violated, one readable line each, with the first elements. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(source);
  const korean = (await page.locator('html').getAttribute('lang')) === 'ko';
  const options = { resultTypes: ['violations'], rules: { [wordByWord]: { enabled: !korean } } };
  const results = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return results.violations.map(({ id, help, nodes }) => {
    const where = nodes
      .slice(0, 3)
      .map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`);
    return `${id}: ${help} (${nodes.length}×)\n  ${where.join('\n  ')}`;
  });
}
