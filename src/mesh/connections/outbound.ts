import { HttpRequestReader } from '../../core/http/index.ts';
import type { PodRecord } from '../cluster.ts';
import type { Incoming, World } from '../world.ts';
import { logAccess } from './access-log.ts';
import { openUpstream, sendRequest } from './client-side.ts';
import type { ProxiedRequest } from './connection.ts';
import { resolve } from './destination.ts';
import { answerApp, localReply } from './upstream-answer.ts';

/** A request of the own app, on port 15001: Envoy routes it, with the headers it adds. */
export function receiveFromApp(world: World, record: PodRecord, incoming: Incoming): void {
  const pending = world.connections.requests.get(incoming.meta.stream);
  const [http] = new HttpRequestReader().push(incoming.payload).messages;
  if (pending === undefined || http === undefined) return;
  const requestId = world.chance(`request-id:${record.pod}`).uuid();
  const request: ProxiedRequest = {
    pending,
    http: { ...http, headers: [...http.headers, ['x-forwarded-proto', 'http'], ['x-request-id', requestId]] },
    requestId,
    startedAtMs: world.clock.now(),
  };
  const { on } = pending.command;
  if (on !== undefined) {
    sendOnHeld(world, record, request, on);
    return;
  }
  const destination = resolve(world, record, pending.command);
  if (destination === null)
    answerWithout(world, record, request, 'no_healthy_upstream', 'no healthy upstream');
  else openUpstream(world, record, destination, request);
}

function sendOnHeld(world: World, record: PodRecord, request: ProxiedRequest, name: string): void {
  const side = world.connections.client.get(world.connections.heldBy.get(name) ?? '');
  if (side === undefined || side.state !== 'open' || side.request !== null) {
    answerWithout(world, record, request, `no_open_connection_"${name}"`, 'no healthy upstream');
    return;
  }
  side.request = request;
  sendRequest(world, side);
}

/** Envoy has nowhere to send it to. */
function answerWithout(
  world: World,
  record: PodRecord,
  request: ProxiedRequest,
  details: string,
  body: string,
): void {
  const { pending, http, requestId, startedAtMs } = request;
  const { to } = pending.command;
  logAccess(world, {
    pod: record.pod,
    direction: 'outbound',
    connection: null,
    http,
    requestId,
    status: 503,
    flags: 'UH',
    details,
    transportFailure: null,
    sentBytes: body.length,
    startedAtMs,
    isUpstream: false,
    upstreamHost: '-',
    cluster: '-',
    upstreamLocal: '-',
    downstreamLocal: '-',
    downstreamRemote: `${record.ip ?? ''}:0`,
    serverName: null,
    route: 'default',
  });
  const reason = `UH ${details}`;
  answerApp(world, request, localReply(503, 'Service Unavailable', body), {
    outcome: 'failed',
    to,
    by: 'Endpoint',
    reason,
    peer: null,
    connection: null,
  });
}
