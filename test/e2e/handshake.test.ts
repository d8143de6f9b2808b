import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from './support/axe.ts';
import { narrow } from './support/browser.ts';
import { onPage, withChromium } from './support/suite.ts';
import { say, Watcher } from './support/watcher.ts';

withChromium();

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
