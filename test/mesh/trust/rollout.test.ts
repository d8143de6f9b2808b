import { afterEach, describe, expect, test } from 'vitest';
import type { Mesh } from '../../../src/mesh/index.ts';
import { request } from '../support/shop.ts';
import {
  begin,
  dataOf,
  held,
  hourMs,
  minuteMs,
  pass,
  perform,
  podOf,
  seoul,
  subjects,
  twoRoots,
} from './support.ts';

let mesh: Mesh | null = null;
afterEach(() => mesh?.stop());

const both = ['root-a', 'root-b'];

/** Secrets that the agent of a workload's pod has pushed to its Envoy. */
function pushes(of: Mesh, workload: string): string[] {
  const pod = podOf(of, workload);
  return dataOf(of, 'secret.pushed').flatMap((data) => (data.pod === pod ? [data.resource] : []));
}

function anchors(of: Mesh, workload: string): number | undefined {
  const pod = podOf(of, workload);
  return dataOf(of, 'anchors.adopted').findLast((data) => data.pod === pod)?.roots.length;
}

describe('what istiod signs with and trusts', () => {
  test('comes to a workload with its next certificate, not before', async () => {
    mesh = await begin(twoRoots, [{ ...seoul, multiRoot: true }]);
    await perform(mesh, { type: 'cacerts', issuer: 'seoul-a2', roots: both });
    await pass(mesh, hourMs);
    for (const workload of ['shop/frontend', 'shop/payment']) {
      expect(subjects(held(mesh, workload).chain).slice(1)).toEqual(['CN=Seoul A', 'CN=A Root CA']);
      expect(anchors(mesh, workload)).toBe(1);
      expect(pushes(mesh, workload)).toEqual(['default', 'ROOTCA']);
    }
    // Renewal comes at about half of 24 hours.
    await pass(mesh, 14 * hourMs);
    for (const workload of ['shop/frontend', 'shop/payment']) {
      const { chain, roots } = held(mesh, workload);
      expect(subjects(chain).slice(1)).toEqual(['CN=Seoul A2', 'CN=A Root CA', 'CN=B Root CA']);
      expect(subjects(roots)).toEqual(['CN=A Root CA', 'CN=B Root CA']);
      expect(anchors(mesh, workload)).toBe(2);
    }
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
  });

  test('comes with a restart of the Deployment to its pods alone', async () => {
    mesh = await begin(twoRoots, [seoul]);
    await perform(
      mesh,
      { type: 'cacerts', issuer: 'seoul-a2' },
      { type: 'restart', workload: 'shop/payment' },
    );
    await pass(mesh, 2 * minuteMs);
    expect(subjects(held(mesh, 'shop/payment').chain)[1]).toBe('CN=Seoul A2');
    expect(subjects(held(mesh, 'shop/frontend').chain)[1]).toBe('CN=Seoul A');
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
    expect(await request(mesh, 'shop/payment', 'shop/frontend')).toMatchObject({ outcome: 'allowed' });
  });

  test('is pushed as ROOTCA at a renewal only where the bundle is another', async () => {
    mesh = await begin(twoRoots, [{ ...seoul, multiRoot: true }]);
    await pass(mesh, 14 * hourMs);
    expect(pushes(mesh, 'shop/frontend')).toEqual(['default', 'ROOTCA', 'default']);
    await perform(mesh, { type: 'cacerts', roots: both });
    await pass(mesh, 14 * hourMs);
    expect(pushes(mesh, 'shop/frontend').slice(3).sort()).toEqual(['ROOTCA', 'default']);
    expect(anchors(mesh, 'shop/frontend')).toBe(2);
  });

  test('breaks what has not the new root yet where a root is exchanged at once', async () => {
    mesh = await begin(twoRoots, [seoul]);
    await perform(
      mesh,
      { type: 'cacerts', issuer: 'seoul-b' },
      { type: 'stop-istiod' },
      { type: 'start-istiod' },
      { type: 'restart', workload: 'shop/payment' },
    );
    await pass(mesh, 2 * minuteMs);
    expect(subjects(held(mesh, 'shop/payment').chain)[1]).toBe('CN=Seoul B');
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'refused' });
    expect(await request(mesh, 'shop/payment', 'shop/frontend')).toMatchObject({ outcome: 'refused' });
  });

  test('crosses over by a certificate that the old root signs for the new', async () => {
    mesh = await begin(twoRoots, [{ ...seoul, multiRoot: true }]);
    await perform(
      mesh,
      { type: 'cross-sign', authority: 'root-b', by: 'root-a' },
      { type: 'cacerts', issuer: 'seoul-b', roots: both, crossSigned: true },
      { type: 'restart', workload: 'shop/payment' },
    );
    await pass(mesh, 2 * minuteMs);
    expect(anchors(mesh, 'shop/frontend')).toBe(1);
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
    expect(await request(mesh, 'shop/payment', 'shop/frontend')).toMatchObject({ outcome: 'allowed' });
  });
});
