import type { Entry } from '../../../src/trace/entry.ts';
import { birth, call, hour, issue, minute, podSpec, schedule, Script, second, startWorld } from './script.ts';

/** Two pods: one with its identity, one whose CSR has just left; the newest entry is a message on its way. */
export function birthStory(): Entry[] {
  const script = new Script();
  startWorld(script);
  birth(script, podSpec('payment', 1, 'node-2'));
  script.after(6 * hour);
  const order = podSpec('order', 0, 'node-1');
  schedule(script, order);
  issue(script, order, 1, 'spiffe://cluster.local/ns/shop/sa/payment');
  script.after(20).add('pod.ready', { pod: order.ref }, `pod:${order.ref}`);
  return script.entries;
}

/** Five pods that talk to each other in every way a connection can end, one of them without a sidecar. */
export function callsStory(): Entry[] {
  const script = new Script();
  startWorld(script);
  const frontend = podSpec('frontend', 0, 'node-1');
  const order = podSpec('order', 1, 'node-1');
  const payment = podSpec('payment', 2, 'node-2');
  const inventory = podSpec('inventory', 3, 'node-2');
  const legacy = { ...podSpec('mallory', 4, 'node-2', 'legacy'), injected: false };
  for (const pod of [frontend, order, payment, inventory, legacy]) birth(script, pod);
  script.add(
    'resource.applied',
    {
      apiVersion: 'security.istio.io/v1',
      resourceKind: 'AuthorizationPolicy',
      namespace: 'shop',
      name: 'allow-frontend',
      change: 'created',
      understood: 'full',
      notices: [],
    },
    'api-server',
  );
  script.after(30 * second);
  call(script, frontend, order, 'mtls', true);
  script.after(second);
  call(script, order, payment, 'denied');
  script.after(second);
  call(script, legacy, order, 'refused-network');
  script.after(second);
  call(script, legacy, inventory, 'plaintext', true);
  script.after(second);
  call(script, frontend, payment, 'refused-peer');
  return script.entries;
}

/** Three pods over two days: rotations, an outage of istiod across one of them, an expiry, a restart. */
export function rotationStory(): Entry[] {
  const script = new Script();
  startWorld(script);
  const pods = [
    podSpec('frontend', 0, 'node-1'),
    podSpec('order', 1, 'node-1'),
    podSpec('payment', 2, 'node-2'),
  ];
  for (const pod of pods) birth(script, pod);
  const [frontend, order, payment] = pods;
  if (frontend === undefined || order === undefined || payment === undefined) return script.entries;
  for (let round = 0; round < 20; round += 1) {
    script.after(30 * minute);
    call(script, frontend, order, 'mtls');
  }
  script.atMs = 12 * hour;
  for (const pod of pods) {
    script.after(5 * minute).add('rotation.started', { pod: pod.ref, generation: 2 }, `agent:${pod.ref}`);
    issue(script, pod, 2);
  }
  script.atMs = 20 * hour;
  script.add('istiod.stopped', { reason: 'stopped by the learner' });
  script.atMs = 24 * hour;
  for (const pod of pods) {
    script.after(3 * minute).add('rotation.started', { pod: pod.ref, generation: 3 }, `agent:${pod.ref}`);
    const status = { code: 14, name: 'Unavailable', message: 'connection refused' };
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      script
        .after(400)
        .add(
          'renewal.failed',
          { pod: pod.ref, attempt, status, retryInMs: attempt === 4 ? null : 400 },
          `agent:${pod.ref}`,
        );
    }
  }
  script.atMs = 36 * hour + 30 * minute;
  script.add(
    'certificate.expired',
    {
      pod: order.ref,
      artefact: 'certificate:1',
      spiffeId: 'spiffe://cluster.local/ns/shop/sa/order',
      notAfterMs: script.atMs,
    },
    `envoy:${order.ref}`,
  );
  call(script, frontend, order, 'refused-peer');
  script.atMs = 38 * hour;
  script.add('istiod.started', { reason: 'started by the learner' });
  for (const pod of [frontend, payment]) issue(script, pod, 3);
  script.after(10 * minute).add('pod.terminating', { pod: order.ref }, 'api-server');
  const next = podSpec('order', 5, 'node-1');
  birth(script, next);
  script.after(2 * second).add('pod.deleted', { pod: order.ref, ip: order.ip }, `node:${order.node}`);
  script.after(hour);
  call(script, frontend, next, 'mtls', true);
  return script.entries;
}

const cast = ['frontend', 'order', 'payment', 'inventory', 'db'];

/** At least as many entries as asked for, of few pods that call each other for days. */
export function longStory(entries: number): Entry[] {
  const script = new Script();
  startWorld(script);
  const pods = cast.map((workload, index) => podSpec(workload, index, `node-${(index % 2) + 1}`));
  for (const pod of pods) birth(script, pod);
  for (let round = 1; script.entries.length < entries; round += 1) {
    const from = pods[round % pods.length];
    const to = pods[(round * 3 + 1) % pods.length];
    script.after(97 * second);
    if (from === undefined || to === undefined || from === to) continue;
    call(script, from, to, round % 11 === 0 ? 'denied' : round % 7 === 0 ? 'refused-network' : 'mtls');
    if (round % 400 === 0) for (const pod of pods) issue(script, pod, 1 + round / 400);
  }
  return script.entries;
}
