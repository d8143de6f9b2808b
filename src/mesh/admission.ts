import {
  injectionDecision,
  podSuffix,
  proxyMetadataFromAnnotation,
  proxyMetadataFromMeshConfig,
} from '../core/kubernetes/index.ts';
import type { NodeRecord, PodRecord, Workload } from './cluster.ts';
import { resourceKey } from './cluster.ts';
import { controlPlaneOf, type ControlPlane } from './trust/control-plane.ts';
import type { World } from './world.ts';

export type Admission =
  { readonly ok: true; readonly record: PodRecord } | { readonly ok: false; readonly message: string };

/**
 * What happens between a controller's create call and the pod being bound to a node: the ServiceAccount admission
 * plugin, Istio's injection webhook, and the scheduler. Simplified: the scheduler takes the node with the fewest
 * pods unless the template names one.
 */
export function admitPod(world: World, workload: Workload, name: string | null): Admission {
  const { cluster } = world;
  const template = workload.template;
  const serviceAccount = template.spec.serviceAccountName ?? 'default';
  const account = cluster.serviceAccounts.get(`${workload.namespace}/${serviceAccount}`);
  const random = world.chance(`controller:${workload.key}`);
  const podName = name ?? nameFor(workload, random);
  if (account === undefined) {
    const subject = name ?? `${workload.name}-`;
    return {
      ok: false,
      message:
        `pods "${subject}" is forbidden: error looking up service account ` +
        `${workload.namespace}/${serviceAccount}: serviceaccount "${serviceAccount}" not found`,
    };
  }
  const labels = templateLabels(workload);
  const injection = injectionDecision({
    namespace: workload.namespace,
    namespaceLabels: cluster.namespaces.get(workload.namespace) ?? {},
    podLabels: labels,
    podAnnotations: template.metadata.annotations,
    hostNetwork: template.spec.hostNetwork ?? false,
  });
  const controlPlane = controlPlaneOf(world, workload.namespace);
  if (injection.inject && !controlPlane.running) {
    return {
      ok: false,
      message:
        'Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": failed to call ' +
        'webhook: Post "https://istiod.istio-system.svc:443/inject?timeout=10s": dial tcp: connect: connection refused',
    };
  }
  const node = schedule(world, workload, controlPlane);
  if (node === null) return { ok: false, message: `no node "${String(template.spec.nodeName)}"` };
  const pod = `${workload.namespace}/${podName}`;
  const record: PodRecord = {
    pod,
    actors: { agent: `agent:${pod}`, envoy: `envoy:${pod}`, app: `app:${pod}` },
    namespace: workload.namespace,
    name: podName,
    uid: random.uuid(),
    workload,
    hash: workload.hash,
    node: node.name,
    controlPlane,
    serviceAccount,
    serviceAccountUid: account.uid,
    labels,
    template,
    injected: injection.inject,
    proxyMetadata: injection.inject ? proxyMetadata(world, template.metadata.annotations) : {},
    createdAtMs: world.clock.now(),
    ip: null,
    ready: false,
    deletionAtMs: null,
  };
  node.podCount += 1;
  cluster.pods.set(record.pod, record);
  workload.pods.add(record.pod);
  world.trace.append('api-server', 'pod.scheduled', {
    pod: record.pod,
    uid: record.uid,
    node: node.name,
    serviceAccount,
    workload: workload.name,
    injected: injection.inject,
    injection: injection.reason,
    labels,
  });
  return { ok: true, record };
}

function nameFor(workload: Workload, random: { int(below: number): number }): string {
  if (workload.kind === 'Pod') return workload.name;
  const suffix = podSuffix((below) => random.int(below));
  return workload.kind === 'Deployment'
    ? `${workload.name}-${workload.hash}-${suffix}`
    : `${workload.name}-${suffix}`;
}

function templateLabels(workload: Workload): Readonly<Record<string, string>> {
  const labels = workload.template.metadata.labels;
  return workload.kind === 'Deployment' ? { ...labels, 'pod-template-hash': workload.hash } : labels;
}

function schedule(world: World, workload: Workload, { nodes }: ControlPlane): NodeRecord | null {
  const { nodeName, nodeSelector } = workload.template.spec;
  const wanted = nodeName ?? nodeSelector?.['kubernetes.io/hostname'];
  if (wanted !== undefined) return world.cluster.nodes.get(wanted) ?? null;
  let best: NodeRecord | null = null;
  for (const node of world.cluster.nodes.values()) {
    if (nodes !== null && !nodes.has(node.name)) continue;
    if (best === null || node.podCount < best.podCount) best = node;
  }
  return best;
}

/** The agent's environment: mesh-wide `defaultConfig.proxyMetadata`, overridden by the pod's annotation. */
function proxyMetadata(
  world: World,
  annotations: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const meshConfig = world.cluster.resources.get(resourceKey('ConfigMap', 'istio-system', 'istio'));
  const fromMesh = meshConfig?.kind === 'ConfigMap' ? proxyMetadataFromMeshConfig(meshConfig) : {};
  return { ...fromMesh, ...proxyMetadataFromAnnotation(annotations) };
}
