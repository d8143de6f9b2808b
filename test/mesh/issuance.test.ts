import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/core/pki/index.ts';
import { entriesOf, shop, start } from './support/shop.ts';

describe('the birth of an identity', () => {
  it('goes from scheduling to a serving Envoy, each step once per pod and in order', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    const order = mesh.resolvePod('shop/order');
    const kinds = mesh.trace.entries
      .filter((entry) => 'pod' in entry.data && entry.data.pod === order?.pod)
      .map((entry) => entry.kind);
    expect(kinds).toEqual([
      'pod.scheduled',
      'pod.addressed',
      'token.projected',
      'key.generated',
      'csr.created',
      'token.reviewed',
      'certificate.issued',
      'svid.received',
      'rotation.scheduled',
      'secret.pushed',
      'secret.pushed',
      'secret.accepted',
      'anchors.adopted',
      'secret.accepted',
      'pod.ready',
    ]);
    expect(order).toMatchObject({ ready: true, spiffeId: 'spiffe://cluster.local/ns/shop/sa/order' });
    expect(entriesOf(mesh, 'actor.unexpected')).toEqual([]);
    mesh.stop();
  });

  it('writes the identity of the token and not of the CSR', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    const before = entriesOf(mesh, 'certificate.issued').length;
    mesh.do({ type: 'csr', pod: 'shop/order', san: 'spiffe://cluster.local/ns/shop/sa/payment' });
    await mesh.driver.advanceTo(40_000);
    const issued = entriesOf(mesh, 'certificate.issued')[before];
    expect(issued?.data).toMatchObject({
      spiffeId: 'spiffe://cluster.local/ns/shop/sa/order',
      requestedSan: 'spiffe://cluster.local/ns/shop/sa/payment',
    });
    const artefact = mesh.artefacts.get(issued?.data.artefact ?? '');
    expect(parseCertificate(artefact?.bytes ?? new Uint8Array()).uris).toEqual([
      'spiffe://cluster.local/ns/shop/sa/order',
    ]);
    mesh.stop();
  });
});

describe('refusals of CreateCertificate', () => {
  const cases = [
    [{ token: 'none' }, 'Unauthenticated', 'request authenticate failure', 'no bearer token'],
    [
      { token: 'wrong-audience' },
      'Unauthenticated',
      'request authenticate failure',
      'is invalid for the target audiences ["istio-ca"]',
    ],
    [
      { token: 'expired' },
      'Unauthenticated',
      'request authenticate failure',
      'service account token has expired',
    ],
    [
      { token: 'deleted-pod' },
      'Unauthenticated',
      'request authenticate failure',
      'service account token has been invalidated',
    ],
    [
      { token: 'forged' },
      'Unauthenticated',
      'request authenticate failure',
      'invalid signature, no keys found',
    ],
    [{ badSignature: true }, 'InvalidArgument', 'CSR signing error (x509: ECDSA verification failure)', ''],
    [
      { ttlMs: 2400 * 3_600_000 },
      'InvalidArgument',
      'CSR signing error (requested TTL 2400h0m0s is greater than the max allowed TTL 2160h0m0s)',
      '',
    ],
  ] as const;

  it.each(cases)('%j is answered with %s', async (command, name, message, log) => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    mesh.do({ type: 'csr', pod: 'shop/order', ...command });
    await mesh.driver.advanceTo(40_000);
    const [refused] = entriesOf(mesh, 'csr.refused');
    expect(refused?.data.status).toMatchObject({ name, message });
    expect(refused?.data.log).toContain(log);
    expect(refused?.data.checks.at(-1)).toMatchObject({ ok: false });
    mesh.stop();
  });
});
