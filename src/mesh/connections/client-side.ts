import { fromBase64, toBase64 } from '../../core/bytes/index.ts';
import type { Check, DecisionPoint } from '../../trace/index.ts';
import { post, type Incoming, type World } from '../world.ts';
import type { ClientSide } from './connection.ts';
import { httpRequest, readHttpResponse } from './http.ts';
import {
  decodePeerMessage,
  encodePeerMessage,
  proveIdentity,
  refusalText,
  verifyPeer,
  type PeerMessage,
} from './peer-identity.ts';

/** `connectTimeout` of an Istio cluster, and the patience of the caller on an open connection. */
const connectTimeoutMs = 10_000;

/** Sends the first packet: a hello between Envoys, or the request itself in plaintext. */
export function connect(world: World, side: ClientSide): void {
  side.timer = world.clock.setTimeout(() => timeOut(world, side), connectTimeoutMs);
  if (side.security === 'plaintext') {
    opened(world, side);
    sendRequest(world, side);
    return;
  }
  world.gate.run(
    'peer.hello',
    async () => world.provider.getRandomValues(new Uint8Array(32)),
    (result) => {
      if (!result.ok) throw result.error;
      side.nonce = result.value;
      sendPeer(world, side, 'identity: hello', { type: 'hello', nonce: toBase64(side.nonce) });
    },
  );
}

/** An answer arrived at the caller: a peer message from the other Envoy, or an HTTP response. */
export function receiveAtClient(world: World, incoming: Incoming): void {
  const side = world.connections.client.get(incoming.meta.stream);
  if (side === undefined || side.state === 'closed') return;
  if (incoming.protocol === 'HTTP') {
    receiveResponse(world, side, incoming);
    return;
  }
  const message = decodePeerMessage(incoming.payload);
  if (message.type === 'challenge') receiveChallenge(world, side, message);
  if (message.type === 'refused') refusedByServer(world, side, message.alert, message.reason);
}

function receiveChallenge(
  world: World,
  side: ClientSide,
  message: Extract<PeerMessage, { type: 'challenge' }>,
): void {
  const runtime = world.runtimes.of(side.from);
  const { envoy, envoyRoots } = runtime;
  if (envoy === null || envoyRoots === null) return;
  const serverNonce = fromBase64(message.nonce);
  world.gate.run(
    'peer.client',
    async () => {
      const verdict = await verifyPeer(
        world,
        envoyRoots,
        { side: 'server', chain: message.chain, proof: message.proof },
        side.nonce,
        serverNonce,
      );
      const proof = verdict.ok ? await proveIdentity(world, envoy, 'client', side.nonce, serverNonce) : null;
      return { verdict, proof };
    },
    (result) => {
      if (!result.ok) throw result.error;
      if (side.state === 'closed') return;
      const { verdict, proof } = result.value;
      if (!verdict.ok) {
        const text = refusalText(verdict.error);
        refuse(world, side, 'client', text.reason, text.transportFailure, verdict.checks);
        return;
      }
      if (proof === null) throw new Error('a peer that is accepted is answered with a proof');
      side.peer = verdict.spiffeId;
      side.clientCertificate = envoy.certificateArtefact;
      side.serverCertificate = world.runtimes.peek(side.to)?.envoy?.certificateArtefact ?? null;
      sendPeer(world, side, 'identity: proof', { type: 'proof', chain: envoy.chainPem, proof });
      opened(world, side);
      sendRequest(world, side);
    },
  );
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
  const { method = 'GET', path = '/', to } = request.command;
  post(world, {
    from: side.localAddress,
    to: side.remoteAddress,
    protocol: 'HTTP',
    label: `${method} ${path}`,
    kind: 'http',
    pod: side.from,
    payload: httpRequest(method, path, to),
    stream: side.id,
    packet: side.route,
  });
}

function receiveResponse(world: World, side: ClientSide, incoming: Incoming): void {
  const { status, body } = readHttpResponse(incoming.payload);
  const denied = status === 403 && body === 'RBAC: access denied';
  const reason = denied ? 'RBAC: access denied' : `${status}`;
  answer(world, side, denied ? 'refused' : 'allowed', status, denied ? 'AuthorizationPolicy' : null, reason);
  if (side.held === null) close(world, side, 'request complete');
}

