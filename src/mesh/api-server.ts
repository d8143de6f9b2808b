import { assign, setup } from 'xstate';
import type { Resource } from '../core/kubernetes/index.ts';
import { isoSeconds } from '../core/time/iso.ts';
import type { Notice } from '../trace/index.ts';
import { applyResources, deleteObject } from './apply.ts';
import { reconcile, terminatePod } from './controllers.ts';
import { setTemplate } from './workload.ts';
import type { MeshSystem } from './tell.ts';
import { serveTokenRequest, serveTokenReview } from './token-endpoints.ts';
import { recordUnexpected } from './unexpected.ts';
import { worldDate, type World } from './world.ts';

export interface ManifestApplied {
  readonly type: 'manifest.applied';
  readonly resources: readonly Resource[];
  readonly notices: readonly Notice[];
}

type ApiServerEvent =
  | ManifestApplied
  | {
      readonly type: 'object.deleted';
      readonly kind: string;
      readonly namespace: string | null;
      readonly name: string;
    }
  | { readonly type: 'pod.delete'; readonly pod: string }
  | { readonly type: 'workload.scale'; readonly workload: string; readonly replicas: number }
  | { readonly type: 'workload.restart'; readonly workload: string }
  | { readonly type: 'pod.changed'; readonly workload: string }
  | { readonly type: 'creation.refused'; readonly workload: string; readonly refusals: number }
  | { readonly type: 'creation.retry'; readonly workload: string };

interface ApiServerContext {
  readonly world: World;
  readonly waiting: readonly string[];
}

/** Back-off of the replica-set controller. Simplified: from one second, doubling, at most five minutes. */
const retryBaseMs = 1_000;
const retryMaxMs = 300_000;

/**
 * The Kubernetes API server together with the controllers and the scheduler that act through it.
 * Simplified: one actor for the whole control plane, without etcd, watches or leader election.
 */
export const apiServerMachine = setup({
  types: {
    context: {} as ApiServerContext,
    events: {} as ApiServerEvent,
    input: {} as { readonly world: World },
  },
  actions: {
    // Token requests and reviews change no state of the server, so they do not pass through the machine.
    listen: ({ context: { world } }) => {
      world.wire.attach('api-server', (incoming) => {
        if (incoming.protocol === 'TokenReview') serveTokenReview(world, incoming);
        else serveTokenRequest(world, incoming);
      });
    },
    apply: ({ context, event, system }) => {
      if (event.type !== 'manifest.applied') return;
      applyResources(context.world, system, event.resources, event.notices);
    },
    deleteObject: ({ context, event, system }) => {
      if (event.type !== 'object.deleted') return;
      deleteObject(context.world, system, event.kind, event.namespace, event.name);
    },
    deletePod: ({ context, event, system }) => {
      if (event.type !== 'pod.delete') return;
      const record = context.world.cluster.pods.get(event.pod);
      if (record === undefined) return;
      terminatePod(context.world, system, record);
      if (record.workload.kind !== 'Pod') reconcileKey(context.world, system, record.workload.key);
    },
    reconcile: ({ context, event, system }) => {
      if ('workload' in event) reconcileKey(context.world, system, event.workload);
    },
    scale: ({ context, event, system }) => {
      if (event.type !== 'workload.scale') return;
      const workload = context.world.cluster.workloads.get(event.workload);
      if (workload === undefined) return;
      workload.replicas = event.replicas;
      reconcile(context.world, system, workload);
    },
    restart: ({ context, event, system }) => {
      if (event.type !== 'workload.restart') return;
      restartWorkload(context.world, system, event.workload);
    },
    noteWaiting: assign({
      waiting: ({ context, event }) =>
        event.type === 'creation.refused' && !context.waiting.includes(event.workload)
          ? [...context.waiting, event.workload]
          : context.waiting,
    }),
    scheduleRetry: ({ context, event, self }) => {
      if (event.type !== 'creation.refused' || context.waiting.includes(event.workload)) return;
      const delayMs = Math.min(retryBaseMs * 2 ** (event.refusals - 1), retryMaxMs);
      const retry = { type: 'creation.retry', workload: event.workload } as const;
      context.world.clock.setTimeout(() => self.send(retry), delayMs);
    },
    forgetWaiting: assign({
      waiting: ({ context, event }) =>
        event.type === 'creation.retry'
          ? context.waiting.filter((key) => key !== event.workload)
          : context.waiting,
    }),
    recordUnexpected: ({ context, event }) => recordUnexpected(context.world, 'api-server', event, 'serving'),
  },
}).createMachine({
  id: 'api-server',
  context: ({ input }) => ({ world: input.world, waiting: [] }),
  entry: 'listen',
  initial: 'serving',
  states: {
    serving: {
      on: {
        'manifest.applied': { actions: 'apply' },
        'object.deleted': { actions: 'deleteObject' },
        'pod.delete': { actions: 'deletePod' },
        'workload.scale': { actions: 'scale' },
        'workload.restart': { actions: 'restart' },
        'pod.changed': { actions: 'reconcile' },
        'creation.refused': { actions: ['scheduleRetry', 'noteWaiting'] },
        'creation.retry': { actions: ['forgetWaiting', 'reconcile'] },
        '*': { actions: 'recordUnexpected' },
      },
    },
  },
});

function reconcileKey(world: World, system: MeshSystem, key: string): void {
  const workload = world.cluster.workloads.get(key);
  if (workload !== undefined) reconcile(world, system, workload);
}

/** `kubectl rollout restart`: an annotation changes the template, so every pod is replaced. */
function restartWorkload(world: World, system: MeshSystem, key: string): void {
  const workload = world.cluster.workloads.get(key);
  if (workload === undefined) return;
  const at = isoSeconds(worldDate(world));
  setTemplate(workload, {
    ...workload.template,
    metadata: {
      ...workload.template.metadata,
      annotations: { ...workload.template.metadata.annotations, 'kubectl.kubernetes.io/restartedAt': at },
    },
  });
  reconcile(world, system, workload);
}
