import { fromBase64, toBase64 } from '../../core/bytes/index.ts';
import { evaluateAuthorization } from '../../core/policy/index.ts';
import { SpiffeId } from '../../core/spiffe/index.ts';
import type { PodRecord } from '../cluster.ts';
import { podOfActor } from '../pod-names.ts';
import { post, type Incoming, type World } from '../world.ts';
import { greeting } from './app.ts';
import { receiveAtClient } from './client-side.ts';
import type { ServerSide } from './connection.ts';
import { httpResponse, type HttpResponse } from './http.ts';
import { admitPacket } from './network.ts';
import {
  decodePeerMessage,
  encodePeerMessage,
  proveIdentity,
  refusalText,
  verifyPeer,
  type PeerMessage,
  type PeerVerdict,
} from './peer-identity.ts';

/** Traffic at a sidecar: answers to its own calls, or calls from others. */
export function receiveAtEnvoy(world: World, record: PodRecord, incoming: Incoming): void {
  const { client, server } = world.connections;
  const connection = incoming.meta.stream;
  if (client.get(connection)?.localAddress === incoming.to) {
    receiveAtClient(world, incoming);
    return;
  }
  const known = server.get(connection);
  if (known === undefined) {
    if (admitPacket(world, record, incoming)) accept(world, record, incoming);
    return;
  }
  if (incoming.protocol === 'HTTP') receiveRequest(world, record, known, incoming);
  else receiveProof(world, record, known, incoming);
}

/** First packet of a new connection. PERMISSIVE, the default, takes both mesh peers and plaintext. */
function accept(world: World, record: PodRecord, incoming: Incoming): void {
  const { packet } = incoming.meta;
  if (packet === undefined) return;
  const base = {
    id: incoming.meta.stream,
    pod: record.pod,
    localAddress: incoming.to,
    remoteAddress: incoming.from,
    route: packet,
    serverNonce: null,
    peer: null,
    waiting: [],
  };
  if (incoming.protocol === 'HTTP') {
    const side: ServerSide = { ...base, clientNonce: null, state: 'open' };
    world.connections.server.set(side.id, side);
    receiveRequest(world, record, side, incoming);
    return;
  }
  const message = decodePeerMessage(incoming.payload);
  if (message.type !== 'hello') return;
  const side: ServerSide = { ...base, clientNonce: fromBase64(message.nonce), state: 'proving' };
  world.connections.server.set(side.id, side);
  challenge(world, side);
}

function challenge(world: World, side: ServerSide): void {
  const { envoy } = world.runtimes.of(side.pod);
  const { clientNonce } = side;
  if (envoy === null || clientNonce === null) {
    refuseClient(world, side, 'internal_error(80)', 'Secret is not supplied by SDS');
    return;
  }
  world.gate.run(
    'peer.challenge',
    async () => {
      const serverNonce = world.provider.getRandomValues(new Uint8Array(32));
      const proof = await proveIdentity(world, envoy, 'server', clientNonce, serverNonce);
      return { serverNonce, proof };
    },
    (result) => {
      if (!result.ok) throw result.error;
      side.serverNonce = result.value.serverNonce;
      sendPeer(world, side, 'identity: chain + proof', {
        type: 'challenge',
        nonce: toBase64(result.value.serverNonce),
        chain: envoy.chainPem,
        proof: result.value.proof,
      });
    },
  );
}

function receiveProof(world: World, record: PodRecord, side: ServerSide, incoming: Incoming): void {
  const message = decodePeerMessage(incoming.payload);
  const { envoyRoots } = world.runtimes.of(record.pod);
  const { clientNonce, serverNonce } = side;
  if (message.type !== 'proof' || envoyRoots === null || clientNonce === null || serverNonce === null) return;
  world.gate.run(
    'peer.server',
    () => verifyPeer(world, envoyRoots, { side: 'client', ...message }, clientNonce, serverNonce),
    (result) => {
      if (!result.ok) throw result.error;
      judge(world, record, side, result.value);
    },
  );
}

function judge(world: World, record: PodRecord, side: ServerSide, verdict: PeerVerdict): void {
  if (side.state === 'closed') return;
  if (!verdict.ok) {
    const text = refusalText(verdict.error);
    world.trace.append(side.localAddress, 'connection.refused', {
      connection: side.id,
      from: podOfActor(side.remoteAddress),
      to: side.pod,
      sourceIp: side.route.sourceIp,
      destinationIp: side.route.destinationIp,
      by: 'PeerIdentity',
      side: 'server',
      reason: text.reason,
      message: text.transportFailure,
      checks: verdict.checks,
    });
    refuseClient(world, side, text.alert, text.detail);
    return;
  }
  side.state = 'open';
  side.peer = verdict.spiffeId;
  for (const waiting of side.waiting.splice(0)) receiveRequest(world, record, side, waiting);
}

function receiveRequest(world: World, record: PodRecord, side: ServerSide, incoming: Incoming): void {
  if (side.state === 'proving') {
    side.waiting.push(incoming);
    return;
  }
  if (side.state === 'closed') return;
  const response = authorize(world, record, side);
  post(world, {
    from: side.localAddress,
    to: side.remoteAddress,
    protocol: 'HTTP',
    label: `${response.status} ${response.reason}`,
    kind: 'http',
    pod: record.pod,
    payload: httpResponse(response),
    stream: side.id,
  });
}

/** The RBAC filter, and behind it the app. */
function authorize(world: World, record: PodRecord, side: ServerSide): HttpResponse {
  const decision = evaluateAuthorization({
    policies: [...world.cluster.authorizationPolicies.values()],
    destination: { namespace: record.namespace, labels: record.labels },
    peer: side.peer === null ? null : SpiffeId.fromString(side.peer),
    trustDomain: world.settings.trustDomain,
  });
  if (decision.evidence.some(({ id }) => id !== 'authorization.none')) {
    world.trace.append(side.localAddress, 'policy.decided', {
      request: side.id,
      pod: record.pod,
      layer: 'AuthorizationPolicy',
      verdict: decision.verdict,
      policy: decision.policy,
      evidence: decision.evidence,
    });
  }
  if (decision.verdict === 'denied') return { status: 403, reason: 'Forbidden', body: 'RBAC: access denied' };
  return { status: 200, reason: 'OK', body: greeting(record) };
}

function refuseClient(world: World, side: ServerSide, alert: string, reason: string): void {
  side.state = 'closed';
  sendPeer(world, side, `alert ${alert}`, { type: 'refused', alert, reason });
  world.connections.server.delete(side.id);
}

function sendPeer(world: World, side: ServerSide, label: string, message: PeerMessage): void {
  post(world, {
    from: side.localAddress,
    to: side.remoteAddress,
    protocol: 'PeerIdentity',
    label,
    kind: 'peer-identity',
    pod: side.pod,
    payload: encodePeerMessage(message),
    stream: side.id,
  });
}
