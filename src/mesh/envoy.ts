import { assign, enqueueActions, setup } from 'xstate';
import type { PodRecord } from './cluster.ts';
import { receiveAtEnvoy } from './connections/envoy-traffic.ts';
import { receiveSecret, requestSecret } from './envoy-secrets.ts';
import type { PodRuntime } from './runtime.ts';
import { tell } from './tell.ts';
import { recordUnexpected } from './unexpected.ts';
import type { Incoming, World } from './world.ts';

type EnvoyEvent =
  | { readonly type: 'stream.closed'; readonly resource: 'default'; readonly message: string }
  | { readonly type: 'stream.reconnect' }
  | { readonly type: 'stream.restored' }
  | { readonly type: 'secrets.complete' }
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
    boot: ({ context }) => 220 + context.world.chance(context.record.actors.envoy).int(160),
  },
  actions: {
    attach: ({ context: { world, record }, self }) => {
      world.wire.attach(record.actors.envoy, (incoming) => {
        if (incoming.protocol === 'StreamSecrets') takeSecret(world, record, incoming, self);
        // Traffic changes no state of the proxy, so it does not pass through the machine.
        else receiveAtEnvoy(world, record, incoming);
      });
    },
    subscribe: ({ context }) => {
      requestSecret(context.world, context.record, 'default', context.streams);
      requestSecret(context.world, context.record, 'ROOTCA', context.streams);
    },
    countStream: assign({ streams: ({ context }) => context.streams + 1 }),
    forgetReconnects: assign({ reconnects: 0 }),
    announce: ({ context, system }) => {
      tell(context.world, system, `pod:${context.record.pod}`, { type: 'envoy.serving' });
    },
    reconnectLater: enqueueActions(({ context, enqueue }) => {
      const ceilingMs = Math.min(reconnectBaseMs * 2 ** context.reconnects, reconnectMaxMs);
      const delay = 1 + context.world.chance(context.record.actors.envoy).int(ceilingMs);
      enqueue.assign({ reconnects: context.reconnects + 1 });
      enqueue.raise({ type: 'stream.reconnect' }, { id: 'reconnect', delay });
    }),
    reconnect: ({ context }) => requestSecret(context.world, context.record, 'default', context.streams),
    noteExpiry: ({ context }) => {
      const { world, record } = context;
      const secret = world.runtimes.of(record.pod).envoy;
      if (secret === null) return;
      world.trace.append(record.actors.envoy, 'certificate.expired', {
        pod: record.pod,
        artefact: secret.certificateArtefact,
        spiffeId: secret.spiffeId,
        notAfterMs: secret.notAfterMs,
      });
    },
    recordUnexpected: ({ context, event }) =>
      recordUnexpected(context.world, context.record.actors.envoy, event, ''),
  },
}).createMachine({
  id: 'envoy',
  context: ({ input }) => ({ ...input, reconnects: 0, streams: 0 }),
  entry: 'attach',
  initial: 'starting',
  on: {
    'stream.closed': { actions: ['countStream', 'reconnectLater'] },
    'stream.reconnect': { actions: 'reconnect' },
    'stream.restored': { actions: 'forgetReconnects' },
    'certificate.ended': { actions: 'noteExpiry' },
    '*': { actions: 'recordUnexpected' },
  },
  states: {
    starting: { after: { boot: 'awaitingSecrets' } },
    awaitingSecrets: {
      entry: 'subscribe',
      on: { 'secrets.complete': 'serving' },
    },
    serving: { entry: 'announce' },
  },
});

interface Proxy {
  send(event: EnvoyEvent): void;
  getSnapshot(): { readonly value: unknown; readonly context: EnvoyContext };
}

/** A pushed secret. The machine learns of it where it waits for one: renewals change its state no more than traffic. */
function takeSecret(world: World, record: PodRecord, incoming: Incoming, proxy: Proxy): void {
  const accepted = receiveSecret(world, record, incoming);
  if (accepted === null) return;
  const { value, context } = proxy.getSnapshot();
  const runtime = world.runtimes.of(record.pod);
  if (accepted.resource === 'default') {
    const leftMs = Math.max(0, accepted.notAfterMs - world.clock.now());
    runtime.alarms.set('expiry', leftMs, () => proxy.send({ type: 'certificate.ended' }));
    if (context.reconnects > 0) proxy.send({ type: 'stream.restored' });
  }
  if (value !== 'serving' && hasSecrets(runtime)) proxy.send({ type: 'secrets.complete' });
}

function hasSecrets({ envoy, envoyRoots }: PodRuntime): boolean {
  return envoy !== null && envoyRoots !== null;
}
