import { assign, enqueueActions, setup } from 'xstate';
import { formatGrpcStatus, grpcStatus, type GrpcStatus } from '../core/grpc/index.ts';
import {
  acceptCertificate,
  callIstiod,
  prepareIdentity,
  pushSecret,
  readSubscription,
  type AgentDiscovery,
} from './agent-secrets.ts';
import type { PodRecord } from './cluster.ts';
import { agentSettings, renewalAfter, type AgentSettings } from './agent-settings.ts';
import { tellIfAlive } from './tell.ts';
import { recordUnexpected } from './unexpected.ts';
import type { MessageReceived, World } from './world.ts';

type AgentEvent =
  | MessageReceived
  | { readonly type: 'call.lost'; readonly reason: string }
  | { readonly type: 'csr.created'; readonly ticket: number }
  | { readonly type: 'csr.failed'; readonly ticket: number; readonly message: string }
  | { readonly type: 'svid.issued' }
  | { readonly type: 'call.failed'; readonly status: GrpcStatus }
  | { readonly type: 'secret.wanted' };

export interface AgentContext {
  readonly world: World;
  readonly record: PodRecord;
  readonly settings: AgentSettings;
  /** Certificates received so far. */
  readonly generation: number;
  /** Tells a late result of a left state from the awaited one. */
  readonly ticket: number;
  /** Calls made in this round of gRPC retries. */
  readonly attempt: number;
  /** Calls that failed since the last certificate. */
  readonly failures: number;
  /** Rounds that failed since the last certificate. */
  readonly rounds: number;
  readonly delayMs: number;
  readonly status: GrpcStatus | null;
  readonly subscriptions: AgentDiscovery;
  /** False from the moment the cached secret is dropped until the next one is there. */
  readonly fresh: boolean;
}

/** gRPC codes the CA client tries again at once (pkg/security/retry.go). */
const retryable = new Set([
  'Canceled',
  'DeadlineExceeded',
  'ResourceExhausted',
  'Aborted',
  'Internal',
  'Unavailable',
]);
const maxAttempts = 5;
const retryBaseMs = 100;
const warmBaseMs = 500;
const warmMaxMs = 60_000;

/**
 * istio-agent (pilot-agent) in a pod: makes the key and the CSR, calls istiod, keeps key and chain, serves them to
 * Envoy over SDS and renews them before they end. Simplified: a call that istiod never answers is given up after
 * five seconds, and a retry after an unreachable istiod sends the CSR of the first try again, where Istio makes a
 * new key each time.
 */
