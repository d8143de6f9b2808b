import { assign, setup } from 'xstate';
import { formatGrpcStatus, grpcStatus, type GrpcStatus } from '../core/grpc/index.ts';
import {
  adoptCertificate,
  callIstiod,
  prepareIdentity,
  pushSecret,
  readAnswer,
  readSubscription,
  trustedPem,
  type IssuedChain,
} from './agent-secrets.ts';
import type { PodRecord } from './cluster.ts';
import { agentSettings, renewalAfter, type AgentSettings } from './agent-settings.ts';
import { tellIfAlive } from './tell.ts';
import { mountCrls, receiveAnchors } from './trust/distribute.ts';
import { recordUnexpected } from './unexpected.ts';
import { clockOffset, type Incoming, type World } from './world.ts';

type AgentEvent =
  | { readonly type: 'call.lost'; readonly reason: string }
  | { readonly type: 'csr.created' }
  | { readonly type: 'csr.failed'; readonly message: string }
  | { readonly type: 'svid.issued'; readonly chain: IssuedChain }
  | { readonly type: 'call.failed'; readonly status: GrpcStatus }
  | { readonly type: 'renewal.due' }
  | { readonly type: 'secret.wanted' };

export interface AgentContext {
  readonly world: World;
  readonly record: PodRecord;
  readonly settings: AgentSettings;
  /** Certificates received so far. */
  readonly generation: number;
  /** Calls of this round of gRPC retries that failed. */
  readonly retries: number;
  /** Calls that failed since the last certificate. */
  readonly failures: number;
  /** Rounds that failed since the last certificate. */
  readonly rounds: number;
  readonly delayMs: number;
  readonly status: GrpcStatus | null;
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
const callTimeoutMs = 5_000;
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
    boot: ({ context }) => 60 + context.world.chance(context.record.actors.agent).int(120),
    wait: ({ context }) => context.delayMs,
  },
  guards: {
    tryAgain: ({ context, event }) =>
      event.type === 'call.failed' && retryable.has(event.status.name) && context.retries + 1 < maxAttempts,
    hasServedBefore: ({ context }) => context.generation > 0,
  },
  actions: {
    attach: ({ context: { world, record }, self }) => {
      mountCrls(world, record, record.controlPlane);
      world.wire.attach(record.actors.agent, (incoming) => {
        const channel = world.ca15012.channels.get(incoming.meta.stream);
        if (channel !== undefined) {
          channel.receive(incoming);
          return;
        }
        if (incoming.protocol === 'TrustBundle') receiveAnchors(world, record, incoming);
        else serveEnvoy(world, record, incoming, self);
      });
    },
    prepare: ({ context, self }) => {
      prepareIdentity(context.world, context.record, context.settings, (failure) => {
        self.send(failure === null ? { type: 'csr.created' } : { type: 'csr.failed', message: failure });
      });
    },
    resetRetries: assign({ retries: 0 }),
    call: ({ context, self }) => {
      const sent = callIstiod(context.world, context.record, context.settings, {
        answered: (incoming) => self.send(answerOf(context.world, incoming)),
        lost: (reason) => self.send({ type: 'call.lost', reason }),
      });
      if (!sent) self.send({ type: 'call.failed', status: grpcStatus('Unavailable', connectionRefused) });
    },
    limitCall: ({ context: { world, record }, self }) => {
      const { alarms } = world.runtimes.of(record.pod);
      const status = grpcStatus('DeadlineExceeded', 'context deadline exceeded');
      alarms.set('call', callTimeoutMs, () => self.send({ type: 'call.failed', status }));
    },
    endCall: ({ context: { world, record } }) => {
      world.runtimes.of(record.pod).alarms.cancel('call');
    },
    receive: ({ context, event }) => {
      if (event.type !== 'svid.issued') return;
      adoptCertificate(context.world, context.record, event.chain, context.generation + 1);
    },
    reportLost: ({ event, self }) => {
      if (event.type === 'call.lost')
        self.send({ type: 'call.failed', status: grpcStatus('Unavailable', event.reason) });
    },
    noteFailure: assign(({ context, event }) => {
      if (event.type === 'csr.failed')
        return { failures: context.failures + 1, status: grpcStatus('Unknown', event.message) };
      if (event.type !== 'call.failed') return {};
      return { failures: context.failures + 1, status: event.status };
    }),
    retrySoon: assign({
      delayMs: ({ context }) => {
        const spread = 1 + (context.world.chance(context.record.actors.agent).next() - 0.5) / 5;
        return Math.round(retryBaseMs * 2 ** context.retries * spread);
      },
      retries: ({ context }) => context.retries + 1,
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
      tellIfAlive(context.world, system, context.record.actors.envoy, {
        type: 'stream.closed',
        resource: 'default',
        message,
      });
    },
    succeed: assign({
      generation: ({ context }) => context.generation + 1,
      retries: 0,
      failures: 0,
      rounds: 0,
      status: null,
    }),
    scheduleRotation: ({ context, self }) => {
      const { world, record, settings } = context;
      const runtime = world.runtimes.of(record.pod);
      if (runtime.agent === null) return;
      const ahead = clockOffset(world, record.node);
      const plan = renewalAfter(settings, runtime.agent, world.chance(record.actors.agent), ahead);
      runtime.renewalDueMs = plan.dueAtMs;
      const waitMs = Math.max(0, plan.dueAtMs - world.clock.now());
      runtime.alarms.set('renewal', waitMs, () => self.send({ type: 'renewal.due' }));
      world.trace.append(record.actors.agent, 'rotation.scheduled', { pod: record.pod, ...plan });
    },
    push: ({ context }) => {
      const { world, record } = context;
      const runtime = world.runtimes.of(record.pod);
      pushSecret(world, record, 'default');
      // A root that did not change is not pushed again.
      const { agent, envoyRootPem } = runtime;
      if (agent !== null && trustedPem(world, record, agent) !== envoyRootPem)
        pushSecret(world, record, 'ROOTCA');
    },
    startRotation: ({ context: { world, record, generation } }) => {
      world.runtimes.of(record.pod).pending = null;
      world.trace.append(record.actors.agent, 'rotation.started', {
        pod: record.pod,
        generation: generation + 1,
      });
    },
    recordUnexpected: ({ context, event }) =>
      recordUnexpected(context.world, context.record.actors.agent, event, ''),
  },
}).createMachine({
  id: 'istio-agent',
  context: ({ input }) => ({
    ...input,
    settings: agentSettings(
      { ...input.world.settings, trustDomain: input.record.controlPlane.trustDomain },
      input.record.proxyMetadata,
    ),
    generation: 0,
    retries: 0,
    failures: 0,
    rounds: 0,
    delayMs: 0,
    status: null,
  }),
  entry: 'attach',
  initial: 'starting',
  on: {
    // Late answers of a call that was given up.
    'svid.issued': {},
    'call.failed': {},
    'call.lost': {},
    '*': { actions: 'recordUnexpected' },
  },
  states: {
    starting: { after: { boot: 'generatingKey' } },
    // Left by nothing but the result of `prepare`, so that no late result can be taken for the awaited one.
    generatingKey: {
      entry: 'prepare',
      on: {
        'csr.created': 'awaitingSvid',
        'csr.failed': { target: 'givingUp', actions: 'noteFailure' },
      },
    },
    awaitingSvid: {
      entry: ['limitCall', 'call'],
      exit: 'endCall',
      on: {
        'call.lost': { actions: 'reportLost' },
        'svid.issued': { target: 'serving', actions: ['receive', 'succeed', 'scheduleRotation', 'push'] },
        'call.failed': [
          { guard: 'tryAgain', target: 'retrying', actions: ['noteFailure', 'retrySoon', 'recordFailure'] },
          { target: 'givingUp', actions: 'noteFailure' },
        ],
      },
    },
    retrying: { after: { wait: 'awaitingSvid' } },
    givingUp: {
      entry: ['resetRetries', 'discardRefused'],
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
    // Only here the agent has a secret that it has not dropped.
    serving: {
      on: { 'renewal.due': { target: 'generatingKey', actions: 'startRotation' } },
    },
  },
});

/** istiod's answer is read before it reaches the machine: a machine that raised what it read would take a step more. */
function answerOf(world: World, incoming: Incoming): AgentEvent {
  const answer = readAnswer(world, incoming);
  return answer.ok
    ? { type: 'svid.issued', chain: answer.chain }
    : { type: 'call.failed', status: answer.status };
}

interface Agent {
  send(event: AgentEvent): void;
  getSnapshot(): { readonly value: unknown };
}

/** Notes what Envoy asks for and serves it where the agent has it. A request changes the state only where it is waited for. */
function serveEnvoy(world: World, record: PodRecord, incoming: Incoming, agent: Agent): void {
  const request = readSubscription(incoming);
  // The agent answers no acknowledgement.
  if (request === null || request.isAnswer) return;
  world.runtimes.of(record.pod).subscriptions[request.resource] = request.stream;
  const { value } = agent.getSnapshot();
  if (value === 'serving') pushSecret(world, record, request.resource);
  else if (value === 'awaitingSubscriber' && request.resource === 'default')
    agent.send({ type: 'secret.wanted' });
}

const connectionRefused =
  'connection error: desc = "transport: Error while dialing: dial tcp istiod.istio-system.svc:15012: connect: connection refused"';

/** Simplified: of a long row of failures the trace keeps the first five and then each doubling. */
function recordFailure(context: AgentContext, retryInMs: number | null): void {
  const { failures, record, status, world } = context;
  if (status === null || (failures > maxAttempts && (failures & (failures - 1)) !== 0)) return;
  world.trace.append(record.actors.agent, 'renewal.failed', {
    pod: record.pod,
    attempt: failures,
    status,
    retryInMs,
  });
}
