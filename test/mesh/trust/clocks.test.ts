import { afterEach, describe, expect, test } from 'vitest';
import { renewalAfter, agentSettings } from '../../../src/mesh/agent-settings.ts';
import { defaultSettings } from '../../../src/mesh/settings.ts';
import type { Mesh } from '../../../src/mesh/index.ts';
import { request } from '../support/shop.ts';
import {
  begin,
  dataOf,
  held,
  hourMs,
  last,
  minuteMs,
  pass,
  perform,
  podOf,
  seoul,
  twoRoots,
} from './support.ts';

let mesh: Mesh | null = null;
afterEach(() => mesh?.stop());

function nodeOf(of: Mesh, workload: string): string {
  const pod = podOf(of, workload);
  const placed = dataOf(of, 'pod.scheduled').find((data) => data.pod === pod);
  if (placed === undefined) throw new Error(`${pod} is nowhere`);
  return placed.node;
}

/** Sets the clock of the server's node wrong, and lets the client have a new leaf. */
async function callAfterSkew(offsetMs: number): Promise<Mesh> {
  const of = (mesh = await begin(twoRoots, [seoul]));
  expect(nodeOf(of, 'shop/frontend')).not.toBe(nodeOf(of, 'shop/payment'));
  await perform(of, { type: 'skew-clock', of: 'node', name: nodeOf(of, 'shop/payment'), offsetMs });
  await perform(of, { type: 'restart', workload: 'shop/frontend' });
  await pass(of, 30_000);
  return of;
}

describe('the clock of a node', () => {
  test('ten minutes behind refuses fresh certificates as not valid yet, while older ones hold', async () => {
    const of = await callAfterSkew(-10 * minuteMs);
    if (nodeOf(of, 'shop/frontend') === nodeOf(of, 'shop/payment')) throw new Error('on one node');
    expect(await request(of, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'refused' });
    expect(last(of, 'connection.refused').reason).toBe('certificate-not-yet-valid');
    // BoringSSL has one alert for a certificate that ended and one that has not begun.
    expect(dataOf(of, 'tls.alert').map(({ description }) => description)).toContain('certificate_expired');
    await pass(of, 10 * minuteMs);
    expect(await request(of, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
  });

  test('one minute behind is within the two minutes that istiod dates back', async () => {
    const of = await callAfterSkew(-minuteMs);
    expect(await request(of, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
  });

  test('a day ahead refuses leaves that have not ended', async () => {
    const of = await callAfterSkew(25 * hourMs);
    expect(await request(of, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'refused' });
    expect(dataOf(of, 'connection.refused').map(({ reason }) => reason)).toContain('certificate-expired');
  });

  test('is right again when it is set so', async () => {
    const of = await callAfterSkew(-10 * minuteMs);
    await perform(of, { type: 'skew-clock', of: 'node', name: nodeOf(of, 'shop/payment'), offsetMs: 0 });
    expect(await request(of, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
  });

  test('decides when the agents on it renew', async () => {
    const of = (mesh = await begin(twoRoots, [seoul]));
    const node = nodeOf(of, 'shop/payment');
    await perform(
      of,
      { type: 'skew-clock', of: 'node', name: node, offsetMs: 20 * hourMs },
      { type: 'restart', workload: 'shop/payment' },
      { type: 'restart', workload: 'shop/frontend' },
    );
    await pass(of, 26 * hourMs);
    const renewals = new Map<string, number>();
    for (const workload of ['shop/frontend', 'shop/payment']) {
      const pod = podOf(of, workload);
      const count = dataOf(of, 'rotation.started').filter((data) => data.pod === pod).length;
      renewals.set(nodeOf(of, workload) === node ? 'ahead' : 'right', count);
    }
    // Four hours of life by its own clock: it renews after about two, again and again.
    expect(renewals.get('ahead')).toBeGreaterThan(8);
    expect(renewals.get('right')).toBeLessThan(4);
  });
});

describe('the moment of renewal', () => {
  const settings = agentSettings(defaultSettings, {});
  const secret = { createdAtMs: 0, notAfterMs: 24 * hourMs };
  const middle = { next: () => 0 };

  test.each([
    ['right', 0, 12],
    ['6 hours ahead', 6, 9],
    ['6 hours behind', -6, 15],
    ['so far ahead that the certificate has ended', 30, 0],
  ])('by a clock that is %s', (_name, aheadHours, dueHours) => {
    const { dueAtMs } = renewalAfter(settings, secret, middle, aheadHours * hourMs);
    expect(dueAtMs).toBe(dueHours * hourMs);
  });
});

describe('the clock of istiod', () => {
  test('ahead makes certificates that begin in the future and outlast others', async () => {
    const of = (mesh = await begin(twoRoots, [seoul]));
    await perform(
      of,
      { type: 'skew-clock', of: 'istiod', name: 'seoul', offsetMs: 5 * hourMs },
      { type: 'restart', workload: 'shop/frontend' },
    );
    await pass(of, minuteMs);
    const [leaf] = held(of, 'shop/frontend').chain;
    expect((leaf?.notBefore.getTime() ?? 0) - of.epochMs - of.now()).toBeGreaterThan(4 * hourMs);
    expect(await request(of, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'refused' });
    expect(last(of, 'connection.refused').reason).toBe('certificate-not-yet-valid');
    await pass(of, 5 * hourMs);
    expect(await request(of, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
  });
});
