import type { KeyType } from '../core/pki/index.ts';
import type { AuthoritySetting } from './trust/authority.ts';
import type { ClusterSetting } from './trust/control-plane.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export interface NodeSetting {
  readonly name: string;
  /** The slice of the cluster's pod range this node hands out, for example `10.244.1.0/24`. */
  readonly podCidr: string;
  /** Address that pods of this node show to other nodes, where the node masquerades; their own otherwise. */
  readonly masqueradeAs?: string;
}

/** Settings of a mesh. Defaults are Istio 1.30's unless the comment says otherwise. */
export interface MeshSettings {
  readonly cluster: string;
  readonly trustDomain: string;
  /** CAs of the organisation, each after its parent; none: every istiod signs with a root of its own. */
  readonly authorities: readonly AuthoritySetting[];
  /** Clusters, where there are several or one has a plugged-in CA; otherwise one called `cluster`. */
  readonly clusters: readonly ClusterSetting[];
  /** Instant at which virtual time begins, RFC 3339. */
  readonly epoch: string;
  readonly nodes: readonly NodeSetting[];
  /** Workload keys: Istio's default is RSA 2048 (`ECC_SIGNATURE_ALGORITHM` unset). */
  readonly keyType: KeyType;
  /** The self-signed root's key; Istio has no EC option there, svidlab allows it for speed. */
  readonly rootKeyType: KeyType;
  readonly rootTtlMs: number;
  /** `SECRET_TTL`. */
  readonly secretTtlMs: number;
  /** `SECRET_GRACE_PERIOD_RATIO`. */
  readonly gracePeriodRatio: number;
  /** `SECRET_GRACE_PERIOD_RATIO_JITTER`. */
  readonly gracePeriodRatioJitter: number;
  /** `DEFAULT_WORKLOAD_CERT_TTL` of istiod, used for a TTL that is zero or less. */
  readonly defaultWorkloadCertTtlMs: number;
  /** `MAX_WORKLOAD_CERT_TTL` of istiod. */
  readonly maxWorkloadCertTtlMs: number;
  /** `expirationSeconds` of the projected istio-token. */
  readonly tokenTtlSeconds: number;
  /** `TOKEN_AUDIENCES` of istiod. */
  readonly tokenAudience: string;
  readonly apiServerKeyType: KeyType;
  /** One-way latency of a link: a base and a seeded share on top. */
  readonly latencyMs: number;
  readonly latencyJitterMs: number;
  /** `terminationGracePeriodSeconds`: from delete to the address being free. */
  readonly terminationMs: number;
}

export const defaultSettings: MeshSettings = {
  cluster: 'Kubernetes',
  trustDomain: 'cluster.local',
  authorities: [],
  clusters: [],
  epoch: '2026-03-02T09:00:00Z',
  nodes: [
    { name: 'node-1', podCidr: '10.244.1.0/24' },
    { name: 'node-2', podCidr: '10.244.2.0/24' },
  ],
  keyType: 'rsa-2048',
  rootKeyType: 'rsa-2048',
  rootTtlMs: 3650 * dayMs,
  secretTtlMs: dayMs,
  gracePeriodRatio: 0.5,
  gracePeriodRatioJitter: 0.01,
  defaultWorkloadCertTtlMs: dayMs,
  maxWorkloadCertTtlMs: 90 * dayMs,
  tokenTtlSeconds: 43_200,
  tokenAudience: 'istio-ca',
  apiServerKeyType: 'rsa-2048',
  latencyMs: 4,
  latencyJitterMs: 3,
  terminationMs: 2_000,
};
