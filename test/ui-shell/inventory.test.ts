import { describe, expect, it } from 'vitest';
import { project } from '../../src/projection/fold.ts';
import { destinationsOf, inventoryFold, policiesOf, workloadsOf } from '../../src/ui/actions/inventory.ts';
import { accountOfItsOwn, onDefault } from '../../src/ui/mesh/default-account.ts';
import { entriesOf, scheduled } from './support/entries.ts';

const resource = (resourceKind: string, name: string, change = 'created') => ({
  resourceKind,
  namespace: 'shop',
  name,
  change,
  understood: 'full',
  notices: [],
});

const entries = entriesOf([
  [0, 'resource.applied', resource('Service', 'orders')],
  [0, 'resource.applied', resource('AuthorizationPolicy', 'deny')],
  [0, 'resource.applied', resource('NetworkPolicy', 'allow')],
  [1, 'pod.scheduled', scheduled('shop/order-1', 'order')],
  [1, 'pod.scheduled', scheduled('shop/payment-1', 'payment')],
  [1, 'pod.scheduled', scheduled('shop/frontend-1', 'frontend', 'frontend')],
  [1, 'pod.scheduled', scheduled('legacy/batch-1', 'batch', 'default', false)],
  [2, 'pod.rejected', { workload: 'db', namespace: 'shop', reason: 'x', message: 'no account "db"' }],
  [3, 'resource.applied', resource('NetworkPolicy', 'allow', 'deleted')],
  [4, 'istiod.stopped', { reason: 'learner' }],
  [5, 'pod.deleted', { pod: 'shop/payment-1', ip: '10.244.1.2' }],
]);
const after = (cursor: number) => project(inventoryFold, entries, cursor);

describe('what there is to act upon', () => {
  it('is what the trace has brought so far', () => {
    expect(workloadsOf(after(7))).toEqual(['legacy/batch', 'shop/frontend', 'shop/order', 'shop/payment']);
    expect(workloadsOf(after(11))).toEqual(['legacy/batch', 'shop/frontend', 'shop/order']);
    expect([after(9).istiodRuns, after(10).istiodRuns]).toEqual([true, false]);
  });

  it('can be asked by the name of its service', () => {
    expect(destinationsOf(after(4))).toEqual(['shop/orders', 'shop/order']);
  });

  it('includes the policies in force', () => {
    expect(policiesOf(after(3)).map(({ name }) => name)).toEqual(['allow', 'deny']);
    expect(policiesOf(after(9)).map(({ name }) => name)).toEqual(['deny']);
  });

  it('names workloads that get no pod, until one comes', () => {
    expect([...after(8).rejected]).toEqual([['shop/db', 'no account "db"']]);
  });
});

describe('workloads on the account default', () => {
  it('are those inside the mesh that nobody gave an account', () => {
    expect(onDefault(after(7))).toEqual([{ namespace: 'shop', workloads: ['order', 'payment'] }]);
  });

  it('are told what to write', () => {
    expect(accountOfItsOwn('shop', 'order')).toContain('serviceAccountName: order');
  });
});
