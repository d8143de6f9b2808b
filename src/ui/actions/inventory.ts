import { splitPodRef, workloadKey } from '../../projection/actor.ts';
import type { Fold } from '../../projection/fold.ts';
import type { Notice, PodRef } from '../../trace/entry.ts';

export interface PodItem {
  readonly pod: PodRef;
  /** `namespace/workload`. */
  readonly workload: string;
  readonly serviceAccount: string;
  readonly injected: boolean;
  /** Why the sidecar was or was not injected. */
  readonly injection: string;
  readonly spiffeId: string | null;
  readonly ready: boolean;
}

export interface ResourceItem {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly understood: 'full' | 'partly' | 'kept';
  readonly notices: readonly Notice[];
}

/** What there is to act upon. */
export interface Inventory {
  readonly pods: Map<PodRef, PodItem>;
  readonly resources: Map<string, ResourceItem>;
  /** Workloads that get no pod, with the reason. */
  readonly rejected: Map<string, string>;
  istiodRuns: boolean;
}

/** Keeps count of what a command could name. */
export const inventoryFold: Fold<Inventory> = {
  start: () => ({ pods: new Map(), resources: new Map(), rejected: new Map(), istiodRuns: true }),
  copy: (state) => ({
    ...state,
    pods: new Map(state.pods),
    resources: new Map(state.resources),
    rejected: new Map(state.rejected),
  }),
  step(draft, entry) {
    switch (entry.kind) {
      case 'pod.scheduled': {
        const { pod, workload, serviceAccount, injected, injection } = entry.data;
        draft.rejected.delete(workloadKey({ namespace: splitPodRef(pod).namespace, workload }));
        draft.pods.set(pod, {
          pod,
          workload: workloadKey({ namespace: splitPodRef(pod).namespace, workload }),
          serviceAccount,
          injected,
          injection,
          spiffeId: null,
          ready: false,
        });
        break;
      }
      case 'pod.ready':
      case 'pod.unready':
        change(draft, entry.data.pod, { ready: entry.kind === 'pod.ready' });
        break;
      case 'svid.received':
        change(draft, entry.data.pod, { spiffeId: entry.data.spiffeId });
        break;
      case 'pod.terminating':
      case 'pod.deleted':
        draft.pods.delete(entry.data.pod);
        break;
      case 'resource.applied': {
        const { resourceKind: kind, namespace, name, change: made, understood, notices } = entry.data;
        const key = `${kind} ${namespace ?? ''}/${name}`;
        if (made === 'deleted') draft.resources.delete(key);
        else draft.resources.set(key, { kind, namespace, name, understood, notices });
        break;
      }
      case 'pod.rejected':
        draft.rejected.set(`${entry.data.namespace}/${entry.data.workload}`, entry.data.message);
        break;
      case 'istiod.stopped':
      case 'istiod.started':
        draft.istiodRuns = entry.kind === 'istiod.started';
        break;
    }
  },
};

function change(draft: Inventory, pod: PodRef, news: Partial<PodItem>): void {
  const known = draft.pods.get(pod);
  if (known) draft.pods.set(pod, { ...known, ...news });
}

/** Workloads with at least one pod, `namespace/workload`, in alphabetical order. */
export function workloadsOf({ pods }: Inventory): readonly string[] {
  return [...new Set([...pods.values()].map(({ workload }) => workload))].sort();
}

/** Services, `namespace/name`, in alphabetical order. */
export function servicesOf({ resources }: Inventory): readonly string[] {
  return [...resources.values()]
    .filter(({ kind }) => kind === 'Service')
    .map(({ namespace, name }) => `${namespace ?? 'default'}/${name}`)
    .sort();
}

/** Names a request may be sent to: services first, workloads that no service is named after, too. */
export function destinationsOf(inventory: Inventory): readonly string[] {
  return [...new Set([...servicesOf(inventory), ...workloadsOf(inventory)])];
}

/** Policies in force, in alphabetical order. */
export function policiesOf({ resources }: Inventory): readonly ResourceItem[] {
  return [...resources.values()]
    .filter(({ kind }) => kind.endsWith('Policy') || kind === 'PeerAuthentication')
    .sort((a, b) => a.name.localeCompare(b.name));
}
