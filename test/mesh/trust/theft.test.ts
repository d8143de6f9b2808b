import { afterEach, describe, expect, test } from 'vitest';
import type { AuthoritySetting } from '../../../src/mesh/trust/authority.ts';
import type { Mesh, MeshCommand } from '../../../src/mesh/index.ts';
import { request } from '../support/shop.ts';
import {
  begin,
  dataOf,
  held,
  hourMs,
  last,
  minuteMs,
  pass,
  perform,
  seoul,
  threeApps,
  twoRoots,
} from './support.ts';

let mesh: Mesh | null = null;
afterEach(() => mesh?.stop());

const attacker = 'legacy/app';
/** Another cluster under the same root, so that who attacks from there takes what servers of the shop show. */
const clusters = [seoul, { name: 'busan', issuer: 'seoul-a2', namespaces: ['legacy'] }];
const frontend = 'spiffe://cluster.local/ns/shop/sa/frontend';

async function start(authorities: readonly AuthoritySetting[] = twoRoots): Promise<Mesh> {
  return (mesh = await begin(authorities, clusters, threeApps));
}

/** What the attacker reaches with what it presents: `allowed`, or why it is refused. */
async function attack(
  of: Mesh,
  present: Omit<Extract<MeshCommand, { type: 'present' }>, 'type' | 'pod'>,
): Promise<string> {
  await perform(of, { type: 'present', pod: attacker, ...present });
  const { outcome } = await request(of, attacker, 'shop/payment');
  return outcome === 'allowed' ? outcome : last(of, 'connection.refused').reason;
}

