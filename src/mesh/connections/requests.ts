import { endpointsOf, type ServiceResource } from '../../core/kubernetes/index.ts';
import type { RequestCommand } from '../command.ts';
import type { PodRecord } from '../cluster.ts';
import type { World } from '../world.ts';
import { close, connect, sendRequest } from './client-side.ts';
import type { ClientSide, PendingRequest } from './connection.ts';
import { serviceMeant } from '../service-addresses.ts';
import { sourceAddress } from './network.ts';

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

interface Destination {
  readonly pod: PodRecord | null;
  readonly ip: string;
  readonly port: number;
}

/** An app sends one request; everything after that is connections, policies and answers. */
export function startRequest(world: World, from: PodRecord, command: RequestCommand): void {
  const request: PendingRequest = { id: world.connections.nextRequestId(), from: from.pod, command };
  world.trace.append(`app:${from.pod}`, 'request.sent', {
    request: request.id,
    from: from.pod,
    to: command.to,
    method: command.method ?? 'GET',
    path: command.path ?? '/',
  });
  if (command.on !== undefined) {
    sendOnHeld(world, request, command.on);
    return;
  }
  const destination = resolve(world, from, command);
  if (destination === null) {
    failAtOnce(world, from, request, command.to, 503, 'UH no_healthy_upstream');
    return;
  }
  if (from.injected && world.runtimes.of(from.pod).envoy === null) {
    failAtOnce(world, from, request, command.to, 503, 'UF TLS_error:Secret is not supplied by SDS');
    return;
  }
  openConnection(world, from, destination, request);
}

function openConnection(
  world: World,
  from: PodRecord,
  destination: Destination,
  request: PendingRequest,
): void {
  const { pod } = destination;
  const mesh = from.injected && pod?.injected === true;
  const side: ClientSide = {
    id: world.connections.nextId(),
    from: from.pod,
    to: pod?.pod ?? destination.ip,
    localAddress: from.injected ? `envoy:${from.pod}` : `app:${from.pod}`,
    remoteAddress:
      pod === null ? `ip:${destination.ip}` : pod.injected ? `envoy:${pod.pod}` : `app:${pod.pod}`,
    route: {
      sourceIp: sourceAddress(world, from, pod),
      destinationIp: destination.ip,
      port: destination.port,
    },
    security: mesh ? 'mtls' : 'plaintext',
    held: request.command.hold ?? null,
    request,
    nonce: new Uint8Array(0),
    state: 'connecting',
    peer: null,
    clientCertificate: null,
    serverCertificate: null,
    timer: null,
  };
  world.connections.client.set(side.id, side);
  connect(world, side);
}

function sendOnHeld(world: World, request: PendingRequest, name: string): void {
  const side = world.connections.client.get(world.connections.heldBy.get(name) ?? '');
  const from = world.cluster.pods.get(request.from);
  if (side === undefined || side.state !== 'open' || side.request !== null || from === undefined) {
    if (from !== undefined)
      failAtOnce(world, from, request, request.command.to, 503, `no open connection "${name}"`);
    return;
  }
  side.request = request;
  sendRequest(world, side);
}

/** Simplified: a service name leads to a ready pod in turn; DNS and kube-proxy are not modelled. */
function resolve(world: World, from: PodRecord, command: RequestCommand): Destination | null {
  const { cluster } = world;
  const { to } = command;
  const service = serviceMeant(cluster, to, from.namespace);
  if (service !== null) return endpointOf(world, service, command);
  if (ipv4.test(to)) {
    const pod = cluster.pods.get(cluster.podByIp.get(to) ?? '') ?? null;
    return { pod, ip: to, port: command.port ?? 80 };
  }
  const pod = cluster.resolve(to);
  if (pod === null || pod.ip === null) return null;
  const port = command.port ?? pod.template.spec.containers[0]?.ports[0]?.containerPort ?? 80;
  return { pod, ip: pod.ip, port };
}

function endpointOf(world: World, service: ServiceResource, command: RequestCommand): Destination | null {
  const { ports } = service.spec;
  const port = ports.find((each) => each.port === command.port) ?? ports[0];
  if (port === undefined) return null;
  const endpoints = endpointsOf(service, candidates(world, service), port);
  const chosen = endpoints[world.chance(`service:${command.to}`).int(Math.max(1, endpoints.length))];
  return chosen === undefined ? null : { pod: chosen.pod.record, ip: chosen.ip, port: chosen.port };
}

function candidates(world: World, service: ServiceResource) {
  const { namespace } = service.metadata;
  return world.cluster.podsMatching(namespace, service.spec.selector ?? {}).map((record) => ({
    record,
    namespace,
    labels: record.labels,
    ip: record.ip,
    ready: record.ready,
    containers: record.template.spec.containers,
  }));
}

function failAtOnce(
  world: World,
  from: PodRecord,
  request: PendingRequest,
  to: string,
  status: number,
  reason: string,
): void {
  world.trace.append(`app:${from.pod}`, 'request.answered', {
    request: request.id,
    from: from.pod,
    to,
    outcome: 'failed',
    status,
    by: 'Endpoint',
    reason,
    peer: null,
    connection: null,
  });
}

/** Ends what a leaving pod had open, at either end. */
export function closeConnectionsOf(world: World, pod: string): void {
  for (const side of [...world.connections.client.values()]) {
    if (side.from === pod || side.to === pod) close(world, side, `pod ${pod} is gone`);
  }
}
