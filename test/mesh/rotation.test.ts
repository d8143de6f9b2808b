import { describe, expect, it } from 'vitest';
import { entriesOf, hourMs, request, shop, start } from './support/shop.ts';

describe('rotation', () => {
  it('renews at half life ± 1 %, with a new key, and pushes the new certificate', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(13 * hourMs);
    const received = entriesOf(mesh, 'svid.received').filter((entry) =>
      entry.data.pod.startsWith('shop/order'),
    );
    const [first, second] = received;
    const waited = (second?.atMs ?? 0) - (first?.atMs ?? 0);
    expect(waited).toBeGreaterThanOrEqual((11 * 60 + 45) * 60_000);
    expect(waited).toBeLessThanOrEqual((12 * 60 + 15) * 60_000);
    expect(first?.data.key).not.toBe(second?.data.key);
    expect(
      entriesOf(mesh, 'secret.accepted').filter((entry) => entry.data.resource === 'ROOTCA'),
    ).toHaveLength(3);
    mesh.stop();
  });

  it('keeps the token file younger than its expiry, so every renewal finds a valid one', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(72 * hourMs);
    expect(entriesOf(mesh, 'renewal.failed')).toEqual([]);
    expect(entriesOf(mesh, 'csr.refused')).toEqual([]);
    expect(entriesOf(mesh, 'certificate.expired')).toEqual([]);
    expect(entriesOf(mesh, 'token.projected').filter((entry) => entry.data.renewal).length).toBeGreaterThan(
      9,
    );
    mesh.stop();
  });

  it('survives an outage that ends before expiry and recovers by itself', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(11 * hourMs);
    mesh.do({ type: 'stop-istiod' });
    await mesh.driver.advanceTo(20 * hourMs);
    expect(entriesOf(mesh, 'renewal.failed').length).toBeGreaterThan(3);
    expect(await request(mesh, 'shop/frontend', 'shop/order')).toMatchObject({
      outcome: 'allowed',
      status: 200,
    });
    mesh.do({ type: 'start-istiod' });
    await mesh.driver.advanceTo(20 * hourMs + 300_000);
    expect(entriesOf(mesh, 'svid.received')).toHaveLength(6);
    expect(entriesOf(mesh, 'certificate.expired')).toEqual([]);
    mesh.stop();
  });

  it('refuses new connections once certificates have expired, while a held one lives on', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(hourMs);
    mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', hold: 'long' });
    await mesh.driver.advanceTo(11 * hourMs);
    mesh.do({ type: 'stop-istiod' });
    await mesh.driver.advanceTo(25 * hourMs);
    expect(entriesOf(mesh, 'certificate.expired')).toHaveLength(3);
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({
      outcome: 'refused',
      by: 'PeerIdentity',
      status: 503,
    });
    const refused = entriesOf(mesh, 'connection.refused').at(-1);
    expect(refused?.data).toMatchObject({ side: 'client', reason: 'certificate-expired' });
    mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', on: 'long' });
    await mesh.driver.advanceTo(25 * hourMs + 1_000 + 60_000);
    expect(entriesOf(mesh, 'request.answered').at(-1)?.data).toMatchObject({
      outcome: 'allowed',
      status: 200,
    });
    mesh.stop();
  });
});
