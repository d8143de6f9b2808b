import { endpointsOf, type ServiceResource } from '../../core/kubernetes/index.ts';
import type { RequestCommand } from '../command.ts';
import type { PodRecord } from '../cluster.ts';
import { serviceMeant } from '../service-addresses.ts';
import { accountsOf } from '../tls/envoy-context.ts';
import type { World } from '../world.ts';

/** Where a request goes, as the caller's Envoy is configured for it. */
export interface Destination {
  readonly pod: PodRecord | null;
  /** Pod that istiod told the caller's Envoy of; traffic that is hijacked arrives at another. */
  readonly endpoint: PodRecord | null;
  readonly ip: string;
  readonly port: number;
  /** Envoy's cluster, `outbound|PORT||HOST` or `PassthroughCluster`. */
  readonly cluster: string;
  /** Address and port the app asked for. */
  readonly original: string;
  /** SNI of mesh TLS; null where the cluster has none. */
  readonly serverName: string | null;
  /** SPIFFE IDs of the service's accounts. */
  readonly accounts: readonly string[];
}

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * Simplified: a service name leads to a ready pod in turn; DNS and kube-proxy are not modelled. A pod named by itself or
 * by its workload, without a service, is reached as the one endpoint of a headless service would be.
 */
export function resolve(world: World, from: PodRecord, command: RequestCommand): Destination | null {
  const { cluster } = world;
  const { to } = command;
  const service = serviceMeant(cluster, to, from.namespace);
  if (service !== null) return endpointOf(world, from, service, command);
  if (ipv4.test(to)) return byAddress(world, to, command.port ?? 80);
  const pod = cluster.resolve(to);
  if (pod === null || pod.ip === null) return null;
  const port = command.port ?? pod.template.spec.containers[0]?.ports[0]?.containerPort ?? 80;
  const host = `${pod.workload.name}.${pod.namespace}.svc.cluster.local`;
  return {
    pod,
    endpoint: pod,
    ip: pod.ip,
    port,
    cluster: `outbound|${port}||${host}`,
    original: `${pod.ip}:${port}`,
    serverName: serverNameOf(port, host),
    accounts: accountsOf(from.controlPlane, [pod]),
  };
}

/** An address no listener knows: Envoy passes it on as it is, without TLS of its own. */
function byAddress(world: World, ip: string, port: number): Destination {
  const pod = world.cluster.pods.get(world.cluster.podByIp.get(ip) ?? '') ?? null;
  return {
    pod,
    endpoint: pod,
    ip,
    port,
    cluster: 'PassthroughCluster',
    original: `${ip}:${port}`,
    serverName: null,
    accounts: [],
  };
}

function endpointOf(
  world: World,
  from: PodRecord,
  service: ServiceResource,
  command: RequestCommand,
): Destination | null {
  const { ports } = service.spec;
  const port = ports.find((each) => each.port === command.port) ?? ports[0];
  if (port === undefined) return null;
  const { name, namespace } = service.metadata;
  const pods = world.cluster.podsMatching(namespace ?? '', service.spec.selector ?? {});
  const endpoints = endpointsOf(service, candidates(service, pods), port);
  const chosen = endpoints[world.chance(`service:${command.to}`).int(Math.max(1, endpoints.length))];
  if (chosen === undefined) return null;
  const host = `${name}.${namespace}.svc.cluster.local`;
  const thief = world.cluster.pods.get(world.hijacks.get(`${namespace}/${name}`) ?? '');
  return {
    pod: thief ?? chosen.pod.record,
    endpoint: chosen.pod.record,
    ip: thief?.ip ?? chosen.ip,
    port: chosen.port,
    cluster: `outbound|${port.port}||${host}`,
    original: `${addressOf(world, `${namespace}/${name}`) ?? chosen.ip}:${port.port}`,
    serverName: serverNameOf(port.port, host),
    accounts: accountsOf(from.controlPlane, pods),
  };
}

function addressOf(world: World, service: string): string | null {
  for (const [ip, owner] of world.cluster.serviceByIp) if (owner === service) return ip;
  return null;
}

/** `BuildDNSSrvSubsetKey` with an empty subset (pilot/pkg/model/service.go). */
function serverNameOf(port: number, host: string): string {
  return `outbound_.${port}_._.${host}`;
}

function candidates(service: ServiceResource, pods: readonly PodRecord[]) {
  const { namespace } = service.metadata;
  return pods.map((record) => ({
    record,
    namespace,
    labels: record.labels,
    ip: record.ip,
    ready: record.ready,
    containers: record.template.spec.containers,
  }));
}
