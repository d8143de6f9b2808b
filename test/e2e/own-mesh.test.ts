import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
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

const guest = `apiVersion: apps/v1
kind: Deployment
metadata: { name: guest, namespace: shop }
spec:
  selector: { matchLabels: { app: guest } }
  template:
    metadata: { labels: { app: guest } }
    spec:
      containers: [{ name: app, image: example/guest:1 }]
`;

const outside = `apiVersion: v1
kind: Namespace
metadata: { name: legacy }
---
apiVersion: v1
kind: Pod
metadata: { name: old, namespace: legacy }
spec:
  containers: [{ name: app, image: example/old:1 }]
`;

/** What the editor draws where something is wrong. */
const marks = '.cm-lintRange-error, .cm-lintPoint-error';

const manifest = (name: string): string =>
  fileURLToPath(new URL(`../core/kubernetes/manifests/${name}`, import.meta.url));

async function startedShop(page: Page): Promise<Owner> {
  const owner = new Owner(page, 'en');
  await owner.openMesh(address);
  await owner.write(shop);
  await owner.button('mesh_start').click();
  expect(await owner.pods(1)).toEqual([
    expect.stringMatching(/^\S* ?order-\S+ spiffe:\/\/cluster\.local\/ns\/shop\/sa\/order$/),
  ]);
  return owner;
}

onPage(
  'pasted YAML becomes one file and a mesh; a pod on the default account is pointed out',
  {},
  async ({ page }) => {
    const owner = await startedShop(page);
    expect(
      await page
        .getByRole('list', { name: owner.text('mesh_files') })
        .getByRole('listitem')
        .count(),
    ).toBe(1);
    await page.getByRole('button', { name: /^Pod order-.*sa\/order/ }).waitFor();
    await owner.goTo('pods');
    const warning = page.getByRole('heading', {
      name: owner.text('mesh_default_heading', { workloads: 'shop/guest' }),
    });
    expect(await warning.count()).toBe(0);

    await owner.goTo('files');
    await owner.append(`---\n${guest}`);
    await owner.button('mesh_apply').click();
    expect((await owner.pods(2)).join()).toContain('spiffe://cluster.local/ns/shop/sa/default');
    await owner.goTo('pods');
    await warning.waitFor();
  },
);

onPage(
  'broken YAML has its line marked and leaves text and mesh as they were, until it is repaired',
  {},
  async ({ page }) => {
    const owner = await startedShop(page);
    const before = await owner.state();
    await owner.append('---\nkind: ]\n');
    await owner.button('mesh_apply').click();
    const alert = page.getByRole('alert');
    await alert.getByText(`mesh.yaml:${shop.split('\n').length + 1}:`).waitFor();
    await page.locator('.cm-lint-marker-error').waitFor();
    const marked = owner.editor.locator('.cm-line').filter({ has: page.locator(marks) });
    expect(await marked.allInnerTexts()).toEqual(['kind: ]']);
    await page.getByRole('button', { name: owner.text('mesh_file_errors', { name: 'mesh.yaml' }) }).waitFor();
    expect(await owner.editor.innerText()).toContain('kind: ]');
    await page.getByRole('button', { name: /^Pod order-.*sa\/order/ }).waitFor();
    expect(await owner.state()).toEqual(before);

    // Whole YAML, and no good as Kubernetes.
    const misnamed = shop.replace(/name: order(?=, namespace: shop }\nspec)/, 'name: Order!');
    await owner.write(misnamed);
    await owner.button('mesh_apply').click();
    const line = misnamed.slice(0, misnamed.indexOf('Order!')).split('\n').length;
    await alert.getByText(`mesh.yaml:${line}:`).waitFor();

    await owner.write(`${shop}---\n${guest}`);
    await owner.button('mesh_apply').click();
    expect(await owner.pods(2)).toHaveLength(2);
    expect(await alert.count()).toBe(0);
    expect(await page.locator(marks).count()).toBe(0);
  },
);

onPage('a mesh that cannot be started says why and keeps the text', {}, async ({ page }) => {
  const owner = new Owner(page, 'ko');
  await owner.openMesh(address);
  await owner.write(shop.replace('name: shop\n', 'name: Shop!\n'));
  await owner.editor.press('ControlOrMeta+Enter');
  await page.getByRole('alert').getByText('mesh.yaml:4').first().waitFor();
  expect(await owner.editor.innerText()).toContain('name: Shop!');
  await owner.goTo('pods');
  await page.getByText(owner.text('mesh_not_started')).waitFor();

  await page.reload();
  await owner.editor.getByText('name: Shop!').waitFor();
  await owner.write(shop);
  await owner.button('mesh_start').click();
  expect(await owner.pods(1)).toHaveLength(1);
});

