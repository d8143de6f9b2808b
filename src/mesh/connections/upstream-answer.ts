import { utf8Decode, utf8Encode } from '../../core/bytes/index.ts';
import { writeHttpResponse, type HttpResponse, type ReadResponse } from '../../core/http/index.ts';
import { post, type World } from '../world.ts';
import { logAccess } from './access-log.ts';
import type { ClientSide, ProxiedRequest, Verdict } from './connection.ts';
import { settle } from './settle.ts';
import type { UpstreamFailure } from './upstream-failure.ts';

/** The upstream's answer goes to the app: over loopback from its Envoy, or straight to an app without one. */
export function answerFromUpstream(
  world: World,
  side: ClientSide,
  request: ProxiedRequest,
  response: ReadResponse,
): void {
  const { status } = response;
  const isDenied = status === 403 && utf8Decode(response.body) === 'RBAC: access denied';
  const verdict: Verdict = {
    outcome: isDenied ? 'refused' : status < 400 ? 'allowed' : 'failed',
    to: side.to,
    by: isDenied ? 'AuthorizationPolicy' : null,
    reason: isDenied ? 'RBAC: access denied' : String(status),
    peer: side.peer,
    connection: side.id,
  };
  if (!side.localAddress.startsWith('envoy:')) {
    settle(world, request.pending, status, verdict);
    return;
  }
  const { headers, ...rest } = response;
  log(world, side, request, status, '-', 'via_upstream', null, response.body.length);
  answerApp(world, request, { ...rest, headers: [...headers, ['server', 'istio-envoy']] }, verdict);
}

/** Envoy answers for an upstream that did not. */
export function answerLocally(
  world: World,
  side: ClientSide,
  request: ProxiedRequest,
  failure: UpstreamFailure,
): void {
  const { outcome, by, flags, cause, note, transportFailure, curl, body } = failure;
  const isSidecar = side.localAddress.startsWith('envoy:');
  const details = `upstream_reset_before_response_started{${cause.replaceAll(' ', '_')}}`;
  const words = isSidecar ? `${flags} ${details}` : curl;
  const verdict: Verdict = {
    outcome,
    to: side.to,
    by,
    reason: note === null ? words : `${words}; ${note}`,
    peer: side.peer,
    connection: side.id,
  };
  if (!isSidecar) {
    settle(world, request.pending, 0, verdict);
    return;
  }
  log(world, side, request, 503, flags, details, transportFailure, body.length);
  answerApp(world, request, localReply(503, 'Service Unavailable', body), verdict);
}

/** A local reply of Envoy: what it says itself. */
export function localReply(status: number, reason: string, body: string): HttpResponse {
  const headers = [
    ['content-type', 'text/plain'],
    ['server', 'istio-envoy'],
  ] as const;
  return { status, reason, headers, body: utf8Encode(body) };
}

export function answerApp(
  world: World,
  { pending }: Pick<ProxiedRequest, 'pending'>,
  response: HttpResponse,
  verdict: Verdict,
): void {
  pending.verdict = verdict;
  post(world, {
    from: `envoy:${pending.from}`,
    to: `app:${pending.from}`,
    protocol: 'HTTP',
    label: `${response.status} ${response.reason}`,
    kind: 'http',
    pod: pending.from,
    payload: writeHttpResponse(response),
    stream: pending.id,
  });
}

function log(
  world: World,
  side: ClientSide,
  { http, requestId, startedAtMs }: ProxiedRequest,
  status: number,
  flags: string,
  details: string,
  transportFailure: string | null,
  sentBytes: number,
): void {
  const { sourceIp, sourcePort, destinationIp, port } = side.route;
  const { cluster, original } = side.destination;
  const ip = world.cluster.pods.get(side.from)?.ip ?? sourceIp;
  logAccess(world, {
    pod: side.from,
    direction: 'outbound',
    connection: side.id,
    http,
    requestId,
    status,
    flags,
    details,
    transportFailure,
    sentBytes,
    startedAtMs,
    isUpstream: details === 'via_upstream',
    upstreamHost: `${destinationIp}:${port}`,
    cluster,
    upstreamLocal: `${sourceIp}:${sourcePort}`,
    downstreamLocal: original,
    downstreamRemote: `${ip}:${sourcePort - 1}`,
    serverName: null,
    route: 'default',
  });
}
