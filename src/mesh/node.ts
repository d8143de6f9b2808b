import { enqueueActions, setup } from 'xstate';
import { utf8Decode, utf8Encode } from '../core/bytes/index.ts';
import { tokenRefreshDueMs } from '../core/kubernetes/index.ts';
import type { PodRecord } from './cluster.ts';
import { closeConnectionsOf } from './connections/requests.ts';
import { podMachine } from './pod.ts';
import { tellIfAlive, type MeshSystem } from './tell.ts';
import { recordUnexpected } from './unexpected.ts';
import { post, type Incoming, type MessageReceived, type World } from './world.ts';

type NodeEvent =
  | MessageReceived
  | { readonly type: 'pod.bound'; readonly record: PodRecord }
  | { readonly type: 'sandbox.requested'; readonly pod: string }
  | { readonly type: 'token.requested'; readonly pod: string }
  | { readonly type: 'token.due'; readonly pod: string }
  | { readonly type: 'pod.removed'; readonly record: PodRecord };

interface NodeContext {
  readonly world: World;
  readonly node: string;
}

interface TokenRequestAnswer {
  readonly status: 'Failure' | { readonly token: string; readonly expirationTimestamp: string };
  readonly message?: string;
}

/** Delay after which kubelet asks again when the API server refused a token. Simplified: fixed. */
const tokenRetryMs = 30_000;

/**
 * A node: kubelet and the CNI plugin's host-local address manager. It gives a sandbox its address, asks the API
 * server for the projected istio-token of a pod and renews it, and starts and removes pods.
 */
export const nodeMachine = setup({
  types: {
    context: {} as NodeContext,
    events: {} as NodeEvent,
    input: {} as { readonly world: World; readonly node: string },
  },
  actors: { pod: podMachine },
  actions: {
    listen: ({ context, self }) => {
      context.world.wire.attach(`node:${context.node}`, (incoming) =>
        self.send({ type: 'message.received', incoming }),
      );
    },
    startPod: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'pod.bound') return;
      const { record } = event;
      enqueue.spawnChild('pod', {
        id: record.pod,
        systemId: `pod:${record.pod}`,
        input: { world: context.world, record },
      });
    }),
    allocateAddress: ({ context, event, system }) => {
      if (event.type !== 'sandbox.requested') return;
      allocateAddress(context.world, system, context.node, event.pod);
    },
    requestToken: ({ context, event }) => {
      if (event.type !== 'token.requested' && event.type !== 'token.due') return;
      requestToken(context.world, context.node, event.pod);
    },
    writeToken: enqueueActions(({ context, event, system, enqueue }) => {
      if (event.type !== 'message.received') return;
      const { world, node } = context;
      const delayMs = writeToken(world, system, node, event.incoming);
      const pod = event.incoming.meta.stream;
      if (delayMs !== null) enqueue.raise({ type: 'token.due', pod }, { id: `token:${pod}`, delay: delayMs });
    }),
    removePod: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'pod.removed') return;
      enqueue.cancel(`token:${event.record.pod}`);
      enqueue.stopChild(event.record.pod);
      removePod(context.world, event.record);
    }),
    recordUnexpected: ({ context, event }) =>
      recordUnexpected(context.world, `node:${context.node}`, event, 'ready'),
  },
}).createMachine({
  id: 'node',
  context: ({ input }) => ({ world: input.world, node: input.node }),
  entry: 'listen',
  initial: 'ready',
  states: {
    ready: {
      on: {
        'pod.bound': { actions: 'startPod' },
        'sandbox.requested': { actions: 'allocateAddress' },
        'token.requested': { actions: 'requestToken' },
        'token.due': { actions: 'requestToken' },
        'message.received': { actions: 'writeToken' },
        'pod.removed': { actions: 'removePod' },
        '*': { actions: 'recordUnexpected' },
      },
    },
  },
});

