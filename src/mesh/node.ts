import { enqueueActions, setup } from 'xstate';
import type { PodRecord } from './cluster.ts';
import { closeConnectionsOf } from './connections/requests.ts';
import { podMachine } from './pod.ts';
import { receiveToken } from './token-files.ts';
import { recordUnexpected } from './unexpected.ts';
import type { World } from './world.ts';

type NodeEvent =
  | { readonly type: 'pod.bound'; readonly record: PodRecord }
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
    // Addresses and tokens change no state of the node, so they do not pass through the machine.
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
        'pod.removed': { actions: 'removePod' },
        '*': { actions: 'recordUnexpected' },
      },
    },
  },
});

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
