import { afterEach, describe, expect, test } from 'vitest';
import type { Mesh, MeshCommand } from '../../../src/mesh/index.ts';
import { request } from '../support/shop.ts';
import {
  begin,
  dataOf,
  last,
  minuteMs,
  pass,
  perform,
  podOf,
  seoul,
  subjects,
  threeApps,
  twoRoots,
} from './support.ts';
import { parseCertificates } from '../../../src/core/pki/index.ts';

let mesh: Mesh | null = null;
afterEach(() => mesh?.stop());

const busan = { name: 'busan', issuer: 'seoul-b', namespaces: ['legacy'] };

const anchorsOf = (
  cluster: string,
  authority: string,
  trustDomains: readonly string[] = [],
): MeshCommand => ({
  type: 'mesh-anchors',
  cluster,
  anchors: [{ authority, trustDomains }],
});

/** Roots by which the Envoy of a workload's pod judges now. */
function trusted(of: Mesh, workload: string): string[] {
  const pod = podOf(of, workload);
  const roots = dataOf(of, 'anchors.adopted').findLast((data) => data.pod === pod)?.roots ?? [];
  return roots.map((id) => {
    const certified = dataOf(of, 'authority.certified').find(({ artefact }) => artefact === id);
    return certified?.authority ?? id;
  });
}

async function outcomes(of: Mesh): Promise<string[]> {
  const there = await request(of, 'shop/frontend', 'legacy/app');
  const back = await request(of, 'legacy/app', 'shop/payment');
  return [there.outcome, back.outcome];
}

describe('two clusters', () => {
  test('with the same names and another root refuse each other', async () => {
    mesh = await begin(twoRoots, [seoul, busan], threeApps);
    expect(await outcomes(mesh)).toEqual(['refused', 'refused']);
    expect(dataOf(mesh, 'connection.refused').map(({ reason }) => reason)).toEqual([
      'self-signed-untrusted',
      'self-signed-untrusted',
    ]);
  });

  test('with one root and one trust domain speak with each other', async () => {
    mesh = await begin(twoRoots, [seoul, { ...busan, issuer: 'seoul-a2' }], threeApps);
    expect(await outcomes(mesh)).toEqual(['allowed', 'allowed']);
  });

  test('with one root and two trust domains refuse the names, until they know them as aliases', async () => {
    const two = { ...busan, issuer: 'seoul-a2', trustDomain: 'busan.test' };
    mesh = await begin(twoRoots, [seoul, two], threeApps);
    expect(await outcomes(mesh)).toEqual(['refused', 'refused']);
    expect(last(mesh, 'connection.refused').reason).toBe('name-mismatch');
    mesh.stop();
    const aliases = [
      { ...seoul, trustDomainAliases: ['busan.test'] },
      { ...two, trustDomainAliases: ['cluster.local'] },
    ];
    mesh = await begin(twoRoots, aliases, threeApps);
    expect(await outcomes(mesh)).toEqual(['allowed', 'allowed']);
  });

  test('of which one alone has the alias speak in no direction', async () => {
    const two = { ...busan, issuer: 'seoul-a2', trustDomain: 'busan.test' };
    mesh = await begin(twoRoots, [{ ...seoul, trustDomainAliases: ['busan.test'] }, two], threeApps);
    // The server of one refuses the name of the client, the client of the other that of the server.
    expect(await outcomes(mesh)).toEqual(['refused', 'refused']);
    expect(dataOf(mesh, 'connection.refused').map(({ side }) => side)).toEqual(['server', 'client']);
  });
});

describe('anchors of the mesh configuration', () => {
  test('are refused where several roots are not allowed', async () => {
    mesh = await begin(twoRoots, [seoul, busan], threeApps);
    expect(mesh.do(anchorsOf('seoul', 'root-b'))).toMatchObject({
      ok: false,
      refusals: [{ rule: 'anchors.multi-root' }],
    });
    expect(mesh.do(anchorsOf('seoul', 'root-c'))).toMatchObject({
      ok: false,
      refusals: [{ rule: 'authority.exists' }],
    });
  });

  test('join the bundle of every Envoy of the cluster at once, and of new ones', async () => {
    mesh = await begin(
      twoRoots,
      [
        { ...seoul, multiRoot: true },
        { ...busan, multiRoot: true },
      ],
      threeApps,
    );
    await perform(mesh, anchorsOf('seoul', 'root-b'));
    await pass(mesh, minuteMs);
    expect(last(mesh, 'trust.distributed')).toMatchObject({ cluster: 'seoul', channel: 'PCDS' });
    expect(trusted(mesh, 'shop/payment')).toEqual(['root-a', 'root-b']);
    expect(trusted(mesh, 'legacy/app')).toEqual(['root-b']);
    // One direction is not enough for mutual TLS.
    expect(await outcomes(mesh)).toEqual(['refused', 'refused']);
    await perform(mesh, anchorsOf('busan', 'root-a'));
    await pass(mesh, minuteMs);
    expect(await outcomes(mesh)).toEqual(['allowed', 'allowed']);
    await perform(mesh, { type: 'restart', workload: 'shop/payment' });
    await pass(mesh, 2 * minuteMs);
    expect(trusted(mesh, 'shop/payment')).toEqual(['root-a', 'root-b']);
  });

  test('that are roots of the cluster anyway are there once', async () => {
    mesh = await begin(twoRoots, [{ ...seoul, multiRoot: true }]);
    await perform(mesh, anchorsOf('seoul', 'root-a'));
    await pass(mesh, minuteMs);
    const pem = mesh.material(podOf(mesh, 'shop/payment'))?.rootCertPem ?? '';
    expect(subjects(parseCertificates(pem))).toEqual(['CN=A Root CA']);
    expect(trusted(mesh, 'shop/payment')).toEqual(['root-a']);
  });

  test('bring the names of their trust domains', async () => {
    const foreign = {
      ...busan,
      trustDomain: 'busan.test',
      trustDomainAliases: ['cluster.local'],
      multiRoot: true,
    };
    mesh = await begin(twoRoots, [{ ...seoul, multiRoot: true }, foreign], threeApps);
    await perform(mesh, anchorsOf('seoul', 'root-b'), anchorsOf('busan', 'root-a'));
    await pass(mesh, minuteMs);
    expect((await request(mesh, 'legacy/app', 'shop/payment')).outcome).toBe('refused');
    expect(last(mesh, 'connection.refused').reason).toBe('name-mismatch');
    await perform(mesh, anchorsOf('seoul', 'root-b', ['busan.test']));
    await pass(mesh, minuteMs);
    expect((await request(mesh, 'legacy/app', 'shop/payment')).outcome).toBe('allowed');
  });
});

test('a ClusterTrustBundle follows the roots of istiod, where it is switched on', async () => {
  mesh = await begin(twoRoots, [{ ...seoul, multiRoot: true, clusterTrustBundle: true }, busan], threeApps);
  const published = (of: Mesh) =>
    dataOf(of, 'trust.distributed').filter(({ channel }) => channel === 'ClusterTrustBundle');
  expect(published(mesh).map(({ cluster, roots }) => [cluster, roots.length])).toEqual([['seoul', 1]]);
  await perform(mesh, { type: 'cacerts', roots: ['root-a', 'root-b'] });
  expect(published(mesh).map(({ roots }) => roots.length)).toEqual([1, 2]);
  const objects = dataOf(mesh, 'resource.applied').filter(
    ({ resourceKind }) => resourceKind === 'ClusterTrustBundle',
  );
  expect(objects.map(({ change }) => change)).toEqual(['created', 'configured']);
});