function allocateAddress(world: World, system: MeshSystem, node: string, pod: string): void {
  const { cluster, trace } = world;
  const record = cluster.pods.get(pod);
  const pool = cluster.nodes.get(node)?.pool;
  if (record === undefined || pool === undefined) return;
  const allocated = pool.allocate(pod);
  if (!allocated.ok) {
    trace.append(`node:${node}`, 'pod.rejected', {
      workload: record.workload.name,
      namespace: record.namespace,
      reason: 'FailedCreatePodSandBox',
      message: allocated.message,
    });
    return;
  }
  record.ip = allocated.ip;
  cluster.podByIp.set(allocated.ip, pod);
  trace.append(`node:${node}`, 'pod.addressed', {
    pod,
    ip: allocated.ip,
    previousPod: allocated.previousOwner,
  });
  tellIfAlive(world, system, `pod:${pod}`, { type: 'sandbox.ready' });
}

function requestToken(world: World, node: string, pod: string): void {
  const record = world.cluster.pods.get(pod);
  if (record === undefined) return;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      audiences: [world.settings.tokenAudience],
      expirationSeconds: world.settings.tokenTtlSeconds,
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: record.name, uid: record.uid },
    },
  };
  post(world, {
    from: `node:${node}`,
    to: 'api-server',
    protocol: 'TokenRequest',
    label: 'TokenRequest',
    kind: 'token-request',
    pod,
    payload: utf8Encode(JSON.stringify(body)),
    stream: pod,
    headers: {
      ':path': `/api/v1/namespaces/${record.namespace}/serviceaccounts/${record.serviceAccount}/token`,
    },
  });
}

/** Writes the projected file and says when kubelet will renew it; null when the pod is gone. */
function writeToken(world: World, system: MeshSystem, node: string, incoming: Incoming): number | null {
  const pod = incoming.meta.stream;
  const record = world.cluster.pods.get(pod);
  if (record === undefined) return null;
  const answer = JSON.parse(utf8Decode(incoming.payload)) as TokenRequestAnswer;
  if (answer.status === 'Failure') {
    world.trace.append(`node:${node}`, 'pod.unready', {
      pod,
      reason: `MountVolume.SetUp failed for volume "istio-token" : failed to fetch token: ${answer.message ?? ''}`,
    });
    return tokenRetryMs;
  }
  const runtime = world.runtimes.of(pod);
  const artefact = world.artefacts.get(incoming.meta.artefact)?.refs['token'] ?? incoming.meta.artefact;
  const issuedAtMs = world.clock.now();
  const expiresAtMs = Date.parse(answer.status.expirationTimestamp) - world.epochMs;
  const renewal = runtime.token !== null;
  runtime.token = { jwt: answer.status.token, artefact, issuedAtMs, expiresAtMs };
  world.trace.append(`node:${node}`, 'token.projected', {
    pod,
    artefact,
    audience: world.settings.tokenAudience,
    expiresAtMs,
    renewal,
  });
  if (!renewal) tellIfAlive(world, system, `pod:${pod}`, { type: 'token.mounted' });
  const jitterSeconds = world.chance(`node:${node}`).int(10);
  const dueMs = tokenRefreshDueMs({ issuedAtMs, ttlSeconds: world.settings.tokenTtlSeconds, jitterSeconds });
  return Math.max(0, dueMs - issuedAtMs);
}

function removePod(world: World, record: PodRecord): void {
  const { cluster } = world;
  closeConnectionsOf(world, record.pod);
  for (const role of ['agent', 'envoy', 'app']) world.wire.detach(`${role}:${record.pod}`);
  const token = world.runtimes.peek(record.pod)?.token;
  if (token !== null && token !== undefined) cluster.lastDeletedPodToken = token.jwt;
  if (record.ip !== null) {
    cluster.nodes.get(record.node)?.pool.release(record.ip);
    cluster.podByIp.delete(record.ip);
  }
  const node = cluster.nodes.get(record.node);
  if (node !== undefined) node.podCount -= 1;
  record.workload.pods.delete(record.pod);
  cluster.pods.delete(record.pod);
  world.runtimes.drop(record.pod);
  world.trace.append(`node:${record.node}`, 'pod.deleted', { pod: record.pod, ip: record.ip ?? '' });
}
