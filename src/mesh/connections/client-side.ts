import { HttpResponseReader, writeHttpRequest, type ReadResponse } from '../../core/http/index.ts';
import type { AlertEvent, TlsEvent } from '../../core/tls/index.ts';
import type { PodRecord } from '../cluster.ts';
import { certificateKey } from '../tls/evidence.ts';
import { meshClient, tlsContext, type TlsContext } from '../tls/envoy-context.ts';
import { failureOfAlert, failureOfFault, type TlsFailure } from '../tls/failure.ts';
import { TlsEnd } from '../tls/tls-end.ts';
import { anchorsOf } from '../tls/evidence.ts';
import { clockOffset, post, type Incoming, type World } from '../world.ts';
import type { ClientSide, ProxiedRequest } from './connection.ts';
import type { Destination } from './destination.ts';
import { sourceAddress } from './network.ts';
import { mutualTlsMode } from './peer-authentication.ts';
import { count } from './stats.ts';
import { answerFromUpstream, answerLocally } from './upstream-answer.ts';
import {
  connectionFailure,
  connectionRefused,
  protocolError,
  termination,
  timedOut,
  type UpstreamFailure,
} from './upstream-failure.ts';

/** `connectTimeout` of an Istio cluster, and the patience of the caller on an open connection. */
const connectTimeoutMs = 10_000;
/** Linux hands out source ports of this range. */
const firstEphemeralPort = 32_768;
const ephemeralPorts = 28_232;

/**
 * Opens a connection for a request. Simplified: one for each request, closed after the answer unless it is held; an
 * Envoy keeps a pool.
 */
export function openUpstream(
  world: World,
  from: PodRecord,
  destination: Destination,
  request: ProxiedRequest,
): void {
  const { pod } = destination;
  const isMesh = from.injected && isMeshDestination(world, destination);
  const side: ClientSide = {
    id: world.connections.nextId(),
    from: from.pod,
    to: pod?.pod ?? destination.ip,
    localAddress: from.injected ? `envoy:${from.pod}` : `app:${from.pod}`,
    remoteAddress:
      pod === null ? `ip:${destination.ip}` : pod.injected ? `envoy:${pod.pod}` : `app:${pod.pod}`,
    route: {
      sourceIp: sourceAddress(world, from, pod),
      sourcePort: firstEphemeralPort + world.chance(`ports:${from.pod}`).int(ephemeralPorts),
      destinationIp: destination.ip,
      port: destination.port,
    },
    destination,
    security: isMesh ? 'mtls' : 'plaintext',
    held: request.pending.command.hold ?? null,
    reader: new HttpResponseReader(),
    tls: null,
    request,
    state: 'connecting',
    peer: null,
    resumed: false,
    clientCertificate: null,
    serverCertificate: null,
    timer: null,
  };
  world.connections.client.set(side.id, side);
  side.timer = world.clock.setTimeout(() => timeOut(world, side), connectTimeoutMs);
  if (isMesh) startTls(world, side);
  else {
    opened(world, side);
    sendRequest(world, side);
  }
}

/** istiod marks an endpoint for mesh TLS where a sidecar stands before it and takes it (auto mTLS). */
function isMeshDestination(world: World, { endpoint, cluster }: Destination): boolean {
  if (endpoint?.injected !== true || cluster === 'PassthroughCluster') return false;
  return mutualTlsMode(world, endpoint) !== 'DISABLE';
}

