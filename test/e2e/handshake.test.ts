import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from './support/axe.ts';
import { narrow } from './support/browser.ts';
import { root } from './support/dist.ts';
import { Owner } from './support/owner.ts';
import { address, onPage, withChromium } from './support/suite.ts';
import { lessonCalled, stepCalled } from './support/texts.ts';

withChromium();

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
function say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return (words[key] ?? `no text ${key}`).replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

/** Somebody who looks at a connection step by step. */
class Watcher extends Owner {
  get handshake(): Locator {
    return this.page.getByRole('region', { name: say('title'), exact: true });
  }

  get current(): Locator {
    return this.handshake.locator('[aria-current="step"]');
  }

  /** A mesh of two, and a request that went through. */
  async request(): Promise<void> {
    await this.openMesh(address);
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

async function watching(page: Page): Promise<Watcher> {
  const watcher = new Watcher(page, 'en');
  await watcher.request();
  await watcher.openHandshake();
  return watcher;
}

onPage('a handshake is gone through step by step, and each step is told', {}, async ({ page }) => {
  const watcher = await watching(page);
  await watcher.toBeginning();
  await watcher.listen();
  const titles = [
    'client_hello',
    'server_flight',
    'client_checks',
    'client_proof',
    'client_finished',
    'server_checks',
    'channel',
    'request',
  ];
  for (const [index, phase] of titles.entries()) {
    await page.keyboard.press('ArrowRight');
    const told = `${say('step_of', { number: index + 2, count: 12 })}: ${say(`phase_${phase}`)}`;
    await expect.poll(() => watcher.heard(), { message: phase }).toContain(told);
  }
  await page.keyboard.press('ArrowLeft');
  expect(await watcher.current.innerText()).toContain('TLS_AES_128_GCM_SHA256');
});

onPage(
  'a message opens to its fields and bytes, a verification to its checks, a key to its label',
  {},
  async ({ page }) => {
    const watcher = await watching(page);
    const { handshake } = watcher;
    await watcher.press('CertificateRequest');
    await handshake.getByRole('heading', { name: say('msg_CertificateRequest') }).waitFor();
    await handshake.getByRole('button', { name: 'signature_algorithms' }).click();
    await handshake.getByText('RFC 9846 section 4.2.3').waitFor();
    expect(await handshake.locator('.hex .lit').count()).toBeGreaterThan(0);

    await handshake
      .getByRole('button', { name: new RegExp(`^${say('checks_title', { who: 'web', whom: 'order' })}`) })
      .click();
    await handshake.getByRole('heading', { name: say('shown_chain') }).waitFor();
    const bundle = handshake.locator('section', {
      has: page.getByRole('heading', { name: say('own_bundle', { name: 'web' }) }),
    });
    expect(await bundle.last().innerText()).toContain(say('matched_root'));

    await watcher.press('client hs traffic');
    await handshake.getByText('HKDF-Expand-Label(“tls13 c hs traffic”)').waitFor();
    await handshake.getByText(/CLIENT_HANDSHAKE_TRAFFIC_SECRET [0-9a-f]{64}/).waitFor();
  },
);

onPage('an eavesdropper sees hellos and lengths, and no SPIFFE ID anywhere', {}, async ({ page }) => {
  const watcher = await watching(page);
  const { handshake } = watcher;
  expect(await watcher.everything()).toContain('spiffe://');
  await watcher.look(say('view_eavesdropper'));
  for (const tab of ['tab_detail', 'tab_operator', 'tab_save']) {
    await watcher.tab(tab);
    expect(await watcher.everything(), tab).not.toMatch(/spiffe:|\/sa\//);
  }
  await watcher.tab('tab_detail');
  await watcher.toBeginning();
  for (let step = 0; step < 12; step += 1) {
    await watcher.press(say('next'));
    expect(await watcher.everything(), `step ${step}`).not.toMatch(/spiffe:|\/sa\//);
    const ladder = handshake.getByRole('list', { name: say('ladder') });
    expect(await ladder.innerText(), `step ${step}`).not.toContain('CertificateVerify');
  }
  await watcher.press('ClientHello');
  await handshake.getByText('outbound_.80_._.order.shop.svc.cluster.local').first().waitFor();
});

onPage('a flipped bit and a foreign certificate are noticed, and the logs say so', {}, async ({ page }) => {
  const watcher = await watching(page);
  const { handshake } = watcher;
  await watcher.tab('tab_tamper');
  await handshake.getByLabel(say('tamper_action')).selectOption('flip');
  await handshake.getByLabel(say('tamper_message')).selectOption('ServerFlight');
  await watcher.press(say('tamper_send'));
  await handshake.getByText(say('tamper_noticed', { name: 'web', alert: 'bad_record_mac' })).waitFor();
  await handshake.getByRole('button', { name: say('alert', { name: 'bad_record_mac', code: 20 }) }).waitFor();
  await watcher.press(say('tamper_logs'));
  await handshake.getByText('DECRYPTION_FAILED_OR_BAD_RECORD_MAC').first().waitFor();

  await watcher.tab('tab_tamper');
  await handshake.getByLabel(say('tamper_action')).selectOption('other_root');
  await watcher.press(say('tamper_send'));
  await handshake.getByText(say('tamper_noticed', { name: 'web', alert: 'unknown_ca' })).waitFor();

  // Nothing of it stays.
  await handshake.getByLabel(say('tamper_action')).selectOption('replay');
  await handshake.getByLabel(say('tamper_message')).selectOption('ClientHello');
  await watcher.press(say('tamper_send'));
  await handshake.getByText(say('tamper_unnoticed', { status: 200 })).waitFor();
});

onPage('what is saved is decrypted by Wireshark', {}, async ({ page }) => {
  const watcher = await watching(page);
  await watcher.tab('tab_save');
  const [download] = await Promise.all([page.waitForEvent('download'), watcher.press(say('save_pcapng'))]);
  expect(download.suggestedFilename()).toMatch(/^connection-\d+\.pcapng$/);
  const file = await download.path();
  const seen = execFileSync(
    'tshark',
    ['-r', file, '-d', 'tcp.port==8080,tls', '-q', '-z', 'follow,tls,ascii,0'],
    { encoding: 'utf8' },
  );
  expect(seen).toContain('GET / HTTP/1.1');
});

onPage('Escape leads back to the stage', {}, async ({ page }) => {
  const watcher = await watching(page);
  await page.keyboard.press('Escape');
  await page.getByRole('region', { name: watcher.text('area_stage') }).waitFor();
  expect(await watcher.handshake.count()).toBe(0);
});

const lesson = lessonCalled('mtls-handshake');
const [theTap, oneSecret, whoseKey] = ['the-tap', 'one-secret', 'whose-key'].map((id) =>
  stepCalled(lesson, id),
);

/** A reader at the step of the lesson that is about the key exchange, in the form of page asked for. */
async function atOneSecret(page: Page, query = ''): Promise<Watcher> {
  const watcher = new Watcher(page, 'en');
  await page.goto(`${address}${query}#/lesson/${lesson.id}/one-secret?lang=en`);
  await watcher.arriveAt(oneSecret!);
  return watcher;
}

onPage(
  'a step that speaks of the handshake opens it, and leaves the keys to the story',
  {},
  async ({ page }) => {
    const watcher = await atOneSecret(page);
    const ladder = watcher.handshake.getByRole('list', { name: say('ladder') });
    await ladder.waitFor();
    expect(await watcher.current.first().innerText()).toContain('ServerHello');
    await page.keyboard.press('ArrowRight');
    await watcher.complete(whoseKey!);
    await watcher.handshake.getByText(say('checks_title', { who: 'frontend', whom: 'payment' })).waitFor();
    for (const step of [oneSecret!, theTap!]) {
      await page.keyboard.press('ArrowLeft');
      await watcher.arriveAt(step);
      await ladder.waitFor();
    }
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('region', { name: watcher.text('area_stage') }).waitFor();
    expect(await watcher.handshake.count()).toBe(0);
  },
);

onPage(
  'a handshake that was closed can be had again, and what is asked for lies above it',
  {},
  async ({ page }) => {
    const watcher = await atOneSecret(page);
    await watcher.handshake.getByRole('list', { name: say('ladder') }).waitFor();
    await watcher.press(say('close'));
    await watcher.handshake.waitFor({ state: 'detached' });
    await watcher.button('inspector_handshake').click();
    await watcher.handshake.waitFor();
    await watcher.button('step_back', { title: theTap!.title.en }).click();
    await watcher.arriveAt(theTap!);
    await page.getByRole('main').getByRole('button', { name: 'payment', exact: true }).click();
    await page.getByRole('complementary', { name: watcher.text('area_inspector') }).waitFor();
    expect(await watcher.handshake.count()).toBe(0);
  },
);

for (const [name, query, viewport] of [
  ['a phone', '', narrow],
  ['a narrow embed', '?embed', { width: 360, height: 640 }],
] as const) {
  onPage(`${name} keeps the story in sight and offers the handshake`, { viewport }, async ({ page }) => {
    const watcher = await atOneSecret(page, query);
    await watcher.button('inspector_handshake').waitFor();
    expect(await watcher.handshake.count()).toBe(0);
    await watcher.button('inspector_handshake').click();
    await watcher.handshake.getByRole('list', { name: say('ladder') }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await page.keyboard.press('Escape');
    await watcher.next(whoseKey!);
    await watcher.arriveAt(whoseKey!);
    expect(await watcher.handshake.count()).toBe(0);
  });
}

onPage(
  'a wide embed shows the handshake beside the story',
  { viewport: { width: 960, height: 600 } },
  async ({ page }) => {
    const watcher = await atOneSecret(page, '?embed');
    await watcher.handshake.getByRole('list', { name: say('ladder') }).waitFor();
    expect(await violations(page)).toEqual([]);
    await watcher.next(whoseKey!);
    await watcher.complete(whoseKey!);
    await watcher.handshake.getByText(say('checks_title', { who: 'frontend', whom: 'payment' })).waitFor();
  },
);

for (const [name, options] of [
  ['wide', {}],
  ['narrow, dark', { viewport: narrow, colorScheme: 'dark' as const }],
] as const) {
  onPage(`the handshake has no barrier: ${name}`, options, async ({ page }) => {
    const watcher = new Watcher(page, 'en');
    await page.setViewportSize({ width: 1440, height: 900 });
    await watcher.request();
    await watcher.openHandshake();
    if ('viewport' in options) await page.setViewportSize(options.viewport);
    for (const tab of 'viewport' in options
      ? ['tab_ladder', 'tab_detail', 'tab_keys', 'tab_operator', 'tab_tamper', 'tab_save']
      : ['tab_detail', 'tab_operator', 'tab_tamper', 'tab_save']) {
      await watcher.tab(tab);
      expect(await violations(page), tab).toEqual([]);
    }
    await watcher.toBeginning();
    await watcher.look(say('view_eavesdropper'));
    expect(await violations(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
}
