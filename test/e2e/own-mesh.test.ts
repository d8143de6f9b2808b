import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { onPage, address, withChromium } from './support/suite.ts';
import { Reader } from './support/reader.ts';

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

const orderId = 'spiffe://cluster.local/ns/shop/sa/order';
const defaultId = 'spiffe://cluster.local/ns/shop/sa/default';

class Owner extends Reader {
  get editor() {
    return this.page.getByRole('textbox').first();
  }

  async openMesh(): Promise<void> {
    await this.page.goto(`${address}#/mesh?lang=${this.language}`);
    await this.editor.waitFor();
  }

  /** As a person does it: from the clipboard. */
  async paste(text: string): Promise<void> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await this.editor.click();
    await this.page.keyboard.press('ControlOrMeta+v');
  }

  async goTo(tab: string): Promise<void> {
    await this.page.getByRole('tab', { name: this.text(tab) }).click();
  }

  async seesIdentity(id: string): Promise<void> {
    await this.goTo('mesh_tab_pods');
    await this.page.getByRole('tabpanel').getByText(id, { exact: true }).first().waitFor();
    await this.goTo('mesh_tab_files');
  }
}

async function startedShop(page: Page): Promise<Owner> {
  const owner = new Owner(page, 'en');
  await owner.openMesh();
  await owner.paste(shop);
  await owner.button('mesh_start').click();
  await owner.seesIdentity(orderId);
  return owner;
}

onPage('YAML is pasted, broken and repaired', {}, async ({ page }) => {
  const owner = await startedShop(page);
  await owner.editor.click();
  await page.keyboard.press('ControlOrMeta+End');
  await owner.paste('---\nkind: [');
  await owner.button('mesh_apply').click();
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.innerText()).toContain('mesh.yaml:');
  await page.locator('.cm-lint-marker-error').first().waitFor();
  expect(await owner.editor.innerText()).toContain('kind: [');
  await owner.seesIdentity(orderId);

  await owner.editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await owner.paste(`${shop}---\n${guest}`);
  await owner.button('mesh_apply').click();
  await owner.seesIdentity(defaultId);
  expect(await alert.count()).toBe(0);
});

onPage('a pod on the default account is pointed out', {}, async ({ page }) => {
  const owner = await startedShop(page);
  await owner.editor.click();
  await page.keyboard.press('ControlOrMeta+End');
  await owner.paste(`---\n${guest}`);
  await owner.button('mesh_apply').click();
  await owner.seesIdentity(defaultId);
  await owner.goTo('mesh_tab_pods');
  await page
    .getByText(owner.text('mesh_default_heading', { workloads: '' }).trim())
    .first()
    .waitFor();
});

onPage('a reload brings the mesh back', {}, async ({ page }) => {
  const owner = await startedShop(page);
  await page.reload();
  await owner.seesIdentity(orderId);
  expect(await owner.editor.innerText()).toContain('serviceAccountName: order');
});

onPage('several files are dropped on the page', {}, async ({ page }) => {
  const owner = new Owner(page, 'en');
  await owner.openMesh();
  await page.evaluate(
    (files) => {
      const dropped = new DataTransfer();
      for (const [name, text] of files)
        dropped.items.add(new File([text], name, { type: 'application/yaml' }));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
    },
    [
      ['shop.yaml', shop],
      ['guest.yaml', guest],
    ] as const,
  );
  for (const name of ['shop.yaml', 'guest.yaml'])
    await page.getByRole('button', { name, exact: true }).waitFor();
  await owner.button('mesh_start').click();
  await owner.seesIdentity(orderId);
  await owner.seesIdentity(defaultId);
});

for (const sample of ['httpbin', 'shop', 'legacy']) {
  onPage(`the example ${sample} starts`, {}, async ({ page }) => {
    const owner = new Owner(page, 'ko');
    await owner.openMesh();
    await page.getByRole('button', { name: owner.text(`mesh_sample_${sample}`) }).click();
    await owner.goTo('mesh_tab_pods');
    await page
      .getByText(/^spiffe:\/\/cluster\.local\//)
      .first()
      .waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
}
