import { contains, formatAddress, parseAddress, parseCidr, type AddressRange } from './cidr.ts';
import { matchesLabels, type Labels } from './labels.ts';
import type { Container, ServicePort, ServiceResource } from './resources.ts';

/** A pod as far as the endpoints of a service depend on it. */
export interface EndpointCandidate {
  readonly namespace: string;
  readonly labels: Labels;
  readonly ip: string | null;
  /** Only ready pods that are not being deleted are endpoints. */
  readonly ready: boolean;
  readonly containers: readonly Container[];
}

/** A pod behind a service, with the address and port that reach it. */
export interface Endpoint<Pod> {
  readonly pod: Pod;
  readonly ip: string;
  readonly port: number;
}

/**
 * The pods a service sends a port to (discovery/v1 EndpointSlice, condition `ready`).
 *
 * @param service - a service without a selector has no endpoints
 * @param pods - candidates of any namespace
 * @param port - the service port asked for
 * @returns one endpoint for each ready pod that has the target port; in the order of `pods`
 */
export function endpointsOf<Pod extends EndpointCandidate>(
  service: ServiceResource,
  pods: Iterable<Pod>,
  port: ServicePort,
): Endpoint<Pod>[] {
  const found: Endpoint<Pod>[] = [];
  for (const pod of pods) {
    if (!pod.ready || pod.ip === null || !servedBy(service, pod)) continue;
    const target = targetPortOf(port, pod.containers);
    if (target !== null) found.push({ pod, ip: pod.ip, port: target });
  }
  return found;
}

/** Whether a service's selector selects a pod. An empty or missing selector selects none. */
export function servedBy(
  service: ServiceResource,
  pod: { readonly namespace: string; readonly labels: Labels },
): boolean {
  const { selector } = service.spec;
  if (selector === null || Object.keys(selector).length === 0) return false;
  return pod.namespace === service.metadata.namespace && matchesLabels(selector, pod.labels);
}

/** The number behind a target port: itself, or the container port of that name; null if no container has it. */
export function targetPortOf(port: ServicePort, containers: readonly Container[]): number | null {
  if (typeof port.targetPort === 'number') return port.targetPort;
  const ports = containers.flatMap((container) => container.ports);
  const named = ports.find((each) => each.name === port.targetPort && each.protocol === port.protocol);
  return named?.containerPort ?? null;
}

/**
 * What a host name means inside the cluster: `order`, `order.shop`, `order.shop.svc` and
 * `order.shop.svc.cluster.local`, by the search list of a pod (concepts/services-networking/dns-pod-service).
 *
 * @param host - a name without a port
 * @param namespace - namespace of the pod that asks
 * @returns null for a name of another form
 */
export function resolveServiceName(
  host: string,
  namespace: string,
  clusterDomain = 'cluster.local',
): { readonly namespace: string; readonly name: string } | null {
  const bare = host.endsWith('.') ? host.slice(0, -1) : host;
  const suffix = `.svc.${clusterDomain}`;
  const short = bare.endsWith(suffix) ? bare.slice(0, -suffix.length) : bare.replace(/\.svc$/, '');
  const [name, own, ...rest] = short.split('.');
  if (name === undefined || name === '' || rest.length > 0) return null;
  if (own === undefined) return short === bare ? { namespace, name } : null;
  return own === '' ? null : { namespace: own, name };
}

/** An address for a service, or why there is none. */
export type ClusterIpAllocation =
  { readonly ok: true; readonly ip: string } | { readonly ok: false; readonly message: string };

/**
 * Cluster-wide addresses of services. Dynamic ones come from the upper part of the range first, so that hand-picked
 * ones of the lower part stay free (concepts/services-networking/cluster-ip-allocation).
 */
export class ClusterIpPool {
  readonly #cidr: string;
  readonly #range: AddressRange;
  readonly #band: number;
  readonly #used = new Set<number>();
  readonly #random: (below: number) => number;

  /**
   * @param cidr - IPv4 range, for example `10.96.0.0/16`
   * @param random - a whole number from 0 up to, but not including, its argument
   * @throws RangeError if `cidr` is not an IPv4 range of at least four addresses
   */
  constructor(cidr: string, random: (below: number) => number) {
    const range = parseCidr(cidr);
    if (range === null || range.last - range.first < 3)
      throw new RangeError(`"${cidr}" is not a usable IPv4 range`);
    const size = range.last - range.first + 1;
    this.#cidr = cidr;
    this.#range = { first: range.first + 1, last: range.last - 1 };
    this.#band = Math.min(Math.max(16, Math.floor(size / 16)), 256, size - 2);
    this.#random = random;
  }

  /** Reserves some free address. */
  allocate(): ClusterIpAllocation {
    const { first, last } = this.#range;
    const upper = { first: first + this.#band, last };
    const address = this.#freeIn(upper) ?? this.#freeIn({ first, last: first + this.#band - 1 });
    if (address === null) return { ok: false, message: 'range is full' };
    this.#used.add(address);
    return { ok: true, ip: formatAddress(address) };
  }

  /** Reserves an address picked by hand. */
  reserve(ip: string): ClusterIpAllocation {
    const refuse = (why: string) => ({ ok: false, message: `failed to allocate IP ${ip}: ${why}` }) as const;
    const address = parseAddress(ip);
    if (address === null || !contains(this.#range, address)) {
      return refuse(
        `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${this.#cidr}`,
      );
    }
    if (this.#used.has(address)) return refuse('provided IP is already allocated');
    this.#used.add(address);
    return { ok: true, ip };
  }

  release(ip: string): void {
    const address = parseAddress(ip);
    if (address !== null) this.#used.delete(address);
  }

  #freeIn({ first, last }: AddressRange): number | null {
    const size = last - first + 1;
    if (size <= 0) return null;
    const start = this.#random(size);
    for (let step = 0; step < size; step++) {
      const address = first + ((start + step) % size);
      if (!this.#used.has(address)) return address;
    }
    return null;
  }
}
