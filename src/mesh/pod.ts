import { enqueueActions, setup } from 'xstate';
import { agentMachine } from './agent.ts';
import type { PodRecord } from './cluster.ts';
import { receiveAtApp } from './connections/app.ts';
import { envoyMachine } from './envoy.ts';
import { allocateAddress } from './pod-address.ts';
import { tell } from './tell.ts';
import { requestToken } from './token-files.ts';
import type { World } from './world.ts';

type PodEvent =
  | { readonly type: 'sandbox.ready' }
  | { readonly type: 'token.mounted' }
  | { readonly type: 'envoy.serving' }
  | { readonly type: 'pod.terminate' };

interface PodContext {
  readonly world: World;
  readonly record: PodRecord;
  readonly sandboxMs: number;
  readonly startMs: number;
}

/**
 * One pod from binding to removal: sandbox and address, volumes, containers, readiness, termination.
 * Simplified: image pulls and probes are a seeded delay; the pod is ready as soon as its Envoy serves.
 */
export const podMachine = setup({
  types: {
    context: {} as PodContext,
    events: {} as PodEvent,
    input: {} as { readonly world: World; readonly record: PodRecord },
  },
  actors: { agent: agentMachine, envoy: envoyMachine },
  delays: {
    sandbox: ({ context }) => context.sandboxMs,
    start: ({ context }) => context.startMs,
    grace: ({ context }) => context.world.settings.terminationMs,
  },
  guards: {
    injected: ({ context }) => context.record.injected,
  },
  actions: {
    // What kubelet does next it does at this instant, but not inside the pod's own step.
    requestSandbox: ({ context: { world, record }, system }) => {
      world.clock.setTimeout(() => allocateAddress(world, system, record.node, record.pod), 0);
    },
    requestToken: ({ context: { world, record } }) => {
      world.clock.setTimeout(() => requestToken(world, record.node, record.pod), 0);
    },
    attachApp: ({ context }) => {
      const { world, record } = context;
      world.wire.attach(record.actors.app, (incoming) => receiveAtApp(world, record, incoming));
    },
    startProxy: enqueueActions(({ context, enqueue }) => {
      const { world, record } = context;
      const input = { world, record };
      enqueue.spawnChild('agent', { id: 'agent', systemId: record.actors.agent, input });
      enqueue.spawnChild('envoy', { id: 'envoy', systemId: record.actors.envoy, input });
    }),
    becomeReady: ({ context, system }) => {
      const { world, record } = context;
      record.ready = true;
      world.trace.append(`pod:${record.pod}`, 'pod.ready', { pod: record.pod });
      if (record.workload.rolling)
        tell(context.world, system, 'api-server', { type: 'pod.changed', workload: record.workload.key });
    },
    leave: ({ context, system }) => {
      const { record } = context;
      tell(context.world, system, `node:${record.node}`, { type: 'pod.removed', record });
      if (record.workload.kind !== 'Pod') {
        tell(context.world, system, 'api-server', { type: 'pod.changed', workload: record.workload.key });
      }
    },
  },
}).createMachine({
  id: 'pod',
  context: ({ input }) => {
    const chance = input.world.chance(`pod:${input.record.pod}`);
    return { ...input, sandboxMs: 150 + chance.int(250), startMs: 300 + chance.int(500) };
  },
  initial: 'creatingSandbox',
  on: { 'pod.terminate': '.terminating' },
  states: {
    creatingSandbox: {
      after: { sandbox: { actions: 'requestSandbox' } },
      on: {
        'sandbox.ready': [{ guard: 'injected', target: 'mountingVolumes' }, { target: 'startingContainers' }],
      },
    },
    mountingVolumes: {
      entry: 'requestToken',
      on: { 'token.mounted': 'startingContainers' },
    },
    startingContainers: {
      after: { start: [{ guard: 'injected', target: 'startingProxy' }, { target: 'startingApp' }] },
    },
    startingProxy: {
      entry: ['attachApp', 'startProxy'],
      on: { 'envoy.serving': 'running' },
    },
    startingApp: { entry: 'attachApp', always: 'running' },
    running: { entry: 'becomeReady' },
    terminating: { after: { grace: 'removed' } },
    removed: { entry: 'leave' },
  },
});
