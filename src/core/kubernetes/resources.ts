import type { AuthorizationPolicySpec } from './istio/authorization-policy.ts';
import type { SourcePosition } from './input.ts';
import type { LabelSelector, Labels } from './labels.ts';
import type { Plain } from './located.ts';
import type { NetworkPolicySpec } from './network-policy-spec.ts';

/** Metadata of an object, as far as it means something here. */
export interface Metadata {
  readonly name: string;
  /** Null for kinds that belong to the whole cluster. */
  readonly namespace: string | null;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Metadata of an object that lives in a namespace. */
export interface NamespacedMetadata extends Metadata {
  readonly namespace: string;
}

interface ResourceOf<Kind extends string, Meta extends Metadata> {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: Meta;
  /** Where the object stands in the user's text. */
  readonly source: SourcePosition & { readonly endLine: number };
  /** `full`: acted upon; `partly`: something in it has no effect here (a notice says what); `kept`: listed only. */
  readonly understood: 'full' | 'partly' | 'kept';
  /** The object as JSON, with the fields that have no effect here too. */
  readonly raw: Plain;
}

/** A container as far as it matters here: its name and the ports that can be called by name. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly ContainerPort[];
}

/** A port a container declares; only the name has an effect, the port is open either way. */
export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol: Protocol;
}

/** Transport protocols of ports (core/v1 Protocol). */
export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** `spec` of a pod or a pod template (core/v1 PodSpec), as far as it matters here. */
export interface PodSpec {
  /** Absent means the account `default`. */
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  /** The whole spec as written: what a change of image or environment shows in. */
  readonly raw: Plain;
}

/** What a workload makes its pods from (core/v1 PodTemplateSpec). */
export interface PodTemplate {
  readonly metadata: { readonly labels: Labels; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

/** `spec` of a Deployment, ReplicaSet or StatefulSet (apps/v1). */
export interface WorkloadSpec {
  readonly replicas: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
}

/** A port of a service, and the container port behind it. */
export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  /** Number or name of a container port; the same as `port` where it is not given. */
  readonly targetPort: number | string;
  readonly protocol: Protocol;
}

/** `spec` of a service (core/v1 ServiceSpec). */
export interface ServiceSpec {
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** A fixed address, `None` for a headless service, null to be allocated. */
  readonly clusterIP: string | null;
  /** Null for a service without a selector: its endpoints are made by hand. */
  readonly selector: Labels | null;
  readonly ports: readonly ServicePort[];
}

export type NamespaceResource = ResourceOf<'Namespace', Metadata>;
export interface ServiceAccountResource extends ResourceOf<'ServiceAccount', NamespacedMetadata> {
  readonly automountServiceAccountToken?: boolean;
}
export interface PodResource extends ResourceOf<'Pod', NamespacedMetadata> {
  readonly spec: PodSpec;
}
export interface DeploymentResource extends ResourceOf<'Deployment', NamespacedMetadata> {
  readonly spec: WorkloadSpec;
}
export interface ReplicaSetResource extends ResourceOf<'ReplicaSet', NamespacedMetadata> {
  readonly spec: WorkloadSpec;
}
export interface StatefulSetResource extends ResourceOf<'StatefulSet', NamespacedMetadata> {
  readonly spec: WorkloadSpec & { readonly serviceName: string };
}
export interface ServiceResource extends ResourceOf<'Service', NamespacedMetadata> {
  readonly spec: ServiceSpec;
}
export interface SecretResource extends ResourceOf<'Secret', NamespacedMetadata> {
  readonly type: string;
  /** Values decoded from `data` (base64) and `stringData`. */
  readonly data: Readonly<Record<string, Uint8Array>>;
}
export interface ConfigMapResource extends ResourceOf<'ConfigMap', NamespacedMetadata> {
  readonly data: Readonly<Record<string, string>>;
}
export interface NetworkPolicyResource extends ResourceOf<'NetworkPolicy', NamespacedMetadata> {
  readonly spec: NetworkPolicySpec;
}
export interface AuthorizationPolicyResource extends ResourceOf<'AuthorizationPolicy', NamespacedMetadata> {
  readonly spec: AuthorizationPolicySpec;
}
/** A kind this simulator lists and does not act upon; `resourceKind` is what the manifest calls it. */
export interface OtherResource extends ResourceOf<'Other', Metadata> {
  readonly resourceKind: string;
}

/** One object of a manifest. */
export type Resource =
  | NamespaceResource
  | ServiceAccountResource
  | PodResource
  | DeploymentResource
  | ReplicaSetResource
  | StatefulSetResource
  | ServiceResource
  | SecretResource
  | ConfigMapResource
  | NetworkPolicyResource
  | AuthorizationPolicyResource
  | OtherResource;

/** The discriminator of {@link Resource}; `Other` for every kind that is only kept. */
export type ResourceKind = Resource['kind'];

/** The kind as the manifest names it. */
export function kindOf(resource: Resource): string {
  return resource.kind === 'Other' ? resource.resourceKind : resource.kind;
}
