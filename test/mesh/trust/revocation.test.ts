import { describe, expect, test } from 'vitest';
import type { Mesh, MeshCommand } from '../../../src/mesh/index.ts';
import { account, deployment, entriesOf, fast, hourMs, namespace, request, start } from '../support/shop.ts';

const yaml =
  namespace('shop') + ['frontend', 'payment'].map((name) => account(name) + deployment(name)).join('');

const settings = {
  ...fast,
  authorities: [
    { id: 'root', commonName: 'Hanok Corp Root CA' },
    { id: 'seoul', parent: 'root', commonName: 'Seoul Mesh CA', pathLength: 0 },
  ],
  clusters: [{ name: 'seoul', issuer: 'seoul' }],
};

/** kubelet brings the list to the pods after a minute. */
const mountMs = 61_000;

async function begin(): Promise<Mesh> {
  const mesh = await start(yaml, { settings });
  await mesh.driver.advanceTo(60_000);
  return mesh;
}

async function perform(mesh: Mesh, ...commands: readonly MeshCommand[]): Promise<void> {
  for (const command of commands) {
    expect(mesh.do(command)).toMatchObject({ ok: true });
    await mesh.driver.advanceTo(mesh.now());
  }
}

const publish = (authority: string): MeshCommand => ({
  type: 'publish-crl',
  authority,
  validForMs: 6 * hourMs,
});

function reasons(mesh: Mesh): string[] {
  return entriesOf(mesh, 'connection.refused').map(({ data }) => data.reason);
}

describe('a revocation list', () => {
  test('is refused by istiod while a CA of the chain has none', async () => {
    const mesh = await begin();
    await perform(mesh, { type: 'revoke', certificate: { pod: 'shop/frontend' } }, publish('seoul'), {
      type: 'cacerts',
      crls: true,
    });
    await mesh.driver.advanceTo(mesh.now() + mountMs);
    expect(entriesOf(mesh, 'cacerts.refused').map(({ data }) => data.rule)).toEqual(['cacerts.crl']);
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
    mesh.stop();
  });

  test('stops new connections of who is on it once it is mounted, and of everybody when it has run out', async () => {
    const mesh = await begin();
    await perform(
      mesh,
      { type: 'revoke', certificate: { pod: 'shop/frontend' } },
      publish('seoul'),
      publish('root'),
      { type: 'cacerts', crls: true },
    );
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
    await mesh.driver.advanceTo(mesh.now() + mountMs);
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'refused' });
    expect(await request(mesh, 'shop/payment', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
    await mesh.driver.advanceTo(mesh.now() + 6 * hourMs);
    expect(await request(mesh, 'shop/payment', 'shop/payment')).toMatchObject({ outcome: 'refused' });
    expect(reasons(mesh)).toEqual(['revoked', 'revocation-unknown']);
    mesh.stop();
  });
});
