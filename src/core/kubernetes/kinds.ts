import type { NameRule } from './object-names.ts';

/** What is known of a kind before its fields are read. */
export interface KindRule {
  readonly apiVersions: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  readonly name: NameRule;
  /** Why the kind is only listed; absent for kinds that are acted upon or matter to no decision made here. */
  readonly keptBecause?: string;
}

const rule = (
  apiVersions: string,
  scope: KindRule['scope'] = 'Namespaced',
  name: NameRule = 'subdomain',
  keptBecause?: string,
): KindRule => ({
  apiVersions: apiVersions.split(' '),
  scope,
  name,
  ...(keptBecause === undefined ? {} : { keptBecause }),
});

const NOT_RUN = 'is listed here, but its pods are not started';
const ISTIO_SECURITY = 'security.istio.io/v1 security.istio.io/v1beta1';
const ISTIO_NETWORKING = 'networking.istio.io/v1 networking.istio.io/v1beta1 networking.istio.io/v1alpha3';

/** Every built-in kind a manifest is likely to hold, and Istio's own. Kinds of other groups are kept unseen. */
export const KINDS: ReadonlyMap<string, KindRule> = new Map([
  ['Namespace', rule('v1', 'Cluster', 'label')],
  ['ServiceAccount', rule('v1')],
  ['Pod', rule('v1')],
  ['Service', rule('v1', 'Namespaced', 'label-1035')],
  ['Secret', rule('v1')],
  ['ConfigMap', rule('v1')],
  ['Endpoints', rule('v1')],
  ['Event', rule('v1')],
  ['LimitRange', rule('v1')],
  ['Node', rule('v1', 'Cluster')],
  ['PersistentVolume', rule('v1', 'Cluster')],
  ['PersistentVolumeClaim', rule('v1')],
  ['PodTemplate', rule('v1')],
  ['ReplicationController', rule('v1', 'Namespaced', 'subdomain', NOT_RUN)],
  ['ResourceQuota', rule('v1')],
  ['Deployment', rule('apps/v1')],
  ['ReplicaSet', rule('apps/v1')],
  ['StatefulSet', rule('apps/v1')],
  ['DaemonSet', rule('apps/v1', 'Namespaced', 'subdomain', NOT_RUN)],
  ['ControllerRevision', rule('apps/v1')],
  ['Job', rule('batch/v1', 'Namespaced', 'subdomain', NOT_RUN)],
  ['CronJob', rule('batch/v1', 'Namespaced', 'subdomain', NOT_RUN)],
  ['NetworkPolicy', rule('networking.k8s.io/v1')],
  ['Ingress', rule('networking.k8s.io/v1')],
  ['IngressClass', rule('networking.k8s.io/v1', 'Cluster')],
  ['HorizontalPodAutoscaler', rule('autoscaling/v1 autoscaling/v2')],
  ['PodDisruptionBudget', rule('policy/v1')],
  ['Role', rule('rbac.authorization.k8s.io/v1', 'Namespaced', 'path')],
  ['RoleBinding', rule('rbac.authorization.k8s.io/v1', 'Namespaced', 'path')],
  ['ClusterRole', rule('rbac.authorization.k8s.io/v1', 'Cluster', 'path')],
  ['ClusterRoleBinding', rule('rbac.authorization.k8s.io/v1', 'Cluster', 'path')],
  ['PriorityClass', rule('scheduling.k8s.io/v1', 'Cluster')],
  ['StorageClass', rule('storage.k8s.io/v1', 'Cluster')],
  ['EndpointSlice', rule('discovery.k8s.io/v1')],
  ['Lease', rule('coordination.k8s.io/v1')],
  ['CertificateSigningRequest', rule('certificates.k8s.io/v1', 'Cluster')],
  ['CustomResourceDefinition', rule('apiextensions.k8s.io/v1', 'Cluster')],
  ['MutatingWebhookConfiguration', rule('admissionregistration.k8s.io/v1', 'Cluster')],
  ['ValidatingWebhookConfiguration', rule('admissionregistration.k8s.io/v1', 'Cluster')],
  ['AuthorizationPolicy', rule(ISTIO_SECURITY)],
  [
    'PeerAuthentication',
    rule(
      ISTIO_SECURITY,
      'Namespaced',
      'subdomain',
      'is read for mtls.mode, at every scope; portLevelMtls has no effect here',
    ),
  ],
  [
    'RequestAuthentication',
    rule(
      ISTIO_SECURITY,
      'Namespaced',
      'subdomain',
      'has no effect here yet: tokens of end users are not checked',
    ),
  ],
  [
    'DestinationRule',
    rule(
      ISTIO_NETWORKING,
      'Namespaced',
      'subdomain',
      'has no effect here yet: sidecars go by auto mTLS alone',
    ),
  ],
  [
    'ProxyConfig',
    rule(
      'networking.istio.io/v1beta1',
      'Namespaced',
      'subdomain',
      'has no effect here: write the same into the annotation proxy.istio.io/config',
    ),
  ],
  ['VirtualService', rule(ISTIO_NETWORKING)],
  ['Gateway', rule(`${ISTIO_NETWORKING} gateway.networking.k8s.io/v1 gateway.networking.k8s.io/v1beta1`)],
  ['ServiceEntry', rule(ISTIO_NETWORKING)],
  ['Sidecar', rule(ISTIO_NETWORKING)],
  [
    'WorkloadEntry',
    rule(ISTIO_NETWORKING, 'Namespaced', 'subdomain', 'is listed here, but gets no identity'),
  ],
  [
    'EnvoyFilter',
    rule(
      'networking.istio.io/v1alpha3',
      'Namespaced',
      'subdomain',
      'has no effect here: Envoy is not configured by patches',
    ),
  ],
]);

/** API groups whose kinds are all known here, so that another kind in them does not exist. */
export function knowsGroupOf(apiVersion: string): boolean {
  return CLOSED_GROUPS.some((group) =>
    group === '' ? !apiVersion.includes('/') : apiVersion.startsWith(`${group}/`),
  );
}

const CLOSED_GROUPS = ['', 'apps', 'batch', 'extensions'];
