import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { Reader } from './support/reader.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled } from './support/texts.ts';

withChromium();

const image = '<img src="nowhere.png" onerror="pwned()">';
const script = '<script>pwned()</script>';

/** Whether foreign text has become anything but text. */
async function isOnlyText(page: Page): Promise<void> {
  const made = await page.evaluate(() =>
    [
      ...document.querySelectorAll(
        'img, iframe, object, script:not([src]), [onerror], a[href^="javascript"]',
      ),
    ].map((element) => element.tagName),
  );
  expect(made).toEqual([]);
}

/** Serves a text in the place of a lesson's file. */
async function replaceLesson(page: Page, id: string, yaml: string): Promise<void> {
  await page.route(`**/assets/${id}-*.js`, (route) =>
    route.fulfill({ contentType: 'text/javascript', body: `export default ${JSON.stringify(yaml)}` }),
  );
}

const both = (text: string): string => JSON.stringify({ en: text, ko: text });

const hostileLesson = (say: string): string => `version: 1
id: rotation
track: operate
order: 1
title: ${both(`Title ${script}`)}
summary: ${both('Summary')}
level: beginner
minutes: 1
concepts: []
prerequisites: []
mesh:
  resources: ''
steps:
  - id: first
    title: ${both(`Step ${script}`)}
    say: ${both(say)}
    ask:
      question: ${both(`Question ${image}`)}
      options:
        - { text: ${both(`Option ${image}`)}, correct: true, answer: ${both(`Answer ${image}`)} }
        - { text: ${both('Other')}, answer: ${both('No')} }
    then: ${both(`Reveal ${script}`)}
    goal:
      task: ${both(`Task ${image}`)}
      edit: { name: a.yaml, text: ${JSON.stringify(`# ${image}`)} }
      allow: [apply]
      check: [{ do: [{ advance: 1s }], expect: [{ entry: world.started, count: 1, since: start }] }]
      hints: [${both(`Hint ${image}`)}, ${both('Hint')}, ${both('Hint')}]
      solution:
        text: ${both(`Solution ${image}`)}
        do: [{ advance: 1s }]
`;

onPage('markup in a lesson is shown as it is written', {}, async ({ page }) => {
  await replaceLesson(
    page,
    'rotation',
    hostileLesson(`Say ${script}, **${image}**, \`${image}\`, [here](javascript:pwned())`),
  );
  const reader = new Reader(page, 'en');
  await reader.open(address, lessonCalled('rotation'));
  await page.getByRole('heading', { level: 1, name: `Step ${script}` }).waitFor();
  const main = page.getByRole('main');
  await main.getByText(`Say ${script}, ${image}, ${image}, [here](javascript:pwned())`).waitFor();
  await page.getByRole('radio', { name: `Option ${image}` }).check();
  await reader.button('ask_see').click();
  await main.getByText(`Answer ${image}`).waitFor();
  await main.getByText(`Reveal ${script}`).waitFor();
  await main.getByText(`Task ${image}`).waitFor();
  await reader.button('editor_open', { name: 'a.yaml' }).click();
  await page.getByRole('textbox').getByText(`# ${image}`).waitFor();
  await reader.button('goal_hint', { left: 3 }).click();
  await main.getByText(`Hint ${image}`).waitFor();
  await isOnlyText(page);
});

onPage(
  'a lesson with a link that runs something does not open, and says where it is',
  {},
  async ({ page }) => {
    await replaceLesson(page, 'rotation', hostileLesson('Press [here](javascript:pwned).'));
    const reader = new Reader(page, 'en');
    await reader.open(address, lessonCalled('rotation'));
    const alert = page.getByRole('alert');
    await alert.getByText('javascript:pwned').waitFor();
    expect(await alert.innerText()).toContain('rotation.yaml');
    await isOnlyText(page);
  },
);

onPage('markup in manifests and in the names of files is shown as it is written', {}, async ({ page }) => {
  const reader = new Reader(page, 'en');
  await page.goto(`${address}#/mesh?lang=en`);
  const manifest = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: { istio-injection: enabled }
---
apiVersion: example.com/v1
kind: ${JSON.stringify(image)}
metadata: { name: odd, namespace: shop, annotations: { note: ${JSON.stringify(script)} } }
---
apiVersion: v1
kind: Pod
metadata: { name: order, namespace: shop }
spec:
  containers: [{ name: app, image: ${JSON.stringify(image)} }]
`;
  const name = `${image}.yaml`.replaceAll('/', ' ');
  await page
    .locator('input[type=file]')
    .setInputFiles([{ name, mimeType: 'application/yaml', buffer: Buffer.from(manifest) }]);
  await page
    .getByRole('list', { name: reader.text('mesh_files') })
    .getByText('<img')
    .waitFor();
  await reader.button('mesh_start').click();
  await page.getByRole('tab', { name: reader.text('mesh_tab_resources') }).click();
  await page.getByText(image, { exact: true }).waitFor();
  await isOnlyText(page);

  await page.getByRole('tab', { name: reader.text('mesh_tab_files') }).click();
  await page.getByRole('textbox').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(`apiVersion: v1\nkind: Pod\nmetadata: { name: '${image}' }\n`);
  await reader.button('mesh_apply').click();
  await page.getByRole('alert').getByText(image).first().waitFor();
  await isOnlyText(page);
});
