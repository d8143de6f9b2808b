import { readFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { inject } from 'vitest';
import { root } from './dist.ts';
import { Owner } from './owner.ts';

const workload = (name: string): string => `apiVersion: v1
kind: ServiceAccount
metadata: { name: ${name}, namespace: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      serviceAccountName: ${name}
      containers: [{ name: app, image: example/${name}:1 }]
---
`;

const shop = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: { istio-injection: enabled }
---
${workload('web')}${workload('order')}apiVersion: v1
kind: Service
metadata: { name: order, namespace: shop }
spec:
  selector: { app: order }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
`;

const words = JSON.parse(readFileSync(`${root}src/ui/handshake/texts.en.json`, 'utf8')) as Record<
  string,
  string
>;

/** A text of the handshake, as the reader sees it. */
export function say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return (words[key] ?? `no text ${key}`).replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

/** Somebody who looks at a connection step by step. */
export class Watcher extends Owner {
  get handshake(): Locator {
    return this.page.getByRole('region', { name: say('title'), exact: true });
  }

  get current(): Locator {
    return this.handshake.locator('[aria-current="step"]');
  }

  /** A mesh of two, and a request that went through. */
  async request(): Promise<void> {
    await this.openMesh(inject('address'));
    await this.write(shop);
    await this.button('mesh_start').click();
    await this.pods(2);
    await this.goTo('act');
    const row = this.page.getByRole('form', { name: this.text('action_request') });
    await row.getByLabel(this.text('action_from')).selectOption('shop/web');
    await row.getByLabel(this.text('action_to')).selectOption('shop/order');
    await row.getByRole('button').click();
    await this.page.getByText(this.text('action_answered', { status: 200 })).waitFor();
  }

  /** From the line on the stage over the inspector to the ladder. */
  async openHandshake(): Promise<void> {
    await this.page.locator('[data-link]').first().press('Enter');
    await this.button('inspector_handshake').click();
    await this.handshake.getByRole('list', { name: say('ladder') }).waitFor();
  }

  async press(name: string): Promise<void> {
    await this.handshake.getByRole('button', { name, exact: true }).click();
  }

  async toBeginning(): Promise<void> {
    const back = this.handshake.getByRole('button', { name: say('back'), exact: true });
    while (await back.isEnabled()) await back.click();
  }

  async look(viewer: string): Promise<void> {
    await this.handshake.getByRole('radio', { name: viewer, exact: true }).check();
  }

  /** Everything that is said, shown or named in the handshake. */
  async everything(): Promise<string> {
    const names = await this.handshake
      .locator('[title], [aria-label]')
      .evaluateAll((all) =>
        all.map((one) => `${one.getAttribute('title')} ${one.getAttribute('aria-label')}`),
      );
    return [await this.handshake.textContent(), ...names].join('\n');
  }

  async tab(name: string): Promise<void> {
    await this.handshake.getByRole('tab', { name: say(name), exact: true }).click();
  }
}
