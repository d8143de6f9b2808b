import type {
  AddressPool,
  ClusterIpPool,
  AuthorizationPolicyResource,
  NetworkPolicyResource,
  PodTemplate,
  Resource,
  ServiceResource,
} from '../core/kubernetes/index.ts';
import type { PodRef } from '../trace/index.ts';
import type { ControlPlane } from './trust/control-plane.ts';

export interface ServiceAccountRecord {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface Workload {
  readonly key: string;
  readonly kind: 'Deployment' | 'StatefulSet' | 'ReplicaSet' | 'Pod';
  readonly namespace: string;
  readonly name: string;
  replicas: number;
  template: PodTemplate;
  /** `pod-template-hash` of the template in force. */
  hash: string;
  /** Pods that exist, the terminating ones included. */
  readonly pods: Set<PodRef>;
  /** True while pods of an older template are being replaced. */
  rolling: boolean;
  deleted: boolean;
  /** Consecutive refused creations, for the controller's back-off. */
  refusals: number;
}

/** The systemIds of a pod's actors, which are its addresses on the wire too. */
export interface PodActors {
  readonly agent: string;
  readonly envoy: string;
  readonly app: string;
}

export interface PodRecord {
  readonly pod: PodRef;
  readonly actors: PodActors;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly workload: Workload;
  readonly hash: string;
  readonly node: string;
  /** istiod of the cluster it belongs to. */
  readonly controlPlane: ControlPlane;
  readonly serviceAccount: string;
  readonly serviceAccountUid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly template: PodTemplate;
  readonly injected: boolean;
  /** `proxyMetadata` of the pod's proxy configuration: the agent's environment. */
  readonly proxyMetadata: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  ip: string | null;
  ready: boolean;
  deletionAtMs: number | null;
}

export interface NodeRecord {
  readonly name: string;
  readonly uid: string;
  readonly pool: AddressPool;
  readonly masqueradeAs: string | null;
  podCount: number;
}

/** The API server's store: every object of the cluster, as etcd would hold it. */
export class Cluster {
  readonly namespaces = new Map<string, Readonly<Record<string, string>>>();
  readonly serviceAccounts = new Map<string, ServiceAccountRecord>();
  readonly workloads = new Map<string, Workload>();
  readonly pods = new Map<PodRef, PodRecord>();
  readonly podByIp = new Map<string, PodRef>();
  readonly services = new Map<string, ServiceResource>();
  /** Services by the cluster address they were given. */
  readonly serviceByIp = new Map<string, string>();
  readonly clusterIps: ClusterIpPool;
  readonly networkPolicies = new Map<string, NetworkPolicyResource>();
  readonly authorizationPolicies = new Map<string, AuthorizationPolicyResource>();
  readonly resources = new Map<string, Resource>();
  readonly nodes = new Map<string, NodeRecord>();
  /** Tokens of pods that are gone: a copy that somebody kept. */
  lastDeletedPodToken: string | null = null;

  constructor(clusterIps: ClusterIpPool) {
    this.clusterIps = clusterIps;
  }

  /** Pods of a namespace that a set of labels selects; every pod for an empty set. */
  podsMatching(namespace: string, labels: Readonly<Record<string, string>>): PodRecord[] {
    const wanted = Object.entries(labels);
    const found: PodRecord[] = [];
    for (const record of this.pods.values()) {
      if (record.namespace !== namespace) continue;
      if (wanted.every(([key, value]) => record.labels[key] === value)) found.push(record);
    }
    return found;
  }

  /** The pod a `namespace/name` means: that very pod, or the newest live pod of that workload. */
  resolve(selector: string): PodRecord | null {
    const exact = this.pods.get(selector);
    if (exact !== undefined) return exact;
    const workload = this.workloads.get(selector);
    if (workload === undefined) return null;
    let best: PodRecord | null = null;
    for (const pod of workload.pods) {
      const record = this.pods.get(pod);
      if (record === undefined) continue;
      if (best === null || preference(record) > preference(best)) best = record;
      else if (preference(record) === preference(best) && record.createdAtMs >= best.createdAtMs)
        best = record;
    }
    return best;
  }
}

function preference(record: PodRecord): number {
  if (record.deletionAtMs !== null) return 0;
  return record.ready ? 2 : 1;
}

/** Key of an object in the store: kind, namespace and name. */
export function resourceKey(kind: string, namespace: string | null, name: string): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}
