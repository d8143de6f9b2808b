import { enqueueActions, setup } from 'xstate';
import type { PodRecord } from './cluster.ts';
import { closeConnectionsOf } from './connections/requests.ts';
import { podMachine } from './pod.ts';
import { tellIfAlive, type MeshSystem } from './tell.ts';
import { receiveToken, requestToken } from './token-files.ts';
import { recordUnexpected } from './unexpected.ts';
import type { World } from './world.ts';

type NodeEvent =
  | { readonly type: 'pod.bound'; readonly record: PodRecord }
  | { readonly type: 'sandbox.requested'; readonly pod: string }
  | { readonly type: 'token.requested'; readonly pod: string }
  | { readonly type: 'pod.removed'; readonly record: PodRecord };

interface NodeContext {
  readonly world: World;
  readonly node: string;
}

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
    // A token that arrives changes no state of the node, so it does not pass through the machine.
    listen: ({ context: { world, node }, system }) => {
      world.wire.attach(`node:${node}`, (incoming) => receiveToken(world, system, node, incoming));
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
      if (event.type === 'token.requested') requestToken(context.world, context.node, event.pod);
    },
    removePod: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'pod.removed') return;
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

function removePod(world: World, record: PodRecord): void {
  const { cluster } = world;
  closeConnectionsOf(world, record.pod);
  for (const role of ['agent', 'envoy', 'app'] as const) world.wire.detach(record.actors[role]);
  world.ca15012.forgetPod(record.pod);
  const token = world.runtimes.peek(record.pod)?.token;
  if (token !== null && token !== undefined) cluster.lastDeletedPodToken = token.jwt;
  const node = cluster.nodes.get(record.node);
  if (record.ip !== null) {
    node?.pool.release(record.ip);
    cluster.podByIp.delete(record.ip);
  }
  if (node !== undefined) node.podCount -= 1;
  record.workload.pods.delete(record.pod);
  cluster.pods.delete(record.pod);
  world.runtimes.drop(record.pod);
  world.trace.append(`node:${record.node}`, 'pod.deleted', { pod: record.pod, ip: record.ip ?? '' });
}