export const agentMachine = setup({
  types: {
    context: {} as AgentContext,
    events: {} as AgentEvent,
    input: {} as { readonly world: World; readonly record: PodRecord },
  },
  delays: {
    boot: ({ context }) => 60 + context.world.chance(`agent:${context.record.pod}`).int(120),
    callTimeout: 5_000,
    wait: ({ context }) => context.delayMs,
    renewAt: ({ context }) => {
      const { renewalDueMs } = context.world.runtimes.of(context.record.pod);
      return Math.max(0, (renewalDueMs ?? 0) - context.world.clock.now());
    },
  },
  guards: {
    currentTicket: ({ context, event }) => 'ticket' in event && event.ticket === context.ticket,
    isAnswer: ({ event }) =>
      event.type === 'message.received' && event.incoming.protocol === 'CreateCertificate',
    tryAgain: ({ context, event }) =>
      event.type === 'call.failed' && retryable.has(event.status.name) && context.attempt < maxAttempts,
    hasServedBefore: ({ context }) => context.generation > 0,
  },
  actions: {
    attach: ({ context, self }) => {
      context.world.wire.attach(`agent:${context.record.pod}`, (incoming) => {
        const channel = context.world.ca15012.channels.get(incoming.meta.stream);
        if (channel !== undefined) {
          channel.receive(incoming);
          return;
        }
        // The agent answers no acknowledgement.
        const request = readSubscription(incoming);
        if (request?.isAnswer !== true) self.send({ type: 'message.received', incoming });
      });
    },
    nextTicket: assign({ ticket: ({ context }) => context.ticket + 1 }),
    prepare: ({ context, self }) => {
      const { ticket } = context;
      prepareIdentity(context.world, context.record, context.settings, (failure) => {
        self.send(
          failure === null
            ? { type: 'csr.created', ticket }
            : { type: 'csr.failed', ticket, message: failure },
        );
      });
    },
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
    resetAttempts: assign({ attempt: 0 }),
    call: ({ context, self }) => {
      const sent = callIstiod(context.world, context.record, context.settings, {
        answered: (incoming) => self.send({ type: 'message.received', incoming }),
        lost: (reason) => self.send({ type: 'call.lost', reason }),
      });
      if (!sent) self.send({ type: 'call.failed', status: grpcStatus('Unavailable', connectionRefused) });
    },
    receiveAnswer: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'message.received') return;
      const failure = acceptCertificate(
        context.world,
        context.record,
        event.incoming,
        context.generation + 1,
      );
      enqueue.raise(failure === null ? { type: 'svid.issued' } : { type: 'call.failed', status: failure });
    }),
    reportLost: ({ event, self }) => {
      if (event.type === 'call.lost')
        self.send({ type: 'call.failed', status: grpcStatus('Unavailable', event.reason) });
    },
    reportTimeout: ({ self }) => {
      self.send({ type: 'call.failed', status: grpcStatus('DeadlineExceeded', 'context deadline exceeded') });
    },
    noteFailure: assign(({ context, event }) => {
      if (event.type === 'csr.failed')
        return { failures: context.failures + 1, status: grpcStatus('Unknown', event.message) };
      if (event.type !== 'call.failed') return {};
      return { failures: context.failures + 1, status: event.status };
    }),
    retrySoon: assign({
      delayMs: ({ context }) => {
        const spread = 1 + (context.world.chance(`agent:${context.record.pod}`).next() - 0.5) / 5;
        return Math.round(retryBaseMs * 2 ** (context.attempt - 1) * spread);
      },
    }),
    retryLater: assign({
      delayMs: ({ context }) => Math.min(warmBaseMs * 2 ** context.rounds, warmMaxMs),
      rounds: ({ context }) => context.rounds + 1,
    }),
    recordFailure: ({ context }) => recordFailure(context, context.delayMs),
    recordGivingUp: ({ context }) => recordFailure(context, null),
    discardRefused: ({ context }) => {
      if (context.status?.name !== 'Unavailable')
        context.world.runtimes.of(context.record.pod).pending = null;
    },
    closeStream: ({ context, system }) => {
      const status = context.status ?? grpcStatus('Unknown');
      const message =
        'failed to generate secret for default: failed to generate workload certificate: create certificate: ' +
        formatGrpcStatus(status);
      tellIfAlive(context.world, system, `envoy:${context.record.pod}`, {
        type: 'stream.closed',
        resource: 'default',
        message,
      });
    },
    adopt: assign({
      generation: ({ context }) => context.generation + 1,
      failures: 0,
      rounds: 0,
      fresh: true,
      status: null,
    }),
    scheduleRotation: ({ context }) => {
      const { world, record, settings } = context;
      const runtime = world.runtimes.of(record.pod);
      if (runtime.agent === null) return;
      const plan = renewalAfter(settings, runtime.agent, world.chance(`agent:${record.pod}`));
      runtime.renewalDueMs = plan.dueAtMs;
      world.trace.append(`agent:${record.pod}`, 'rotation.scheduled', { pod: record.pod, ...plan });
    },
    push: ({ context }) => {
      const { world, record, subscriptions } = context;
      const runtime = world.runtimes.of(record.pod);
      pushSecret(world, record, 'default', subscriptions);
      // A root that did not change is not pushed again.
      if (runtime.agent?.rootPem !== runtime.envoyRootPem) pushSecret(world, record, 'ROOTCA', subscriptions);
    },
    startRotation: enqueueActions(({ context, enqueue }) => {
      const { world, record, generation } = context;
      enqueue.assign({ fresh: false });
      world.runtimes.of(record.pod).pending = null;
      world.trace.append(`agent:${record.pod}`, 'rotation.started', {
        pod: record.pod,
        generation: generation + 1,
      });
    }),
    subscribe: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'message.received') return;
      const { world, record } = context;
      const request = readSubscription(event.incoming);
      if (request === null) return;
      const subscriptions = { ...context.subscriptions, [request.resource]: request.stream };
      enqueue.assign({ subscriptions });
      if (context.fresh) pushSecret(world, record, request.resource, subscriptions);
      else if (request.resource === 'default') enqueue.raise({ type: 'secret.wanted' });
    }),
    recordUnexpected: ({ context, event }) =>
      recordUnexpected(context.world, `agent:${context.record.pod}`, event, ''),
  },
}).createMachine({
  id: 'istio-agent',
  context: ({ input }) => ({
    ...input,
    settings: agentSettings(input.world.settings, input.record.proxyMetadata),
    generation: 0,
    ticket: 0,
    attempt: 0,
    failures: 0,
    rounds: 0,
    delayMs: 0,
    status: null,
    subscriptions: { default: null, ROOTCA: null },
    fresh: false,
  }),
  entry: 'attach',
  initial: 'starting',
  on: {
    'message.received': { actions: 'subscribe' },
    'call.lost': {},
    'secret.wanted': {},
    'csr.created': {},
    'csr.failed': {},
    '*': { actions: 'recordUnexpected' },
  },
  states: {
    starting: { after: { boot: 'generatingKey' } },
    generatingKey: {
      entry: ['nextTicket', 'prepare'],
      on: {
        'csr.created': { guard: 'currentTicket', target: 'awaitingSvid' },
        'csr.failed': { guard: 'currentTicket', target: 'givingUp', actions: 'noteFailure' },
      },
    },
    awaitingSvid: {
      entry: ['countAttempt', 'call'],
      on: {
        'message.received': [{ guard: 'isAnswer', actions: 'receiveAnswer' }, { actions: 'subscribe' }],
        'call.lost': { actions: 'reportLost' },
        'svid.issued': { target: 'serving', actions: ['adopt', 'scheduleRotation', 'push'] },
        'call.failed': [
          { guard: 'tryAgain', target: 'retrying', actions: ['noteFailure', 'retrySoon', 'recordFailure'] },
          { target: 'givingUp', actions: 'noteFailure' },
        ],
      },
      after: { callTimeout: { actions: 'reportTimeout' } },
    },
    retrying: { after: { wait: 'awaitingSvid' } },
    givingUp: {
      entry: ['resetAttempts', 'discardRefused'],
      always: [
        {
          guard: 'hasServedBefore',
          target: 'awaitingSubscriber',
          actions: ['recordGivingUp', 'closeStream'],
        },
        { target: 'backingOff', actions: ['retryLater', 'recordFailure'] },
      ],
    },
    backingOff: { after: { wait: 'generatingKey' } },
    awaitingSubscriber: { on: { 'secret.wanted': 'generatingKey' } },
    serving: {
      entry: 'resetAttempts',
      after: { renewAt: { target: 'generatingKey', actions: 'startRotation' } },
    },
  },
});

const connectionRefused =
  'connection error: desc = "transport: Error while dialing: dial tcp istiod.istio-system.svc:15012: connect: connection refused"';

/** Simplified: of a long row of failures the trace keeps the first five and then each doubling. */
function recordFailure(context: AgentContext, retryInMs: number | null): void {
  const { failures, record, status, world } = context;
  if (status === null || (failures > maxAttempts && (failures & (failures - 1)) !== 0)) return;
  world.trace.append(`agent:${record.pod}`, 'renewal.failed', {
    pod: record.pod,
    attempt: failures,
    status,
    retryInMs,
  });
}
