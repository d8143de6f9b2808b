import { describe, expect, it } from 'vitest';
import { trustAt, type AuthorityView, type TrustView } from '../../../src/projection/trust/view.ts';
import { hour, type Script } from '../support/script.ts';
import { certify, company, forge, load, renew, steal } from '../support/trust.ts';

const now = (script: Script): TrustView => trustAt(script.entries, script.entries.length, script.atMs);

function authority(view: TrustView, name: string): AuthorityView {
  const found = view.authorities.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no authority ${name}`);
  return found;
}

const payment = 'spiffe://prod.hanok/ns/shop/sa/payment';

describe('the tree of CAs', () => {
  it('tells who certified whom, who signs for which cluster, and where the keys are', () => {
    const { script } = company();
    const view = now(script);
    expect(view.certifications.map(({ from, to, crossSigned }) => [from, to, crossSigned])).toEqual([
      ['root', 'prod', false],
      ['root', 'dev', false],
    ]);
    expect(authority(view, 'root')).toMatchObject({ custody: 'offline', signsFor: [], leafCount: 0 });
    expect(authority(view, 'prod').signsFor.map(({ name, istiod }) => [name, istiod])).toEqual([
      ['seoul', 'istiod'],
    ]);
    expect(authority(view, 'prod').current).toMatchObject({ pathLength: 0, permitted: ['URI:prod.hanok'] });
  });

  it('counts living leaves below the CA that signed them, and the Envoys that trust an anchor', () => {
    const { script, order } = company();
    const view = now(script);
    expect(authority(view, 'prod').leafCount).toBe(2);
    expect(authority(view, 'dev').leaves).toEqual([
      {
        spiffeId: 'spiffe://cluster.local/ns/shop/sa/mallory',
        pods: ['shop/mallory-7d9c5f68b4-b4wvd'],
        underStolenKey: 0,
      },
    ]);
    expect(authority(view, 'root').anchorOf).toHaveLength(3);
    expect(authority(view, 'prod').anchorOf).toEqual([]);

    script.add('pod.deleted', { pod: order.ref, ip: order.ip });
    expect(authority(now(script), 'root').anchorOf).toHaveLength(2);
    const later = trustAt(script.entries, script.entries.length, script.atMs + 25 * hour);
    expect(authority(later, 'dev').leafCount).toBe(0);
  });

  it('draws two ways to a CA that two issuers have certified', () => {
    const { script, prod } = company();
    const newRoot = certify(script, 'root-2');
    certify(script, 'prod', newRoot, { key: prod.key, reason: 'cross-signed' });
    const ways = now(script).certifications.filter(({ to }) => to === 'prod');
    expect(ways.map(({ from, crossSigned }) => [from, crossSigned])).toEqual([
      ['root', true],
      ['root-2', true],
    ]);
  });

  it('says what a certificate of a CA is worth: revoked, ended, not begun', () => {
    const { script, dev, root } = company();
    script.add('certificate.revoked', {
      authority: 'root',
      certificate: dev.certificate,
      serialNumber: '01',
      reason: 'keyCompromise',
    });
    certify(script, 'next', root, { notBeforeMs: script.atMs + hour });
    const view = now(script);
    expect(authority(view, 'dev').current.state).toBe('revoked');
    expect(authority(view, 'next').current.state).toBe('not-yet-valid');
    expect(authority(view, 'prod').current.state).toBe('valid');
    expect(view.revocations).toMatchObject([{ authority: 'root', reason: 'keyCompromise' }]);
    const late = trustAt(script.entries, script.entries.length, script.atMs + 366 * 24 * hour);
    expect(authority(late, 'prod').current.state).toBe('expired');
  });
});

describe('a stolen key of a CA', () => {
  it('taints whatever stands below it, and nothing beside it', () => {
    const { script, dev, root } = company();
    const team = certify(script, 'team', dev);
    steal(script, dev);
    const view = now(script);
    expect(authority(view, 'dev').stolen?.when).toBe('now');
    expect(authority(view, 'dev').tainted).toBe(false);
    expect(authority(view, team.name).tainted).toBe(true);
    expect(authority(view, 'prod').tainted).toBe(false);
    expect(authority(view, root.name).stolen).toBeNull();
    expect(authority(view, 'dev').leaves[0]?.underStolenKey).toBe(1);
  });

  it('hangs forged leaves and the CAs of a thief below the key that made them', () => {
    const { script, dev } = company();
    steal(script, dev);
    forge(script, dev, payment);
    certify(script, 'shadow', dev, { byAttacker: true });
    const view = now(script);
    expect(authority(view, 'dev').forged.map(({ spiffeId }) => spiffeId)).toEqual([payment]);
    expect(authority(view, 'shadow').byAttacker).toBe(true);
  });

  it('is history once the CA has another key and its leaves were signed anew', () => {
    const { script, dev, root, mallory } = company();
    steal(script, dev);
    const rekeyed = certify(script, 'dev', root, { reason: 'rekeyed' });
    load(script, 'busan', rekeyed, [root], { actor: 'istiod:busan', change: 'intermediate' });
    expect(authority(now(script), 'dev')).toMatchObject({ stolen: { when: 'former' } });
    expect(authority(now(script), 'dev').leaves[0]?.underStolenKey).toBe(1);
    renew(script, mallory, 'spiffe://cluster.local/ns/shop/sa/mallory', 'istiod:busan', 3);
    expect(authority(now(script), 'dev').leaves[0]?.underStolenKey).toBe(0);
    expect(authority(now(script), 'dev').current.artefact).toBe(rekeyed.certificate);
  });
});

describe('measurements', () => {
  it('keep the last ones, so that before and after can be compared', () => {
    const { script, root, order } = company();
    for (const reached of [3, 3, 2, 1, 0]) {
      script.after(1_000).add('blast-radius.measured', {
        holder: 'dev',
        of: 'authority',
        identities: [{ spiffeId: payment, certificate: 'certificate:90', chain: 'chain:1', otherChains: [] }],
        verifiers: [
          {
            cluster: 'seoul',
            pods: [order.ref],
            roots: [root.certificate],
            crls: [],
            accepts: ['spiffe://cluster.local/'],
            clockAheadMs: 0,
            refusals: [reached > 0 ? null : 'revoked'],
          },
        ],
        pairs: 3,
        acceptedPairs: reached,
        forgeable: Math.min(1, reached),
        reached,
        pods: 3,
        untilMs: null,
      });
    }
    expect(now(script).blasts.map(({ reached }) => reached)).toEqual([3, 2, 1, 0]);
  });
});

it('shows of every prefix the same, in whatever order they are asked for', () => {
  const { script, dev } = company();
  steal(script, dev);
  forge(script, dev, payment);
  const { entries } = script;
  const forth = entries.map((_, cursor) => trustAt(entries, cursor, entries[cursor]?.atMs ?? 0));
  const fresh = [...entries];
  const back = entries.map((_, cursor) => cursor).reverse();
  for (const cursor of back)
    expect(trustAt(fresh, cursor, entries[cursor]?.atMs ?? 0)).toEqual(forth[cursor]);
});