function startTls(world: World, side: ClientSide): void {
  const context = tlsContext(world.runtimes.of(side.from));
  if (context === null) {
    fail(world, side, connectionFailure('UF', 'TLS error: Secret is not supplied by SDS', 'failed', null));
    return;
  }
  const { destination, localAddress: local, remoteAddress: remote, route } = side;
  const { serverName, accounts: expects, cluster } = destination;
  const ticket = context.sessions.get(cluster) ?? null;
  context.sessions.delete(cluster);
  const earlyData = side.request === null ? null : writeHttpRequest(side.request.http);
  let alert: AlertEvent | null = null;
  side.tls = new TlsEnd(world, {
    connection: side.id,
    side: 'client',
    pod: side.from,
    packet: route,
    clockOffset: () => clockOffset(world, world.cluster.pods.get(side.from)?.node ?? ''),
    started: {
      purpose: 'workload',
      local,
      remote,
      sourceIp: route.sourceIp,
      sourcePort: route.sourcePort,
      destinationIp: route.destinationIp,
      destinationPort: route.port,
      serverName,
      alpn: ['istio-http/1.1', 'istio', 'http/1.1'],
      expects,
      certificate: context.certificateArtefact,
      roots: anchorsOf(world, context.roots),
      request: side.request?.pending.id ?? null,
    },
    create: (material) => meshClient(world, context, { serverName, expects, ticket, earlyData }, material),
    on: (event) => {
      if (event.kind === 'alert' && event.direction === 'received') alert = event;
      onTlsEvent(world, side, context, event, alert);
    },
  });
  side.tls.start();
}

function onTlsEvent(
  world: World,
  side: ClientSide,
  context: TlsContext,
  event: TlsEvent,
  alert: AlertEvent | null,
): void {
  switch (event.kind) {
    case 'handshake': {
      const { session } = event;
      side.peer = session.peerIdentity;
      side.resumed = session.resumed;
      const [leaf] = session.peerChain;
      if (!session.resumed && leaf !== undefined) {
        side.clientCertificate = context.certificateArtefact;
        side.serverCertificate = world.knownCertificates.get(certificateKey(leaf)) ?? null;
      }
      countSsl(world, side, 'handshake');
      if (session.resumed) countSsl(world, side, 'session_reused');
      opened(world, side);
      if (session.earlyData === 'accepted') side.reader.expect(side.request?.http.method ?? 'GET');
      else sendRequest(world, side);
      return;
    }
    case 'ticket':
      context.sessions.set(side.destination.cluster, event.ticket);
      return;
    case 'data':
      receiveResponse(world, side, event.data);
      return;
    case 'closed':
      world.connections.closing.delete(side.id);
      if (event.fault !== null) refuseServer(world, side, failureOfFault(event.fault), event);
      else if (alert !== null && event.how === 'alert') refusedByServer(world, side, failureOfAlert(alert));
      else if (side.state !== 'closed') closeUpstream(world, side, 'closed by the other side');
      return;
    default:
  }
}

function countSsl(world: World, side: ClientSide, counter: string): void {
  count(world, side.from, `cluster.${side.destination.cluster}.ssl.${counter}`);
}

/** What arrived at the caller's end: TLS records of the other Envoy, or a plain HTTP response. */
export function receiveUpstream(world: World, incoming: Incoming): void {
  const { client, closing } = world.connections;
  const side = client.get(incoming.meta.stream);
  if (side === undefined || side.state === 'closed') {
    closing.get(incoming.meta.stream)?.receive(incoming);
    return;
  }
  if (side.tls !== null) side.tls.receive(incoming);
  else receiveResponse(world, side, incoming.payload);
}

/** The caller considers the connection open; as in TLS 1.3 it does so before the server has judged it. */
function opened(world: World, side: ClientSide): void {
  side.state = 'open';
  if (side.held !== null) world.connections.heldBy.set(side.held, side.id);
  world.trace.append(side.localAddress, 'connection.opened', {
    connection: side.id,
    from: side.from,
    to: side.to,
    sourceIp: side.route.sourceIp,
    destinationIp: side.route.destinationIp,
    security: side.security,
    peer: side.peer,
    clientCertificate: side.clientCertificate,
    serverCertificate: side.serverCertificate,
    held: side.held !== null,
  });
}

/** Sends the pending request over an open connection. */
export function sendRequest(world: World, side: ClientSide): void {
  const { request } = side;
  if (request === null) return;
  side.timer ??= world.clock.setTimeout(() => timeOut(world, side), connectTimeoutMs);
  const payload = writeHttpRequest(request.http);
  side.reader.expect(request.http.method);
  if (side.tls !== null) {
    side.tls.write(payload, null, request.pending.id);
    return;
  }
  post(world, {
    from: side.localAddress,
    to: side.remoteAddress,
    protocol: 'HTTP',
    label: `${request.http.method} ${request.http.target}`,
    kind: 'http',
    pod: side.from,
    payload,
    stream: side.id,
    packet: side.route,
  });
}