onPage('a reload in the middle brings back files, names, time and what was done', {}, async ({ page }) => {
  const owner = await startedShop(page);
  await owner.append(`---\n${guest}`);
  await owner.button('mesh_apply').click();
  await owner.pods(2);
  await owner.goTo('act');
  const request = page.getByRole('form', { name: owner.text('action_request') });
  await request.getByLabel(owner.text('action_from')).selectOption('shop/guest');
  await request.getByRole('button').click();
  await request.locator('xpath=following::*[@role="status"][1]').getByText('200').waitFor();
  const advance = page.getByRole('form', { name: owner.text('action_advance') });
  await advance.getByRole('combobox').selectOption('renewal shop/order');
  await advance.getByRole('button').click();
  const clock = page.getByTitle(owner.text('progress_label'));
  await clock.getByText(/^(20|21):/).waitFor();
  const [pods, state] = [await owner.pods(2), await owner.state()];
  // What was not applied yet is kept as well.
  await owner.append('# unfinished');

  await page.reload();
  await clock.getByText(state[1] ?? '').waitFor();
  expect(await owner.pods(2)).toEqual(pods);
  expect(await owner.state()).toEqual(state);
  expect(await owner.editor.innerText()).toContain('# unfinished');
  await expect.poll(() => owner.button('mesh_apply').isEnabled()).toBe(true);
});

onPage(
  'requests go out several times with a header; a header that is none is pointed at',
  {},
  async ({ page }) => {
    const owner = await startedShop(page);
    await owner.append(`---\n${guest}`);
    await owner.button('mesh_apply').click();
    await owner.pods(2);
    await owner.goTo('act');
    const request = page.getByRole('form', { name: owner.text('action_request') });
    await request.getByLabel(owner.text('action_from')).selectOption('shop/guest');
    await page.getByText(owner.text('action_request_more')).click();
    await page.getByLabel(owner.text('action_count')).fill('3');
    const name = page.getByLabel(owner.text('action_header_name', { number: 1 }));
    await name.fill('not a name');
    await page.getByLabel(owner.text('action_header_value', { number: 1 })).fill('v2');
    await request.getByRole('button').click();
    expect(await name.evaluate((input: HTMLInputElement) => input.validity.patternMismatch)).toBe(true);
    await name.fill('x-version');
    await request.getByRole('button').click();
    const answers = request.locator('xpath=following::*[@role="status"][1]');
    await answers.getByText(owner.text('action_answered_of', { allowed: 3, count: 3 })).waitFor();
  },
);

onPage(
  'several files are dropped, one is removed, a namespace without the label stays outside',
  {},
  async ({ page }) => {
    const owner = new Owner(page, 'en');
    await owner.openMesh(address);
    const dropped = await page.evaluateHandle(
      (files) => {
        const transfer = new DataTransfer();
        for (const [name, text] of files)
          transfer.items.add(new File([text], name, { type: 'application/yaml' }));
        return transfer;
      },
      Object.entries({ 'shop.yaml': shop, 'guest.yaml': guest, 'legacy.yaml': outside }),
    );
    await page.dispatchEvent('body', 'drop', { dataTransfer: dropped });
    const files = page.getByRole('list', { name: owner.text('mesh_files') });
    await files.getByRole('button', { name: 'guest.yaml', exact: true }).click();
    expect(await owner.editor.innerText()).toContain('guest');
    await owner.button('mesh_file_remove', { name: 'guest.yaml' }).click();
    expect(await files.getByRole('listitem').allInnerTexts()).toEqual(['shop.yaml', 'legacy.yaml']);
    await owner.button('mesh_start').click();
    const pods = (await owner.pods(1)).join('\n');
    expect(pods).toContain('sa/order');
    expect(pods).toMatch(/old Outside the mesh: no sidecar, no identity/);
    expect(pods).not.toContain('guest');
  },
);

onPage(
  'manifests of the kind tutorials use run as they are, and say what is only listed',
  {},
  async ({ page }) => {
    const owner = new Owner(page, 'en');
    await owner.openMesh(address);
    await page.locator('input[type=file]').setInputFiles([
      {
        name: 'namespace.yaml',
        mimeType: 'application/yaml',
        buffer: Buffer.from(shop.split('---')[0]!.replace('shop', 'default')),
      },
    ]);
    await page
      .locator('input[type=file]')
      .setInputFiles(['echo-and-client.yaml', 'library.yaml'].map(manifest));
    await owner.button('mesh_start').click();
    const pods = await owner.pods(5);
    expect(pods.join('\n')).toContain('sa/echo');
    expect(pods.join('\n')).toContain('sa/client');
    expect(await page.getByRole('alert').count()).toBe(0);
    await owner.goTo('resources');
    await owner.panel.getByText('default/echo').first().waitFor();
  },
);

for (const sample of ['httpbin', 'shop', 'legacy']) {
  onPage(`the example ${sample} starts`, {}, async ({ page }) => {
    const owner = new Owner(page, 'ko');
    await owner.openMesh(address);
    await page.getByRole('button', { name: owner.text(`mesh_sample_${sample}`) }).click();
    await owner.pods(1);
    expect(await page.getByRole('alert').count()).toBe(0);
  });
}
