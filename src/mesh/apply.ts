import { kindOf, loadResources, type Resource } from '../core/kubernetes/index.ts';
import type { EntryData, Notice } from '../trace/index.ts';
import type { CommandRefusal } from './command.ts';
import { resourceKey, type Workload } from './cluster.ts';
import { reconcile } from './controllers.ts';
import { addressRefusal, giveAddress, takeAddress } from './service-addresses.ts';
import type { MeshSystem } from './tell.ts';
import { desiredOf, isWorkload, setTemplate } from './workload.ts';
import type { World } from './world.ts';

export type ApplyPlan =
  | { readonly ok: true; readonly resources: readonly Resource[]; readonly notices: readonly Notice[] }
  | { readonly ok: false; readonly refusals: readonly CommandRefusal[] };

/** Reads manifests and checks them against the store. Nothing changes unless every document is usable. */
export function planApply(
  world: World,
  files: readonly { readonly name: string; readonly text: string }[],
): ApplyPlan {
  const loaded = loadResources(files);
  const refusals: CommandRefusal[] = [...loaded.errors];
  for (const resource of loaded.resources) {
    const refusal = clusterRefusal(world, resource, loaded.resources);
    if (refusal !== null) refusals.push({ ...refusal, ...resource.source });
  }
  if (refusals.length > 0) return { ok: false, refusals };
  return { ok: true, resources: loaded.resources, notices: loaded.notices };
}

function clusterRefusal(
  world: World,
  resource: Resource,
  batch: readonly Resource[],
): { rule: string; message: string; hint?: string } | null {
  const namespace = resource.metadata.namespace;
  if (namespace !== null && !world.cluster.namespaces.has(namespace)) {
    const coming = batch.some((other) => other.kind === 'Namespace' && other.metadata.name === namespace);
    if (!coming) {
      return {
        rule: 'namespace.exists',
        message: `${resource.kind} "${resource.metadata.name}": namespaces "${namespace}" not found`,
        hint: `add a Namespace named "${namespace}" to the documents`,
      };
    }
  }
  if (resource.kind === 'Service') {
    const message = addressRefusal(world.cluster, resource);
    if (message !== null) return { rule: 'service.clusterIP', message };
  }
  if (isWorkload(resource)) {
    const { nodeName } = desiredOf(resource).template.spec;
    if (nodeName !== undefined && !world.cluster.nodes.has(nodeName)) {
      const names = [...world.cluster.nodes.keys()].join(', ');
      return {
        rule: 'node.exists',
        message: `${resource.kind} "${resource.metadata.name}": no node "${nodeName}"`,
        hint: `nodes of this cluster: ${names}`,
      };
    }
  }
  return null;
}

/** Stores resources in the order in which `kubectl apply` would make them usable and lets the controllers act. */
export function applyResources(
  world: World,
  system: MeshSystem,
  resources: readonly Resource[],
  notices: readonly Notice[],
): void {
  const touched: Workload[] = [];
  for (const resource of inDependencyOrder(resources)) {
    const change = store(world, resource);
    if (change !== 'unchanged' && isWorkload(resource)) touched.push(storeWorkload(world, resource));
    recordApplied(world, resource, change, noticesOf(resource, notices));
  }
  for (const workload of touched) reconcile(world, system, workload);
}

function noticesOf(resource: Resource, notices: readonly Notice[]): readonly Notice[] {
  return notices.filter((notice) => {
    const { file, line, endLine } = resource.source;
    return notice.file === file && notice.line !== undefined && notice.line >= line && notice.line <= endLine;
  });
}

const order = [
  'Namespace',
  'ServiceAccount',
  'ConfigMap',
  'Secret',
  'NetworkPolicy',
  'AuthorizationPolicy',
  'Service',
];

function inDependencyOrder(resources: readonly Resource[]): readonly Resource[] {
  const rank = (resource: Resource): number => {
    const index = order.indexOf(resource.kind);
    return index < 0 ? order.length : index;
  };
  return [...resources].sort((a, b) => rank(a) - rank(b));
}

