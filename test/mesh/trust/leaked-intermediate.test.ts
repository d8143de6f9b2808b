import { describe, expect, test } from 'vitest';
import type { EntryKind, EntryOf } from '../../../src/trace/index.ts';
import type { Mesh, MeshCommand } from '../../../src/mesh/index.ts';
import { account, deployment, entriesOf, fast, hourMs, namespace, request, start } from '../support/shop.ts';

const yaml =
  namespace('shop') +
  namespace('legacy') +
  ['frontend', 'payment'].map((name) => account(name) + deployment(name)).join('') +
  account('mallory', 'legacy') +
  deployment('mallory', { namespace: 'legacy' });

const tenYears = 3650 * 24 * hourMs;

function settings(limits: { readonly permitted?: { readonly uris: readonly string[] } } = {}) {
  return {
    ...fast,
    authorities: [
      {
        id: 'root',
        commonName: 'Hanok Corp Root CA',
        organization: 'Hanok Corp',
        ttlMs: tenYears,
        offline: true,
      },
      { id: 'prod', parent: 'root', pathLength: 1, ttlMs: tenYears / 2 },
      { id: 'dev', parent: 'root', pathLength: 1, ttlMs: tenYears / 2, ...limits },
      { id: 'istiod-prod', parent: 'prod', pathLength: 0, ttlMs: tenYears / 4 },
      { id: 'istiod-dev', parent: 'dev', pathLength: 0, ttlMs: tenYears / 4 },
    ],
    clusters: [
      { name: 'seoul', issuer: 'istiod-prod', trustDomain: 'prod.hanok' },
      { name: 'dev', issuer: 'istiod-dev', trustDomain: 'dev.hanok', namespaces: ['legacy'] },
    ],
  };
}

async function begin(limits?: Parameters<typeof settings>[0]): Promise<Mesh> {
  const mesh = await start(yaml, { settings: settings(limits) });
  await mesh.driver.advanceTo(60_000);
  return mesh;
}

async function perform(mesh: Mesh, command: MeshCommand): Promise<void> {
  const result = mesh.do(command);
  expect(result).toMatchObject({ ok: true });
  await mesh.driver.advanceTo(mesh.now());
}

function last<K extends EntryKind>(mesh: Mesh, kind: K): EntryOf<K>['data'] {
  const entry = entriesOf(mesh, kind).at(-1) as EntryOf<K> | undefined;
  if (entry === undefined) throw new Error(`no ${kind}`);
  return entry.data as EntryOf<K>['data'];
}

describe('the key of an intermediate', () => {
  test('forges every identity where nothing limits its names', async () => {
    const mesh = await begin();
    await perform(mesh, { type: 'steal-key', of: { authority: 'dev' } });
    await perform(mesh, { type: 'blast-radius', holder: 'dev' });
    const data = last(mesh, 'blast-radius.measured');
    expect(data.identities.map(({ spiffeId }) => spiffeId)).toEqual([
      'spiffe://dev.hanok/ns/legacy/sa/mallory',
      'spiffe://prod.hanok/ns/shop/sa/frontend',
      'spiffe://prod.hanok/ns/shop/sa/payment',
    ]);
    expect(data).toMatchObject({ forgeable: 3, reached: 3, pods: 3 });
    mesh.stop();
  });

  test('forges no name of another trust domain where its names are constrained', async () => {
    const mesh = await begin({ permitted: { uris: ['dev.hanok'] } });
    await perform(mesh, { type: 'steal-key', of: { authority: 'dev' } });
    await perform(mesh, { type: 'blast-radius', holder: 'dev' });
    const data = last(mesh, 'blast-radius.measured');
    const prod = data.verifiers.find(({ cluster }) => cluster === 'seoul');
    expect(prod?.refusals).toEqual(['name-mismatch', 'name-not-permitted', 'name-not-permitted']);
    expect(data).toMatchObject({ forgeable: 1, reached: 1 });
    mesh.stop();
  });

  test('opens a door of prod with a forged leaf', async () => {
    const mesh = await begin();
    await perform(mesh, { type: 'steal-key', of: { authority: 'dev' } });
    const present = {
      pod: 'legacy/mallory',
      certificate: 'forged',
      key: 'dev',
      as: 'shop/frontend',
    } as const;
    await perform(mesh, { type: 'present', ...present });
    expect(await request(mesh, 'legacy/mallory', 'shop/payment')).toMatchObject({
      outcome: 'allowed',
      status: 200,
    });
    const seen = entriesOf(mesh, 'tls.verified').filter(({ data }) => data.side === 'server' && data.ok);
    expect(seen.map(({ data }) => data.identity)).toContain('spiffe://prod.hanok/ns/shop/sa/frontend');
    mesh.stop();
  });

  test('refuses to sign with a key in a safe', async () => {
    const mesh = await begin();
    const result = mesh.do({ type: 'create-authority', setting: { id: 'dev2', parent: 'root' } });
    expect(result).toMatchObject({ ok: false, refusals: [{ rule: 'authority.online' }] });
    await perform(mesh, { type: 'move-key', authority: 'root', custody: 'online' });
    await perform(mesh, { type: 'create-authority', setting: { id: 'dev2', parent: 'root', pathLength: 0 } });
    expect(last(mesh, 'authority.certified')).toMatchObject({
      authority: 'dev2',
      issuer: 'root',
      pathLength: 0,
    });
    mesh.stop();
  });
});