function refusedByServer(world: World, side: ClientSide, alert: string, reason: string): void {
  const detail = `the server closed the connection: alert ${alert}, ${reason}`;
  answer(
    world,
    side,
    'refused',
    503,
    'PeerIdentity',
    `UC upstream_reset_before_response_started{connection_termination}; ${detail}`,
  );
  close(world, side, detail);
}

function refuse(
  world: World,
  side: ClientSide,
  who: 'client' | 'server',
  reason: string,
  message: string,
  checks: readonly Check[],
): void {
  world.trace.append(side.localAddress, 'connection.refused', {
    connection: side.id,
    from: side.from,
    to: side.to,
    sourceIp: side.route.sourceIp,
    destinationIp: side.route.destinationIp,
    by: 'PeerIdentity',
    side: who,
    reason,
    message,
    checks,
  });
  answer(
    world,
    side,
    'refused',
    503,
    'PeerIdentity',
    `URX,UF upstream_reset_before_response_started{remote_connection_failure|${message}}`,
  );
  side.state = 'closed';
  world.connections.forget(side.id);
}

function timeOut(world: World, side: ClientSide): void {
  if (side.state === 'closed' || side.request === null) return;
  const dropped = world.connections.droppedBy.get(side.id);
  const reason = dropped?.reason ?? 'no answer';
  const sidecar = side.localAddress.startsWith('envoy:');
  const text = sidecar
    ? `UF upstream_reset_before_response_started{connection_timeout}; ${reason}`
    : `curl: (28) connection timed out; ${reason}`;
  answer(
    world,
    side,
    dropped === undefined ? 'failed' : 'refused',
    sidecar ? 503 : 0,
    dropped?.by ?? null,
    text,
  );
  side.state = 'closed';
  world.connections.forget(side.id);
}

/** Nobody listens at the other end: the kernel there answers with a reset. */
export function connectionReset(world: World, incoming: Incoming): void {
  const side = world.connections.client.get(incoming.meta.stream);
  if (side === undefined || side.state === 'closed') return;
  const sidecar = side.localAddress.startsWith('envoy:');
  const text = sidecar
    ? 'URX,UF upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}'
    : 'curl: (7) Failed to connect: Connection refused';
  answer(world, side, 'failed', sidecar ? 503 : 0, 'Endpoint', text);
  close(world, side, 'connection refused');
}

function answer(
  world: World,
  side: ClientSide,
  outcome: 'allowed' | 'refused' | 'failed',
  status: number,
  by: DecisionPoint | null,
  reason: string,
): void {
  const { request } = side;
  if (request === null) return;
  side.request = null;
  world.clock.clearTimeout(side.timer);
  side.timer = null;
  world.trace.append(`app:${side.from}`, 'request.answered', {
    request: request.id,
    from: side.from,
    to: side.to,
    outcome,
    status,
    by,
    reason,
    peer: side.peer,
    connection: side.id,
  });
}

/** Ends a connection at both ends; a request that still waits on it fails. */
export function close(world: World, side: ClientSide, reason: string): void {
  const text = `UC upstream_reset_before_response_started{connection_termination}; ${reason}`;
  answer(world, side, 'failed', side.localAddress.startsWith('envoy:') ? 503 : 0, 'Endpoint', text);
  const wasOpen = side.state === 'open';
  side.state = 'closed';
  world.clock.clearTimeout(side.timer);
  if (wasOpen) world.trace.append(side.localAddress, 'connection.closed', { connection: side.id, reason });
  world.connections.forget(side.id);
}

function sendPeer(world: World, side: ClientSide, label: string, message: PeerMessage): void {
  post(world, {
    from: side.localAddress,
    to: side.remoteAddress,
    protocol: 'PeerIdentity',
    label,
    kind: 'peer-identity',
    pod: side.from,
    payload: encodePeerMessage(message),
    stream: side.id,
    packet: side.route,
  });
}