function store(world: World, resource: Resource): EntryData['resource.applied']['change'] {
  const { cluster } = world;
  const { name, namespace, labels } = resource.metadata;
  const key = resourceKey(kindOf(resource), namespace, name);
  const previous = cluster.resources.get(key);
  if (previous !== undefined && JSON.stringify(previous.raw) === JSON.stringify(resource.raw))
    return 'unchanged';
  cluster.resources.set(key, resource);
  const scoped = `${namespace ?? ''}/${name}`;
  if (resource.kind === 'Namespace') ensureNamespace(world, name, labels);
  if (resource.kind === 'ServiceAccount' && namespace !== null) ensureServiceAccount(world, namespace, name);
  if (resource.kind === 'Service') {
    cluster.services.set(scoped, resource);
    giveAddress(cluster, resource);
  }
  if (resource.kind === 'NetworkPolicy') cluster.networkPolicies.set(scoped, resource);
  if (resource.kind === 'AuthorizationPolicy') cluster.authorizationPolicies.set(scoped, resource);
  return previous === undefined ? 'created' : 'configured';
}

/** A namespace comes with its `default` account: the service-account controller keeps one in every namespace. */
export function ensureNamespace(world: World, name: string, labels: Readonly<Record<string, string>>): void {
  world.cluster.namespaces.set(name, { 'kubernetes.io/metadata.name': name, ...labels });
  ensureServiceAccount(world, name, 'default');
}

function ensureServiceAccount(world: World, namespace: string, name: string): void {
  const key = `${namespace}/${name}`;
  if (world.cluster.serviceAccounts.has(key)) return;
  const uid = world.chance(`serviceaccount:${key}`).uuid();
  world.cluster.serviceAccounts.set(key, { namespace, name, uid });
}

function storeWorkload(world: World, resource: Parameters<typeof desiredOf>[0]): Workload {
  const { cluster } = world;
  const namespace = resource.metadata.namespace ?? 'default';
  const key = `${namespace}/${resource.metadata.name}`;
  const desired = desiredOf(resource);
  let workload = cluster.workloads.get(key);
  if (workload === undefined || workload.kind !== resource.kind) {
    workload = {
      key,
      kind: resource.kind,
      namespace,
      name: resource.metadata.name,
      replicas: desired.replicas,
      template: desired.template,
      hash: '',
      pods: workload?.pods ?? new Set(),
      rolling: false,
      deleted: false,
      refusals: 0,
    };
    cluster.workloads.set(key, workload);
  }
  workload.deleted = false;
  workload.replicas = desired.replicas;
  setTemplate(workload, desired.template);
  return workload;
}

function recordApplied(
  world: World,
  resource: Resource,
  change: EntryData['resource.applied']['change'],
  notices: readonly Notice[],
): void {
  world.trace.append('api-server', 'resource.applied', {
    apiVersion: resource.apiVersion,
    resourceKind: kindOf(resource),
    namespace: resource.metadata.namespace,
    name: resource.metadata.name,
    change,
    understood: resource.understood,
    notices,
  });
}

/** `kubectl delete KIND NAME`; what the object owned ends with it. */
export function deleteObject(
  world: World,
  system: MeshSystem,
  kind: string,
  namespace: string | null,
  name: string,
): void {
  const { cluster } = world;
  const key = resourceKey(kind, namespace, name);
  const resource = cluster.resources.get(key);
  if (resource === undefined) return;
  cluster.resources.delete(key);
  const scoped = `${namespace ?? ''}/${name}`;
  if (kind === 'ServiceAccount') cluster.serviceAccounts.delete(scoped);
  if (kind === 'Service') {
    cluster.services.delete(scoped);
    takeAddress(cluster, scoped);
  }
  if (kind === 'NetworkPolicy') cluster.networkPolicies.delete(scoped);
  if (kind === 'AuthorizationPolicy') cluster.authorizationPolicies.delete(scoped);
  recordApplied(world, resource, 'deleted', []);
  if (!isWorkload(resource)) return;
  const workload = cluster.workloads.get(scoped);
  if (workload === undefined) return;
  workload.deleted = true;
  reconcile(world, system, workload);
}
