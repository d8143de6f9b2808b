import { describe, expect, it } from 'vitest';
import { account, apply, deployment, entriesOf, namespace, request, shop, start } from './support/shop.ts';

const onlyFrontend = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: order, namespace: shop }
spec:
  selector: { matchLabels: { app: order } }
  rules:
    - from: [{ source: { principals: [cluster.local/ns/shop/sa/frontend] } }]
---
`;

function ipRule(ip: string): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: payment-by-address, namespace: shop }
spec:
  podSelector: { matchLabels: { app: payment } }
  policyTypes: [Ingress]
  ingress: [{ from: [{ ipBlock: { cidr: ${ip}/32 } }] }]
`;
}

describe('requests between pods', () => {
  it('open an mTLS connection on which each side has verified the other', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    expect(await request(mesh, 'shop/frontend', 'shop/order')).toMatchObject({
      outcome: 'allowed',
      status: 200,
    });
    expect(entriesOf(mesh, 'connection.opened')[0]?.data).toMatchObject({
      security: 'mtls',
      peer: 'spiffe://cluster.local/ns/shop/sa/order',
    });
    mesh.stop();
  });

  it('are decided by the identity that an AuthorizationPolicy names', async () => {
    const mesh = await start(shop + onlyFrontend);
    await mesh.driver.advanceTo(30_000);
    expect(await request(mesh, 'shop/frontend', 'shop/order')).toMatchObject({ outcome: 'allowed' });
    expect(await request(mesh, 'shop/payment', 'shop/order')).toMatchObject({
      outcome: 'refused',
      status: 403,
      by: 'AuthorizationPolicy',
    });
    mesh.stop();
  });

  it('from outside the mesh are plaintext and have no identity', async () => {
    const legacy = namespace('legacy', false) + deployment('db', { namespace: 'legacy', account: 'default' });
    const mesh = await start(shop + onlyFrontend + legacy);
    await mesh.driver.advanceTo(30_000);
    expect(await request(mesh, 'legacy/db', 'shop/payment')).toMatchObject({
      outcome: 'allowed',
      peer: null,
    });
    expect(await request(mesh, 'legacy/db', 'shop/order')).toMatchObject({ outcome: 'refused', status: 403 });
    mesh.stop();
  });

  it('are dropped by a NetworkPolicy that does not know their address', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    apply(mesh, ipRule(mesh.resolvePod('shop/order')?.ip ?? ''));
    expect(await request(mesh, 'shop/order', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({
      outcome: 'refused',
      by: 'NetworkPolicy',
    });
    mesh.stop();
  });

  it('of the next owner of an address pass a rule that meant the previous one', async () => {
    const mesh = await start(shop, { settings: { nodes: [{ name: 'node-1', podCidr: '10.244.1.0/29' }] } });
    await mesh.driver.advanceTo(30_000);
    const ip = mesh.resolvePod('shop/order')?.ip ?? '';
    apply(mesh, ipRule(ip));
    mesh.do({ type: 'scale', workload: 'shop/order', replicas: 0 });
    await mesh.driver.advanceTo(60_000);
    apply(mesh, account('inventory') + deployment('inventory', { replicas: 3 }));
    await mesh.driver.advanceTo(120_000);
    const heir = mesh.pods().find((pod) => pod.ip === ip);
    expect(heir?.workload).toBe('inventory');
    expect(await request(mesh, heir?.pod ?? '', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
    mesh.stop();
  });

  it('that wait for a pod which goes away are answered as failed', async () => {
    const mesh = await start(shop, { settings: { terminationMs: 1, latencyMs: 100 } });
    await mesh.driver.advanceTo(30_000);
    mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/order' });
    mesh.do({ type: 'delete-pod', pod: 'shop/order' });
    await mesh.driver.advanceTo(31_000);
    expect(entriesOf(mesh, 'request.answered')[0]?.data).toMatchObject({ outcome: 'failed', status: 503 });
    mesh.stop();
  });

  it('fail at once where nobody serves', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    mesh.do({ type: 'scale', workload: 'shop/payment', replicas: 0 });
    await mesh.driver.advanceTo(60_000);
    expect(await request(mesh, 'shop/order', 'shop/payment')).toMatchObject({
      outcome: 'failed',
      status: 503,
    });
    mesh.stop();
  });

  it('to an unknown name are refused as a command, with a suggestion', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    expect(mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/ordr' })).toEqual({
      ok: false,
      refusals: [
        {
          rule: 'destination.exists',
          message: 'no service, workload or pod "shop/ordr"',
          hint: 'did you mean "shop/order"?',
        },
      ],
    });
    mesh.stop();
  });
});

describe('a service', () => {
  it('is reached by its DNS name from its own and from another namespace', async () => {
    const other = namespace('legacy') + deployment('db', { namespace: 'legacy', account: 'default' });
    const mesh = await start(shop + other);
    await mesh.driver.advanceTo(30_000);
    expect(await request(mesh, 'shop/frontend', 'order')).toMatchObject({ outcome: 'allowed' });
    expect(await request(mesh, 'legacy/db', 'order.shop')).toMatchObject({ outcome: 'allowed' });
    expect(await request(mesh, 'legacy/db', 'order.shop.svc.cluster.local')).toMatchObject({
      outcome: 'allowed',
    });
    expect(mesh.do({ type: 'request', from: 'legacy/db', to: 'order' }).ok).toBe(false);
    mesh.stop();
  });

  it('keeps a hand-picked cluster address, which nobody else may have', async () => {
    const withIp = (name: string) => deployment(name).replace('spec:', 'spec:\n  clusterIP: 10.96.0.50');
    const mesh = await start(shop.replace(deployment('order'), withIp('order')));
    await mesh.driver.advanceTo(30_000);
    expect(await request(mesh, 'shop/frontend', '10.96.0.50')).toMatchObject({ outcome: 'allowed' });
    const taken = mesh.do({ type: 'apply', yaml: account('db') + withIp('db') });
    expect(taken).toMatchObject({
      ok: false,
      refusals: [
        { rule: 'service.clusterIP', message: expect.stringContaining('already allocated') as string },
      ],
    });
    mesh.stop();
  });
});
