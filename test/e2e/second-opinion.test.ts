import { expect } from 'vitest';
import { violations } from './support/axe.ts';
import { Examiner } from './support/examiner.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { type Language, lessonCalled } from './support/texts.ts';

withChromium();

const birth = lessonCalled('identity-birth');

const readings: readonly (readonly ['csr' | 'certificate', Language, string])[] = [
  ['csr', 'en', 'Signature'],
  ['certificate', 'ko', 'Signature by O=cluster.local'],
];

for (const [kind, language, last] of readings) {
  onPage(`@peculiar/x509 is loaded and asked about a ${kind}: ${language}`, {}, async ({ page }) => {
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    const scripts = () => loaded.filter((url) => url.includes('second-opinion'));
    const reader = new Examiner(page, language);
    const step = birth.steps.find(({ focus }) => focus?.includes(`artefact:${kind}@shop/order`))!;
    await reader.open(address, birth, step.id);
    await reader.complete(step);
    await reader.tab('prove');
    await reader.button('second_ask').waitFor();
    expect(scripts()).toEqual([]);

    await reader.button('second_ask').click();
    await reader.inspector.getByText(new RegExp(reader.text('second_agrees', { count: '\\d+' }))).waitFor();
    expect(scripts().length).toBeGreaterThan(0);
    const section = reader.inspector.getByRole('region', { name: reader.text('second_heading') });
    const terms = await section.getByRole('term').allInnerTexts();
    expect(terms.at(-1)).toContain(last);
    expect(await section.getByRole('definition').last().innerText()).toBe('valid');
    expect(await violations(page)).toEqual([]);
  });
}
