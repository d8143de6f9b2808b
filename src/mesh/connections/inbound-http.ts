import {
  headerValue,
  writeHttpRequest,
  writeHttpResponse,
  HttpResponseReader,
} from '../../core/http/index.ts';
import type { HttpHeaders, HttpRequest, HttpResponse, ReadRequest } from '../../core/http/index.ts';
import { evaluateAuthorization } from '../../core/policy/index.ts';
import { SpiffeId } from '../../core/spiffe/index.ts';
import type { PodRecord } from '../cluster.ts';
import { post, type Incoming, type World } from '../world.ts';
import { logAccess } from './access-log.ts';
import type { ServerSide } from './connection.ts';
import { localReply } from './upstream-answer.ts';

/** Loopback address from which Envoy hands requests to its app, so that they are not captured again. */
const inboundSource = '127.0.0.6';

/** Bytes inside the connection: the HTTP filters look at each request, and the app behind them answers. */
export function receiveRequest(world: World, record: PodRecord, side: ServerSide, bytes: Uint8Array): void {
  if (side.state === 'closed') return;
  const { messages, error } = side.reader.push(bytes);
  for (const message of messages) take(world, record, side, message);
  if (error === null) return;
  respond(world, side, localReply(400, 'Bad Request', ''));
  side.state = 'closed';
  world.connections.endServer(side.id);
}

function take(world: World, record: PodRecord, side: ServerSide, message: ReadRequest): void {
  const requestId =
    headerValue(message.headers, 'x-request-id') ?? world.chance(`request-id:${record.pod}`).uuid();
  const http: HttpRequest = { ...message, headers: inboundHeaders(world, side, message.headers, requestId) };
  side.serving = { http, requestId, startedAtMs: world.clock.now() };
  const denial = authorize(world, record, side);
  if (denial !== null) {
    finish(world, side, localReply(403, 'Forbidden', 'RBAC: access denied'), denial);
    return;
  }
  post(world, {
    from: side.localAddress,
    to: `app:${record.pod}`,
    protocol: 'HTTP',
    label: `${http.method} ${http.target}`,
    kind: 'http',
    pod: record.pod,
    payload: writeHttpRequest(http),
    stream: side.id,
  });
}

/** The app's answer, on the loopback connection of the same name. */
export function receiveFromServedApp(world: World, incoming: Incoming): void {
  const side = world.connections.server.get(incoming.meta.stream);
  if (side === undefined || side.serving === null) return;
  const reader = new HttpResponseReader();
  reader.expect(side.serving.http.method);
  const [response] = reader.push(incoming.payload).messages;
  if (response === undefined) return;
  const tookMs = world.clock.now() - side.serving.startedAtMs;
  const headers: HttpHeaders = [...response.headers, ['x-envoy-upstream-service-time', String(tookMs)]];
  finish(world, side, { ...response, headers }, 'via_upstream');
}

/** `APPEND_FORWARD` over mTLS; without it a header that only names what a certificate says is taken away. */
function inboundHeaders(
  world: World,
  side: ServerSide,
  headers: HttpHeaders,
  requestId: string,
): HttpHeaders {
  const added = new Set(['x-forwarded-client-cert', 'x-forwarded-proto', 'x-request-id']);
  const kept = headers.filter(([name]) => !added.has(name.toLowerCase()));
  const given = headerValue(headers, 'x-forwarded-client-cert');
  const own = world.runtimes.peek(side.pod)?.envoy?.spiffeId ?? '';
  const element = `By=${own};Hash=${side.peerCertificateHash ?? ''};Subject="";URI=${side.peer ?? ''}`;
  const xfcc: HttpHeaders =
    side.peer === null ? [] : [['x-forwarded-client-cert', given === null ? element : `${given},${element}`]];
  return [...kept, ['x-forwarded-proto', 'http'], ['x-request-id', requestId], ...xfcc];
}

/** The RBAC filter: null where the request may pass, else its detail for the access log. */
function authorize(world: World, record: PodRecord, side: ServerSide): string | null {
  const decision = evaluateAuthorization({
    policies: [...world.cluster.authorizationPolicies.values()],
    destination: { namespace: record.namespace, labels: record.labels },
    peer: side.peer === null ? null : SpiffeId.fromString(side.peer),
    trustDomain: record.controlPlane.trustDomain,
    trustDomainAliases: record.controlPlane.trustDomainAliases,
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
  if (decision.verdict === 'allowed') return null;
  return `rbac_access_denied_matched_policy[${matchedPolicy(decision.policy)}]`;
}

/** Simplified: names the policy; Envoy's name has the number of the rule too. */
function matchedPolicy(policy: string | null): string {
  const [namespace, name] = policy?.split('/') ?? [];
  return name === undefined ? 'none' : `ns[${namespace}]-policy[${name}]`;
}

function finish(world: World, side: ServerSide, response: HttpResponse, details: string): void {
  const { serving } = side;
  if (serving === null) return;
  side.serving = null;
  const { sourceIp, sourcePort, destinationIp, port } = side.route;
  const isUpstream = details === 'via_upstream';
  logAccess(world, {
    pod: side.pod,
    direction: 'inbound',
    connection: side.id,
    http: serving.http,
    requestId: serving.requestId,
    status: response.status,
    flags: '-',
    details,
    transportFailure: null,
    sentBytes: response.body.length,
    startedAtMs: serving.startedAtMs,
    isUpstream,
    upstreamHost: isUpstream ? `${destinationIp}:${port}` : '-',
    cluster: `inbound|${port}||`,
    upstreamLocal: isUpstream ? `${inboundSource}:${sourcePort}` : '-',
    downstreamLocal: `${destinationIp}:${port}`,
    downstreamRemote: `${sourceIp}:${sourcePort}`,
    serverName: side.serverName,
    route: 'default',
  });
  respond(world, side, response);
}

export function respond(world: World, side: ServerSide, response: HttpResponse): void {
  const payload = writeHttpResponse(response);
  if (side.tls !== null) {
    side.tls.write(payload);
    return;
  }
  post(world, {
    from: side.localAddress,
    to: side.remoteAddress,
    protocol: 'HTTP',
    label: `${response.status} ${response.reason}`,
    kind: 'http',
    pod: side.pod,
    payload,
    stream: side.id,
  });
}
