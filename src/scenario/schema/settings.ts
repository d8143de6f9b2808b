import * as v from 'valibot';
import { KeyTypeSchema } from './key-type.ts';
import { AuthoritySchema, ClusterSchema } from './trust.ts';
import { DurationSchema, listOf, matching, strict } from './parts.ts';

const ratio = (description: string) =>
  v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1), v.description(description)));
const duration = (description: string) => v.exactOptional(v.pipe(DurationSchema, v.description(description)));
const keyType = (description: string) => v.exactOptional(v.pipe(KeyTypeSchema, v.description(description)));

const NodeSchema = strict('a node', {
  name: matching('a node name', /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'node-1'),
  podCidr: v.pipe(
    matching('an address range', /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, '10.244.1.0/24'),
    v.description('The slice of the pod range this node hands out.'),
  ),
  masqueradeAs: v.exactOptional(
    v.pipe(
      matching('an address', /^\d{1,3}(\.\d{1,3}){3}$/, '192.168.0.10'),
      v.description('Address that pods of this node show to other nodes.'),
    ),
  ),
});

/** `mesh.settings` of a lesson: the mesh's settings, durations written as text. */
export const SettingsSchema = v.pipe(
  strict('settings', {
    cluster: v.exactOptional(matching('a cluster name', /^[A-Za-z0-9][-A-Za-z0-9]*$/, 'seoul')),
    trustDomain: v.exactOptional(matching('a trust domain', /^[a-z0-9._-]{1,255}$/, 'cluster.local')),
    epoch: v.exactOptional(
      v.pipe(
        matching('an instant', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, '2026-03-02T09:00:00Z'),
        v.description('Instant at which virtual time begins, UTC. Default 2026-03-02T09:00:00Z.'),
      ),
    ),
    authorities: v.exactOptional(
      v.pipe(
        listOf('authorities', AuthoritySchema, 30),
        v.description('CAs of the organisation, each after its parent.'),
      ),
    ),
    clusters: v.exactOptional(
      v.pipe(
        listOf('clusters', ClusterSchema, 8, 1),
        v.description('Clusters, where there are several or one has a plugged-in CA.'),
      ),
    ),
    nodes: v.exactOptional(listOf('nodes', NodeSchema, 50, 1)),
    keyType: keyType('Key type of workloads. Default rsa-2048, as in Istio.'),
    rootKeyType: keyType('Key type of the self-signed root. Default rsa-2048.'),
    apiServerKeyType: keyType('Key type of the API server, which signs tokens. Default rsa-2048.'),
    rootTtl: duration('Lifetime of the root. Default 3650d.'),
    secretTtl: duration('Lifetime a workload asks for (SECRET_TTL). Default 24h.'),
    gracePeriodRatio: ratio(
      'Share of the lifetime left at renewal (SECRET_GRACE_PERIOD_RATIO). Default 0.5.',
    ),
    gracePeriodRatioJitter: ratio(
      'Random share added or taken (SECRET_GRACE_PERIOD_RATIO_JITTER). Default 0.01.',
    ),
    defaultWorkloadCertTtl: duration('DEFAULT_WORKLOAD_CERT_TTL of istiod. Default 24h.'),
    maxWorkloadCertTtl: duration(
      'MAX_WORKLOAD_CERT_TTL of istiod; longer requests are refused. Default 90d.',
    ),
    tokenTtl: duration('Lifetime of the projected service-account token. Default 12h.'),
    tokenAudience: v.exactOptional(
      v.pipe(v.string(), v.maxLength(253), v.description('Audience istiod demands. Default istio-ca.')),
    ),
    latency: duration('One-way latency of a link. Default 4ms.'),
    latencyJitter: duration('Random share on top of the latency. Default 3ms.'),
    termination: duration('From deleting a pod to its address being free. Default 2s.'),
  }),
  v.description('Settings of the mesh. All are optional; the defaults are those of Istio.'),
);

export type LessonSettings = v.InferOutput<typeof SettingsSchema>;
