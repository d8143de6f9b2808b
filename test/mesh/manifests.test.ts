import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entriesOf, namespace, request, start } from './support/shop.ts';

/** Manifests of the kind Istio's documentation uses, as a user would apply them. */
const manifest = (name: string) =>
  readFileSync(new URL(`../core/kubernetes/manifests/${name}`, import.meta.url), 'utf8');

describe('manifests as they are', () => {
  it('run unmodified in a labelled default namespace, each pod with the identity of its account', async () => {
    const labelled = namespace('default');
    const mesh = await start(
      `${labelled}\n${manifest('echo-and-client.yaml')}\n---\n${manifest('library.yaml')}`,
    );
    await mesh.driver.advanceTo(60_000);
    const pods = mesh.pods();
    expect(pods.length).toBeGreaterThan(4);
    for (const pod of pods) {
      expect(pod).toMatchObject({
        ready: true,
        injected: true,
        spiffeId: `spiffe://cluster.local/ns/${pod.namespace}/sa/${pod.serviceAccount}`,
      });
    }
    expect(entriesOf(mesh, 'resource.applied').flatMap((entry) => entry.data.notices)).toEqual([]);
    mesh.stop();
  });

  it('run without sidecars where nobody labelled the namespace, and say why', async () => {
    const mesh = await start(manifest('echo-and-client.yaml'));
    await mesh.driver.advanceTo(60_000);
    expect(mesh.pods().every((pod) => pod.ready && !pod.injected)).toBe(true);
    expect(entriesOf(mesh, 'pod.scheduled')[0]?.data.injection).toContain('default');
    const [client, echo] = ['client', 'echo'].map((name) =>
      mesh.pods().find((pod) => pod.workload.startsWith(name)),
    );
    if (client !== undefined && echo !== undefined) {
      expect(await request(mesh, client.pod, echo.pod)).toMatchObject({ outcome: 'allowed', peer: null });
    }
    mesh.stop();
  });
});
