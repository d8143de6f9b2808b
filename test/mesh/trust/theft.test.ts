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
/** Beside the shop, and of another root: nobody of the shop trusts it by itself. */
const clusters = [seoul, { name: 'busan', issuer: 'seoul-b', namespaces: ['legacy'] }];
const frontend = 'spiffe://cluster.local/ns/shop/sa/frontend';

async function start(authorities: readonly AuthoritySetting[] = twoRoots): Promise<Mesh> {
  return (mesh = await begin(authorities, clusters, threeApps));
}

/**
 * What the attacker reaches with what it presents. It trusts nobody's root but its own, and does not ask whom it reaches
 * by name: so the server is the one to refuse.
 */
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
});