function receiveResponse(world: World, side: ClientSide, bytes: Uint8Array): void {
  const { messages, error } = side.reader.push(bytes);
  const [response] = messages;
  if (response === undefined && error === null) return;
  if (side.request !== null) {
    if (response === undefined) {
      fail(world, side, protocolError);
      return;
    }
    answerRequest(world, side, side.request, response);
  }
  if (side.held === null) closeUpstream(world, side, 'request complete');
}

function answerRequest(
  world: World,
  side: ClientSide,
  request: ProxiedRequest,
  response: ReadResponse,
): void {
  done(world, side);
  answerFromUpstream(world, side, request, response);
}

/** This side does not take the server: what it sent, or who it is. */
function refuseServer(
  world: World,
  side: ClientSide,
  failure: TlsFailure,
  { fault }: Extract<TlsEvent, { kind: 'closed' }>,
): void {
  countSsl(world, side, failure.counter);
  world.trace.append(side.localAddress, 'connection.refused', {
    connection: side.id,
    from: side.from,
    to: side.to,
    sourceIp: side.route.sourceIp,
    destinationIp: side.route.destinationIp,
    by: 'PeerIdentity',
    side: 'client',
    reason: failure.reason,
    message: failure.text,
    checks: fault?.verdict?.checks ?? [],
  });
  fail(world, side, failureFor(side, failure));
}

/** The server sent a fatal alert: in TLS 1.3, what it thinks of the client's certificate comes on an open connection. */
function refusedByServer(world: World, side: ClientSide, failure: TlsFailure): void {
  countSsl(world, side, failure.counter);
  fail(world, side, failureFor(side, failure));
}

function failureFor({ state }: ClientSide, { text, reason }: TlsFailure): UpstreamFailure {
  return state === 'open'
    ? termination('refused', 'PeerIdentity', reason, text)
    : connectionFailure('URX,UF', text, 'refused', 'PeerIdentity');
}

function timeOut(world: World, side: ClientSide): void {
  if (side.state === 'closed' || side.request === null) return;
  closeTls(world, side);
  fail(world, side, timedOut(world.connections.droppedBy.get(side.id) ?? null));
}

/** Nobody listens at the other end: the kernel there answers with a reset. */
export function connectionReset(world: World, incoming: Incoming): void {
  const side = world.connections.client.get(incoming.meta.stream);
  if (side !== undefined && side.state !== 'closed') fail(world, side, connectionRefused);
}

/** The other side cut the connection without a word. */
export function connectionCut(world: World, id: string, failure: UpstreamFailure): void {
  const side = world.connections.client.get(id);
  if (side !== undefined && side.state !== 'closed') fail(world, side, failure);
}

/** A connection that never came about, or broke under its request. */
function fail(world: World, side: ClientSide, failure: UpstreamFailure): void {
  const { request } = side;
  done(world, side);
  if (request !== null) answerLocally(world, side, request, failure);
  end(world, side, failure.note ?? failure.cause);
}

/** Ends a connection from the caller's end; a request that still waits on it fails. */
export function closeUpstream(world: World, side: ClientSide, reason: string): void {
  closeTls(world, side);
  fail(world, side, termination('failed', 'Endpoint', reason, null));
}

function closeTls(world: World, { id, tls }: ClientSide): void {
  if (tls?.isOver !== false) return;
  world.connections.closing.set(id, tls);
  tls.close();
}

function done(world: World, side: ClientSide): void {
  side.request = null;
  world.clock.clearTimeout(side.timer);
  side.timer = null;
}

function end(world: World, side: ClientSide, reason: string): void {
  const wasOpen = side.state === 'open';
  side.state = 'closed';
  if (wasOpen) world.trace.append(side.localAddress, 'connection.closed', { connection: side.id, reason });
  world.connections.forget(side.id);
}
