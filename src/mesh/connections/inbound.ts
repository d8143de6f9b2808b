import { HttpRequestReader } from '../../core/http/index.ts';
import type { AlertEvent, TlsEvent } from '../../core/tls/index.ts';
import type { PodRecord } from '../cluster.ts';
import { podOfActor } from '../pod-names.ts';
import {
  inboundAlpn,
  meshServer,
  tlsContext,
  acceptedPrefixes,
  withTicketKeys,
} from '../tls/envoy-context.ts';
import { failureOfAlert, failureOfFault, type TlsFailure } from '../tls/failure.ts';
import { inspectFirstBytes, isMeshTls } from '../tls/inspector.ts';
import { TlsEnd, type CallDetails } from '../tls/tls-end.ts';
import { anchorsOf } from '../tls/evidence.ts';
import { clockOffset, type Incoming, type Packet, type World } from '../world.ts';
import { logAccess } from './access-log.ts';
import { connectionCut } from './client-side.ts';
import type { ServerSide } from './connection.ts';
import { receiveRequest, respond } from './inbound-http.ts';
import { admitPacket } from './network.ts';
import { mutualTlsMode } from './peer-authentication.ts';
import { count, inboundListener } from './stats.ts';
import { localReply } from './upstream-answer.ts';
import { termination } from './upstream-failure.ts';

/** What others send to this pod, redirected to port 15006. */
export function receiveInbound(world: World, record: PodRecord, incoming: Incoming): void {
  const known = world.connections.server.get(incoming.meta.stream);
  if (known === undefined) {
    const { packet } = incoming.meta;
    if (packet === undefined || world.connections.hasEnded(incoming.meta.stream)) return;
    if (admitPacket(world, record, incoming)) accept(world, record, incoming, packet);
  } else if (known.tls !== null) known.tls.receive(incoming);
  else receiveRequest(world, record, known, incoming.payload);
}

/** First packet of a new connection: its bytes choose the filter chain (pilot/pkg/networking/core/listener_inbound.go). */
function accept(world: World, record: PodRecord, incoming: Incoming, route: Packet): void {
  const side: ServerSide = {
    id: incoming.meta.stream,
    pod: record.pod,
    localAddress: incoming.to,
    remoteAddress: incoming.from,
    route,
    reader: new HttpRequestReader(),
    tls: null,
    state: 'open',
    peer: null,
    peerCertificateHash: null,
    serverName: null,
    serving: null,
  };
  if (world.runtimes.of(record.pod).presented?.isPlaintext === true) {
    answerInPlaintext(world, side);
    return;
  }
  const mode = mutualTlsMode(world, record);
  const hello = inspectFirstBytes(incoming.payload);
  if (hello !== null && isMeshTls(hello) && mode !== 'DISABLE') {
    acceptTls(world, record, side, incoming);
    return;
  }
  if (mode === 'STRICT') {
    refuseWithoutChain(world, side);
    return;
  }
  // Simplified: other TLS goes to the HTTP chain, where Envoy passes it on to the app as bytes.
  world.connections.server.set(side.id, side);
  receiveRequest(world, record, side, incoming.payload);
}

/** An attacker who cannot speak TLS as the pod and hopes that nobody minds. */
function answerInPlaintext(world: World, side: ServerSide): void {
  world.connections.server.set(side.id, side);
  respond(world, side, localReply(200, 'OK', 'no need for TLS\n'));
}

function acceptTls(world: World, record: PodRecord, side: ServerSide, incoming: Incoming): void {
  const context = tlsContext(world.runtimes.of(side.pod));
  if (context === null) {
    count(
      world,
      side.pod,
      `${inboundListener}.server_ssl_socket_factory.downstream_context_secrets_not_ready`,
    );
    cut(world, side, 'Secret is not supplied by SDS');
    return;
  }
  side.state = 'handshake';
  const { localAddress: local, remoteAddress: remote, route } = side;
  withTicketKeys(world, context, () => {
    let alert: AlertEvent | null = null;
    side.tls = new TlsEnd(world, {
      connection: side.id,
      side: 'server',
      pod: side.pod,
      clockOffset: () => clockOffset(world, record.node),
      started: {
        purpose: 'workload',
        local,
        remote,
        sourceIp: route.sourceIp,
        sourcePort: route.sourcePort,
        destinationIp: route.destinationIp,
        destinationPort: route.port,
        serverName: null,
        alpn: inboundAlpn,
        expects: acceptedPrefixes(record.controlPlane),
        certificate: context.certificateArtefact,
        roots: anchorsOf(world, context.roots),
        request: null,
      },
      create: (material) => meshServer(world, context, record.controlPlane, material),
      on: (event, details) => {
        if (event.kind === 'alert' && event.direction === 'received') alert = event;
        onTlsEvent(world, record, side, event, details, alert);
      },
    });
    world.connections.server.set(side.id, side);
    side.tls.receive(incoming);
  });
}

