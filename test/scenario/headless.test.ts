import { expect, test } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import { runHeadless } from '../../src/scenario/run/headless.ts';
import { changed, loadText } from './small.ts';

const provider = nativeCrypto;

test('a lesson that keeps its promises', async () => {
  const report = await runHeadless(loadText(), { provider });
  expect(report).toMatchObject({ ok: true, steps: 4, expectations: 10, goals: 1, problems: [] });
});

test('a lesson with an expectation that does not hold names step and line', async () => {
  const report = await runHeadless(loadText(changed('outcome: allowed}', 'outcome: refused}')), { provider });
  expect(report.problems).toEqual([
    {
      step: 'a-request',
      line: 105,
      expected: 'request from shop/frontend to shop/order: refused',
      seen: expect.stringMatching(/^allowed/) as unknown,
    },
  ]);
});

test('a goal that is reached before anything was done is none', async () => {
  const text = changed(
    'is: spiffe://cluster.local/ns/shop/sa/frontend',
    'is: spiffe://cluster.local/ns/shop/sa/default',
  );
  const report = await runHeadless(loadText(text), { provider });
  expect(report.problems).toMatchObject([
    { step: 'your-turn', seen: 'reached before the learner does anything' },
  ]);
});

test('a goal whose solution does not reach it', async () => {
  const text = changed('serviceAccountName: frontend', 'serviceAccountName: order');
  const report = await runHeadless(loadText(text), { provider });
  expect(report.problems).toMatchObject([
    { step: 'your-turn', line: 121, seen: 'spiffe://cluster.local/ns/shop/sa/order' },
  ]);
});

test('goals can be passed over', async () => {
  const report = await runHeadless(loadText(), { provider, goals: 'skip' });
  expect(report).toMatchObject({ ok: true, goals: 0, steps: 4 });
});

test('a lesson whose resources the mesh refuses does not begin', async () => {
  const text = changed('spec:\n      replicas: 1', 'spec:\n      replicas: 1').replace(
    '          serviceAccountName: order\n',
    '          serviceAccountName: order\n          nodeName: node-77\n',
  );
  const report = await runHeadless(loadText(text), { provider });
  expect(report).toMatchObject({ ok: false, steps: 0 });
  expect(report.problems[0]).toMatchObject({
    step: 'mesh',
    seen: expect.stringContaining('node-77') as string,
  });
});
