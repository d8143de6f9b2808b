import { afterEach, describe, expect, test } from 'vitest';
import type { Mesh } from '../../../src/mesh/index.ts';
import { request } from '../support/shop.ts';
import {
  begin,
  dataOf,
  hourMs,
  last,
  minuteMs,
  mountMs,
  pass,
  perform,
  podOf,
  publish,
  seoul,
  threeApps,
  twoApps,
  twoRoots,
} from './support.ts';

let mesh: Mesh | null = null;
afterEach(() => mesh?.stop());

const listsOfA = [publish('root-a'), publish('seoul-a'), { type: 'cacerts', crls: true } as const];

function listsOf(of: Mesh, workload: string): number {
  const pod = podOf(of, workload);
  return dataOf(of, 'anchors.adopted').findLast((data) => data.pod === pod)?.crls.length ?? 0;
}

/** How the handshake of the last request began: with a ticket, or in full. */
async function resumes(of: Mesh): Promise<boolean> {
  expect(await request(of, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
  return last(of, 'tls.established').resumed;
}

describe('a revocation list in cacerts', () => {
  test('reaches Envoys a minute after istiod has taken it, and new pods at once', async () => {
    mesh = await begin(twoRoots, [seoul]);
    await perform(mesh, ...listsOfA);
    expect(last(mesh, 'trust.distributed')).toMatchObject({ channel: 'istio-ca-crl', cluster: 'seoul' });
    await perform(mesh, { type: 'restart', workload: 'shop/payment' });
    await pass(mesh, 50_000);
    expect([listsOf(mesh, 'shop/frontend'), listsOf(mesh, 'shop/payment')]).toEqual([0, 2]);
    await pass(mesh, 11_000);
    expect([listsOf(mesh, 'shop/frontend'), listsOf(mesh, 'shop/payment')]).toEqual([2, 2]);
  });

  test('ends what tickets of before could resume', async () => {
    mesh = await begin(twoRoots, [seoul]);
    expect(await resumes(mesh)).toBe(false);
    expect(await resumes(mesh)).toBe(true);
    await perform(mesh, ...listsOfA);
    await pass(mesh, 50_000);
    expect(await resumes(mesh)).toBe(true);
    await pass(mesh, mountMs - 50_000);
    expect(await resumes(mesh)).toBe(false);
    expect(await resumes(mesh)).toBe(true);
  });

  test('has a revoked leaf refused with its own alert', async () => {
    mesh = await begin(twoRoots, [seoul]);
    await perform(mesh, { type: 'revoke', certificate: { pod: 'shop/frontend' } }, ...listsOfA);
    await pass(mesh, mountMs);
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'refused' });
    expect(last(mesh, 'connection.refused').reason).toBe('revoked');
    expect(dataOf(mesh, 'tls.alert').map(({ description }) => description)).toContain('certificate_revoked');
    // A new leaf is not on the list.
    await perform(mesh, { type: 'restart', workload: 'shop/frontend' });
    await pass(mesh, 2 * minuteMs);
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
  });

  test('breaks peers that are revoked by nobody where a CA of their chain has none', async () => {
    const clusters = [seoul, { name: 'busan', issuer: 'seoul-a2', namespaces: ['legacy'] }];
    mesh = await begin(twoRoots, clusters, threeApps);
    expect(await request(mesh, 'legacy/app', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
    await perform(mesh, ...listsOfA);
    await pass(mesh, mountMs);
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
    expect(await request(mesh, 'legacy/app', 'shop/payment')).toMatchObject({ outcome: 'refused' });
    expect(last(mesh, 'connection.refused').reason).toBe('revocation-unknown');
    // busan has no list, and asks for none.
    expect(await request(mesh, 'shop/frontend', 'legacy/app')).toMatchObject({ outcome: 'refused' });
    expect(listsOf(mesh, 'legacy/app')).toBe(0);
  });

  test('can be replaced before it ends', async () => {
    mesh = await begin(twoRoots, [seoul], twoApps);
    await perform(mesh, ...listsOfA);
    await pass(mesh, 5 * hourMs);
    await perform(mesh, ...listsOfA);
    await pass(mesh, 2 * hourMs);
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
    expect(dataOf(mesh, 'crl.published').map(({ authority, number }) => `${authority} ${number}`)).toEqual([
      'root-a 0',
      'seoul-a 0',
      'root-a 1',
      'seoul-a 1',
    ]);
  });
});

test('a list whose time is over has unrevoked leaves refused as BoringSSL says it', async () => {
  mesh = await begin(twoRoots, [seoul]);
  const short = (authority: string) => ({ type: 'publish-crl', authority, validForMs: hourMs }) as const;
  await perform(mesh, short('root-a'), short('seoul-a'), { type: 'cacerts', crls: true });
  await pass(mesh, mountMs);
  expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
  await perform(mesh, { type: 'restart', workload: 'shop/frontend' });
  await pass(mesh, 2 * hourMs);
  expect((await request(mesh, 'shop/frontend', 'shop/payment')).outcome).not.toBe('allowed');
  const texts = dataOf(mesh, 'tls.verified').flatMap(({ ok, text }) => (ok ? [] : [text]));
  expect(texts.join()).toContain('CRL has expired');
  expect(dataOf(mesh, 'tls.alert').map(({ description }) => description)).toContain('certificate_expired');
});