function onTlsEvent(
  world: World,
  record: PodRecord,
  side: ServerSide,
  event: TlsEvent,
  { peerCertificateHash }: CallDetails,
  alert: AlertEvent | null,
): void {
  switch (event.kind) {
    case 'handshake':
      side.state = 'open';
      side.peer = event.session.peerIdentity;
      side.peerCertificateHash = peerCertificateHash;
      side.serverName = event.session.serverName;
      count(world, side.pod, `${inboundListener}.ssl.handshake`);
      if (event.session.resumed) count(world, side.pod, `${inboundListener}.ssl.session_reused`);
      return;
    case 'data':
      // Simplified: early data is judged before the handshake is told of, and so without the identity its ticket stands for.
      receiveRequest(world, record, side, event.data);
      return;
    case 'alert':
      if (event.direction === 'received' && event.description === 'close_notify') side.tls?.close();
      return;
    case 'closed':
      ended(world, side, event, alert);
      return;
    default:
  }
}

function ended(
  world: World,
  side: ServerSide,
  { fault, how }: Extract<TlsEvent, { kind: 'closed' }>,
  alert: AlertEvent | null,
): void {
  side.state = 'closed';
  world.connections.endServer(side.id);
  if (fault !== null) {
    const failure = failureOfFault(fault);
    logTlsError(world, side, failure);
    refuseClient(world, side, failure, fault.verdict?.checks ?? []);
  } else if (how === 'alert' && alert !== null) logTlsError(world, side, failureOfAlert(alert));
}

function refuseClient(
  world: World,
  side: ServerSide,
  { reason, text }: Pick<TlsFailure, 'reason' | 'text'>,
  checks: readonly { readonly id: string; readonly ok: boolean; readonly detail?: string }[],
): void {
  world.trace.append(side.localAddress, 'connection.refused', {
    connection: side.id,
    from: podOfActor(side.remoteAddress),
    to: side.pod,
    sourceIp: side.route.sourceIp,
    destinationIp: side.route.destinationIp,
    by: 'PeerIdentity',
    side: 'server',
    reason,
    message: text,
    checks,
  });
}

/** A handshake that fails leaves no line in the access log: only a counter and, at debug level, a line of the connection. */
function logTlsError(world: World, side: ServerSide, { text, counter }: TlsFailure): void {
  count(world, side.pod, `${inboundListener}.ssl.${counter}`);
  if (world.tlsEvidence === 'none') return;
  const { sourceIp, sourcePort } = side.route;
  const ordinal = side.id.slice(side.id.indexOf(':') + 1);
  world.trace.append(side.localAddress, 'connection.logged', {
    pod: side.pod,
    connection: side.id,
    line: `[debug][connection] [C${ordinal}] remote address:${sourceIp}:${sourcePort},${text}`,
  });
}

/** STRICT has no chain for plaintext: Envoy closes the connection before it has read anything. */
function refuseWithoutChain(world: World, side: ServerSide): void {
  const { sourceIp, sourcePort, destinationIp, port } = side.route;
  count(world, side.pod, `${inboundListener}.no_filter_chain_match`);
  logAccess(world, {
    pod: side.pod,
    direction: 'inbound',
    connection: side.id,
    http: null,
    requestId: '-',
    status: 0,
    flags: 'NR',
    details: 'filter_chain_not_found',
    transportFailure: null,
    sentBytes: 0,
    startedAtMs: world.clock.now(),
    isUpstream: false,
    upstreamHost: '-',
    cluster: '-',
    upstreamLocal: '-',
    downstreamLocal: `${destinationIp}:${port}`,
    downstreamRemote: `${sourceIp}:${sourcePort}`,
    serverName: null,
    route: '-',
  });
  const text = 'filter_chain_not_found: PeerAuthentication STRICT takes mesh TLS only';
  refuseClient(world, side, { reason: 'filter_chain_not_found', text }, []);
  cut(world, side, 'filter_chain_not_found');
}

/** The caller's kernel gets a reset. */
function cut(world: World, side: ServerSide, reason: string): void {
  world.connections.endServer(side.id);
  connectionCut(world, side.id, termination('refused', 'PeerIdentity', reason, null));
}
