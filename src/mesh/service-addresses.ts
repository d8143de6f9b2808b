import { resolveServiceName, type ServiceResource } from '../core/kubernetes/index.ts';
import type { Cluster } from './cluster.ts';

/** Why the API server would not take this service's hand-picked address; null where it would. */
export function addressRefusal(cluster: Cluster, service: ServiceResource): string | null {
  const { clusterIP } = service.spec;
  if (clusterIP === null || clusterIP === 'None') return null;
  if (cluster.serviceByIp.get(clusterIP) === keyOf(service)) return null;
  const reserved = cluster.clusterIps.reserve(clusterIP);
  if (!reserved.ok) return reserved.message;
  cluster.clusterIps.release(clusterIP);
  return null;
}

/** Gives a new service its cluster address; headless and external ones have none. */
export function giveAddress(cluster: Cluster, service: ServiceResource): void {
  const { clusterIP, type } = service.spec;
  const key = keyOf(service);
  if (clusterIP === 'None' || type === 'ExternalName' || [...cluster.serviceByIp.values()].includes(key))
    return;
  const given = clusterIP === null ? cluster.clusterIps.allocate() : cluster.clusterIps.reserve(clusterIP);
  if (given.ok) cluster.serviceByIp.set(given.ip, key);
}

export function takeAddress(cluster: Cluster, key: string): void {
  for (const [ip, owner] of cluster.serviceByIp) {
    if (owner !== key) continue;
    cluster.serviceByIp.delete(ip);
    cluster.clusterIps.release(ip);
  }
}

/**
 * The service a caller means by `namespace/name`, a DNS name as a pod of `namespace` would look it up, or a cluster
 * address; null where it is none.
 */
export function serviceMeant(cluster: Cluster, to: string, namespace: string): ServiceResource | null {
  const byIp = cluster.serviceByIp.get(to);
  if (byIp !== undefined) return cluster.services.get(byIp) ?? null;
  if (to.includes('/')) return cluster.services.get(to) ?? null;
  const named = resolveServiceName(to, namespace);
  return named === null ? null : (cluster.services.get(`${named.namespace}/${named.name}`) ?? null);
}

function keyOf(service: ServiceResource): string {
  return `${service.metadata.namespace}/${service.metadata.name}`;
}
