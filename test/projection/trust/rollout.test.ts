import { describe, expect, it } from 'vitest';
import { RolloutTracker } from '../../../src/projection/trust/rollout.ts';
import { lastBefore, type RolloutModel } from '../../../src/projection/trust/rollout-model.ts';
import { call, minute, type Script } from '../support/script.ts';
import { adopt, certify, company, forge, load, renew, steal } from '../support/trust.ts';

const of = (script: Script): RolloutModel => new RolloutTracker().update(script.entries);
const last = (model: RolloutModel) => model.samples.at(-1);

describe('the rollout of trust', () => {
  it('follows the fleet from the old anchor over both to the new one', () => {
    const { script, root, order, payment, mallory } = company();
    const next = certify(script, 'root-2');
    const seen: (readonly number[] | undefined)[] = [last(of(script))?.anchors];
    for (const pod of [order, payment]) {
      adopt(script.after(minute), pod, 'seoul', [root, next]);
      seen.push(last(of(script))?.anchors);
    }
    for (const pod of [order, payment]) adopt(script.after(minute), pod, 'seoul', [next]);
    seen.push(last(of(script))?.anchors);
    expect(seen).toEqual([[3], [2, 1], [1, 2], [1, 0, 2]]);
    expect(of(script).anchorBands.map(({ authorities }) => authorities)).toEqual([
      ['root'],
      ['root', 'root-2'],
      ['root-2'],
    ]);

    script.after(minute).add('pod.unready', { pod: mallory.ref, reason: 'probe' });
    expect(last(of(script))).toMatchObject({ ready: 2, anchors: [0, 0, 2] });
  });

  it('follows the leaves by the key that signed them', () => {
    const { script, root, dev, mallory } = company();
    expect(last(of(script))?.issuers).toEqual([2, 1]);
    const rekeyed = certify(script, dev.name, root, { reason: 'rekeyed' });
    load(script, 'busan', rekeyed, [root], { actor: 'istiod:busan', change: 'intermediate' });
    renew(script.after(minute), mallory, 'spiffe://cluster.local/ns/shop/sa/mallory', 'istiod:busan', 3);
    expect(last(of(script))?.issuers).toEqual([2, 0, 1]);
    expect(of(script).issuerBands.map(({ authorities }) => authorities)).toEqual([
      ['prod'],
      ['dev'],
      ['dev'],
    ]);
  });

  it('counts what broke on the way, and what a peer let in on a forged or stolen certificate', () => {
    const { script, dev, order, payment, mallory } = company();
    call(script.after(minute), order, payment, 'refused-peer');
    call(script.after(minute), order, payment, 'mtls');
    steal(script, dev);
    const forged = forge(script, dev, 'spiffe://cluster.local/ns/shop/sa/order');
    const leaf = 'certificate:stolen';
    script.add('key.stolen', {
      of: 'workload',
      holder: order.ref,
      key: 'private-key:1',
      certificate: leaf,
      spiffeId: null,
      notAfterMs: 0,
    });
    const open = (from: string, clientCertificate: string, isAccepted = true): void => {
      const connection = script.id('connection');
      script.after(minute).add('connection.opened', {
        connection,
        from,
        to: payment.ref,
        sourceIp: '10.244.1.2',
        destinationIp: payment.ip,
        security: 'mtls',
        peer: null,
        clientCertificate,
        serverCertificate: null,
        held: false,
      });
      if (!isAccepted) return;
      script.add('tls.established', {
        ...{ connection, side: 'server', cipherSuite: 'TLS_AES_128_GCM_SHA256', group: 'x25519' },
        ...{
          signatureScheme: null,
          alpn: null,
          serverName: null,
          peer: null,
          resumed: false,
          earlyData: 'not-offered',
        },
      });
    };
    open(mallory.ref, forged);
    open(mallory.ref, forged, false);
    open(mallory.ref, leaf);
    open(order.ref, leaf);
    const model = of(script);
    expect(model.refusedConnections).toHaveLength(1);
    expect(model.failedRequests).toHaveLength(1);
    expect(model.acceptedForgeries).toHaveLength(2);
    const cursor = (model.acceptedForgeries[1]?.seq ?? 0) + 1;
    expect(lastBefore(model.acceptedForgeries, cursor)).toBe(1);
    expect(lastBefore(model.acceptedForgeries, cursor - 1)).toBe(0);
    expect(lastBefore(model.acceptedForgeries, 0)).toBe(-1);
  });

  it('is the same whether a trace came at once or entry by entry, and after a rewind', () => {
    const { script, root, order } = company();
    const tracker = new RolloutTracker();
    const growing: typeof script.entries = [];
    for (const entry of script.entries) {
      growing.push(entry);
      tracker.update(growing);
    }
    expect(tracker.update(growing)).toEqual(of(script));
    growing.length -= 5;
    adopt(script, order, 'seoul', [root]);
    expect(tracker.update(growing)).toEqual(new RolloutTracker().update(growing));
  });
});
