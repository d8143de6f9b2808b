import { expect, test } from 'vitest';
import { account, deployment, entriesOf, fast, namespace, request, start } from '../support/shop.ts';

const yaml =
  namespace('shop') +
  namespace('legacy') +
  account('order') +
  deployment('order') +
  account('inventory', 'legacy');

test('a root of another cluster is trusted while the mesh configuration names it, and no longer', async () => {
  const settings = {
    ...fast,
    clusters: [
      { name: 'seoul', multiRoot: true },
      { name: 'busan', multiRoot: true, namespaces: ['legacy'] },
    ],
  };
  const mesh = await start(yaml + deployment('inventory', { namespace: 'legacy' }), { settings });
  await mesh.driver.advanceTo(60_000);
  const anchor = async (anchors: readonly { authority: string }[][]) => {
    for (const [index, cluster] of ['seoul', 'busan'].entries())
      expect(mesh.do({ type: 'mesh-anchors', cluster, anchors: anchors[index] ?? [] })).toMatchObject({
        ok: true,
      });
    await mesh.driver.advanceTo(mesh.now() + 10_000);
  };
  const call = () => request(mesh, 'shop/order', 'legacy/inventory');
  expect(await call()).toMatchObject({ outcome: 'refused', by: 'PeerIdentity' });
  await anchor([[{ authority: 'istiod-busan' }], [{ authority: 'istiod' }]]);
  expect(await call()).toMatchObject({ outcome: 'allowed' });
  await anchor([[], []]);
  expect(await call()).toMatchObject({ outcome: 'refused', by: 'PeerIdentity' });
  const bundles = entriesOf(mesh, 'anchors.adopted').filter(({ data }) => data.pod.startsWith('shop/order'));
  expect(bundles.map(({ data }) => data.roots.length)).toEqual([1, 2, 1]);
  mesh.stop();
});