describe('a stolen key', () => {
  test('is none while it is in a safe', async () => {
    const mesh = await start(
      twoRoots.map((each) => (each.id === 'root-a' ? { ...each, offline: true } : each)),
    );
    expect(mesh.do({ type: 'steal-key', of: { authority: 'root-a' } })).toMatchObject({
      ok: false,
      refusals: [{ rule: 'authority.online' }],
    });
    expect(mesh.do({ type: 'blast-radius', holder: 'root-a' })).toMatchObject({
      ok: false,
      refusals: [{ rule: 'key.stolen' }],
    });
    await perform(mesh, { type: 'move-key', authority: 'root-a', custody: 'online' });
    await perform(mesh, { type: 'steal-key', of: { authority: 'root-a' } });
    expect(last(mesh, 'key.stolen')).toMatchObject({ holder: 'root-a', of: 'authority' });
  });

  test('of a workload works after its owner has renewed, until it ends', async () => {
    const mesh = await start();
    await perform(mesh, { type: 'steal-key', of: { pod: 'shop/frontend' } });
    const [stolen] = held(mesh, 'shop/frontend').chain;
    await pass(mesh, 15 * hourMs);
    expect(held(mesh, 'shop/frontend').chain[0]?.serialNumber).not.toBe(stolen?.serialNumber);
    expect(await attack(mesh, { certificate: 'stolen', as: 'shop/frontend' })).toBe('allowed');
    await perform(mesh, { type: 'blast-radius', holder: 'shop/frontend' });
    expect(last(mesh, 'blast-radius.measured')).toMatchObject({
      of: 'workload',
      forgeable: 1,
      reached: 3,
      pods: 3,
    });
    await pass(mesh, 9 * hourMs);
    expect(await attack(mesh, { certificate: 'stolen', as: 'shop/frontend' })).toBe('certificate-expired');
    await perform(mesh, { type: 'blast-radius', holder: 'shop/frontend' });
    expect(last(mesh, 'blast-radius.measured')).toMatchObject({ forgeable: 0, reached: 0, untilMs: null });
  });

  test('of a workload outlives its pod', async () => {
    const mesh = await start();
    await perform(mesh, { type: 'steal-key', of: { pod: 'shop/frontend' } });
    const [stolen] = held(mesh, 'shop/frontend').chain;
    await perform(mesh, { type: 'restart', workload: 'shop/frontend' });
    await pass(mesh, 2 * minuteMs);
    const [fresh] = held(mesh, 'shop/frontend').chain;
    expect(fresh?.serialNumber).not.toBe(stolen?.serialNumber);
    expect(await attack(mesh, { certificate: 'stolen', as: 'shop/frontend' })).toBe('allowed');
    await perform(mesh, { type: 'blast-radius', holder: 'shop/frontend' });
    expect(last(mesh, 'blast-radius.measured')).toMatchObject({ forgeable: 1, reached: 3 });
    await perform(mesh, { type: 'revoke', certificate: { pod: 'shop/frontend' } });
    expect(last(mesh, 'certificate.revoked').serialNumber).toBe(stolen?.serialNumber);
  });

  test('is put on the list of the CA that signed its certificate, of all that have one name', async () => {
    const named = twoRoots.map((each) =>
      each.parent === 'root-a' ? { ...each, commonName: 'Seoul Mesh CA' } : each,
    );
    const mesh = await start(named);
    await perform(
      mesh,
      { type: 'cacerts', issuer: 'seoul-a2' },
      { type: 'restart', workload: 'shop/frontend' },
    );
    await pass(mesh, 2 * minuteMs);
    await perform(mesh, { type: 'revoke', certificate: { pod: 'shop/frontend' } });
    await perform(mesh, { type: 'revoke', certificate: { pod: 'shop/payment' } });
    expect(dataOf(mesh, 'certificate.revoked').map(({ authority }) => authority)).toEqual([
      'seoul-a2',
      'seoul-a',
    ]);
    await perform(mesh, { type: 'publish-crl', authority: 'seoul-a', validForMs: hourMs });
    const { certificate, serialNumber } = last(mesh, 'certificate.revoked');
    expect(certificate).not.toBeNull();
    expect(last(mesh, 'crl.published').revoked).toMatchObject([{ certificate, serialNumber }]);
  });

  test('of a CA signs no CA of the attacker’s where none may be below it', async () => {
    const mesh = await start();
    const create = { type: 'create-authority', by: 'attacker' } as const;
    expect(mesh.do({ ...create, setting: { id: 'shadow', parent: 'seoul-a' } })).toMatchObject({
      ok: false,
      refusals: [{ rule: 'key.stolen' }],
    });
    await perform(
      mesh,
      { type: 'steal-key', of: { authority: 'seoul-a' } },
      { ...create, setting: { id: 'shadow', parent: 'seoul-a' } },
    );
    expect(last(mesh, 'authority.certified')).toMatchObject({ authority: 'shadow', byAttacker: true });
    expect(await attack(mesh, { certificate: 'forged', key: 'seoul-a', as: 'shop/frontend' })).toBe(
      'allowed',
    );
    expect(await attack(mesh, { certificate: 'forged', key: 'shadow', as: 'shop/frontend' })).toBe(
      'path-too-long',
    );
    await perform(mesh, { type: 'blast-radius', holder: 'shadow' });
    const { verifiers } = last(mesh, 'blast-radius.measured');
    expect(verifiers.find(({ cluster }) => cluster === 'seoul')?.refusals).toEqual(
      Array(3).fill('path-too-long'),
    );
  });

  test('of a CA with room below it lets the attacker go on after its own CA', async () => {
    const mesh = await start(
      twoRoots.map((each) => (each.id === 'seoul-a' ? { ...each, pathLength: 1 } : each)),
    );
    await perform(
      mesh,
      { type: 'steal-key', of: { authority: 'seoul-a' } },
      { type: 'create-authority', by: 'attacker', setting: { id: 'shadow', parent: 'seoul-a' } },
    );
    expect(await attack(mesh, { certificate: 'forged', key: 'shadow', id: frontend })).toBe('allowed');
  });

  test('of a CA for clients opens doors, and serves nobody', async () => {
    const mesh = await start([
      ...twoRoots,
      { id: 'partner', parent: 'root-a', extendedKeyUsage: ['clientAuth'] },
    ]);
    await perform(mesh, { type: 'steal-key', of: { authority: 'partner' } });
    expect(await attack(mesh, { certificate: 'forged', key: 'partner', as: 'shop/frontend' })).toBe(
      'allowed',
    );
    await perform(mesh, {
      type: 'present',
      pod: attacker,
      certificate: 'forged',
      key: 'partner',
      as: 'shop/payment',
    });
    await perform(mesh, { type: 'hijack', service: 'shop/payment', to: attacker });
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'refused' });
    expect(last(mesh, 'connection.refused').reason).toBe('wrong-purpose');
  });

  test('of a CA for servers opens no door', async () => {
    const mesh = await start([
      ...twoRoots,
      { id: 'web', parent: 'root-a', extendedKeyUsage: ['serverAuth'] },
    ]);
    await perform(mesh, { type: 'steal-key', of: { authority: 'web' } });
    expect(await attack(mesh, { certificate: 'forged', key: 'web', as: 'shop/frontend' })).toBe(
      'wrong-purpose',
    );
  });
});

describe('a certificate ends no later than its signer', () => {
  test('a leaf of a CA with an hour to live', async () => {
    const mesh = await start(
      twoRoots.map((each) => (each.id === 'seoul-a' ? { ...each, ttlMs: hourMs } : each)),
    );
    const [leaf, ca] = held(mesh, 'shop/frontend').chain;
    expect(leaf?.notAfter).toEqual(ca?.notAfter);
    expect(leaf?.notAfter.getTime()).toBeLessThanOrEqual(mesh.epochMs + hourMs);
  });

  test('a CA of a CA', async () => {
    const mesh = await start();
    const [root] = dataOf(mesh, 'authority.certified');
    await perform(mesh, {
      type: 'create-authority',
      setting: { id: 'long', parent: 'root-a', ttlMs: 20 * 365 * 24 * hourMs },
    });
    expect(last(mesh, 'authority.certified').notAfterMs).toBe(root?.notAfterMs);
  });
});
