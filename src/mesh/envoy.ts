import { assign, enqueueActions, setup } from 'xstate';
import type { PodRecord } from './cluster.ts';
import { receiveAtEnvoy } from './connections/envoy-traffic.ts';
import { receiveSecret, requestSecret } from './envoy-secrets.ts';
import { tell } from './tell.ts';
import { recordUnexpected } from './unexpected.ts';
import type { MessageReceived, World } from './world.ts';

type EnvoyEvent =
  | MessageReceived
  | { readonly type: 'stream.closed'; readonly resource: 'default'; readonly message: string }
  | { readonly type: 'stream.reconnect' }
  | { readonly type: 'certificate.ended' };

interface EnvoyContext {
  readonly world: World;
  readonly record: PodRecord;
  readonly reconnects: number;
  readonly streams: number;
}

/**
 * Envoy's jittered exponential back-off for its xDS streams. Simplified: it grows to five minutes, where Envoy stops at
 * thirty seconds, so that an outage of many hours does not drown the trace in attempts.
 */
const reconnectBaseMs = 500;
const reconnectMaxMs = 300_000;

/**
 * The sidecar proxy: fetches `default` and `ROOTCA` from the agent over SDS, serves with them, and goes on serving
 * with what it has while no better secret comes. Listeners wait for their secrets (`initial_fetch_timeout: 0s`).
 */
export const envoyMachine = setup({
  types: {
    context: {} as EnvoyContext,
    events: {} as EnvoyEvent,
    input: {} as { readonly world: World; readonly record: PodRecord },
  },
  delays: {
    boot: ({ context }) => 220 + context.world.chance(`envoy:${context.record.pod}`).int(160),
  },
  guards: {
    isSecret: ({ event }) => event.type === 'message.received' && event.incoming.protocol === 'StreamSecrets',
    hasSecrets: ({ context }) => {
      const runtime = context.world.runtimes.of(context.record.pod);
      return runtime.envoy !== null && runtime.envoyRoots !== null;
    },
  },
  actions: {
    attach: ({ context, self }) => {
      context.world.wire.attach(`envoy:${context.record.pod}`, (incoming) =>
        self.send({ type: 'message.received', incoming }),
      );
    },
    subscribe: ({ context }) => {
      requestSecret(context.world, context.record, 'default', context.streams);
      requestSecret(context.world, context.record, 'ROOTCA', context.streams);
    },
    countStream: assign({ streams: ({ context }) => context.streams + 1 }),
    takeSecret: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'message.received') return;
      const { world, record } = context;
      const accepted = receiveSecret(world, record, event.incoming);
      if (accepted === null) return;
      if (accepted.resource === 'default') {
        enqueue.assign({ reconnects: 0 });
        const leftMs = Math.max(0, accepted.notAfterMs - world.clock.now());
        enqueue.cancel('expiry');
        enqueue.raise({ type: 'certificate.ended' }, { id: 'expiry', delay: leftMs });
      }
    }),
    handleTraffic: ({ context, event }) => {
      if (event.type === 'message.received') receiveAtEnvoy(context.world, context.record, event.incoming);
    },
    announce: ({ context, system }) => {
      tell(context.world, system, `pod:${context.record.pod}`, { type: 'envoy.serving' });
    },
    reconnectLater: enqueueActions(({ context, enqueue }) => {
      const ceilingMs = Math.min(reconnectBaseMs * 2 ** context.reconnects, reconnectMaxMs);
      const delay = 1 + context.world.chance(`envoy:${context.record.pod}`).int(ceilingMs);
      enqueue.assign({ reconnects: context.reconnects + 1 });
      enqueue.raise({ type: 'stream.reconnect' }, { id: 'reconnect', delay });
    }),
    reconnect: ({ context }) => requestSecret(context.world, context.record, 'default', context.streams),
    noteExpiry: ({ context }) => {
      const { world, record } = context;
      const secret = world.runtimes.of(record.pod).envoy;
      if (secret === null) return;
      world.trace.append(`envoy:${record.pod}`, 'certificate.expired', {
        pod: record.pod,
        artefact: secret.certificateArtefact,
        spiffeId: secret.spiffeId,
        notAfterMs: secret.notAfterMs,
      });
    },
    recordUnexpected: ({ context, event }) =>
      recordUnexpected(context.world, `envoy:${context.record.pod}`, event, ''),
  },
}).createMachine({
  id: 'envoy',
  context: ({ input }) => ({ ...input, reconnects: 0, streams: 0 }),
  entry: 'attach',
  initial: 'starting',
  on: {
    'message.received': [{ guard: 'isSecret', actions: 'takeSecret' }, { actions: 'handleTraffic' }],
    'stream.closed': { actions: ['countStream', 'reconnectLater'] },
    'stream.reconnect': { actions: 'reconnect' },
    'certificate.ended': { actions: 'noteExpiry' },
    '*': { actions: 'recordUnexpected' },
  },
  states: {
    starting: { after: { boot: 'awaitingSecrets' } },
    awaitingSecrets: {
      entry: 'subscribe',
      always: { guard: 'hasSecrets', target: 'serving' },
    },
    serving: { entry: 'announce' },
  },
});
