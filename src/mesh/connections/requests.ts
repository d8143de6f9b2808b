import { HttpResponseReader, writeHttpRequest, type HttpHeaders } from '../../core/http/index.ts';
import type { RequestCommand } from '../command.ts';
import type { PodRecord } from '../cluster.ts';
import { podOfActor } from '../pod-names.ts';
import { post, type Incoming, type World } from '../world.ts';
import { closeUpstream, openUpstream } from './client-side.ts';
import type { PendingRequest } from './connection.ts';
import { resolve } from './destination.ts';
import { settle, unanswered } from './settle.ts';

/** `--max-time` of the app's client: longer than its Envoy's patience, so that Envoy's answer is the one it gets. */
const patienceMs = 12_000;

/** An app sends one request; everything after that is connections, policies and answers. */
export function startRequest(world: World, from: PodRecord, command: RequestCommand): void {
  const pending: PendingRequest = {
    id: world.connections.nextRequestId(),
    from: from.pod,
    command,
    verdict: null,
    timer: null,
  };
  world.connections.requests.set(pending.id, pending);
  world.trace.append(`app:${from.pod}`, 'request.sent', {
    request: pending.id,
    from: from.pod,
    to: command.to,
    method: command.method ?? 'GET',
    path: command.path ?? '/',
  });
  pending.timer = world.clock.setTimeout(() => giveUp(world, pending), patienceMs);
  if (from.injected) sendToEnvoy(world, from, pending);
  else sendDirectly(world, from, pending);
}

function requestHead({ to, method = 'GET', path = '/', headers = {}, port }: RequestCommand) {
  const [namespace, name] = to.split('/');
  const host = name === undefined ? to : `${name}.${namespace}`;
  const fields: HttpHeaders = [
    ['host', port === undefined ? host : `${host}:${port}`],
    ['user-agent', 'curl/8.14.1'],
    ['accept', '*/*'],
    ...Object.entries(headers),
  ];
  return { method, target: path, headers: fields, body: new Uint8Array(0) };
}

/**
 * Loopback: the app's packets to anywhere are redirected to its Envoy's port 15001. Simplified: they take as long as
 * packets between two pods, so that one can watch them.
 */
function sendToEnvoy(world: World, from: PodRecord, pending: PendingRequest): void {
  const http = requestHead(pending.command);
  post(world, {
    from: `app:${from.pod}`,
    to: `envoy:${from.pod}`,
    protocol: 'HTTP',
    label: `${http.method} ${http.target}`,
    kind: 'http',
    pod: from.pod,
    payload: writeHttpRequest(http),
    stream: pending.id,
  });
}

/** Without a sidecar the app's own packets go to the destination. */
function sendDirectly(world: World, from: PodRecord, pending: PendingRequest): void {
  const destination = resolve(world, from, pending.command);
  if (destination === null) {
    const reason = 'curl: (7) Failed to connect: Connection refused';
    settle(world, pending, 0, {
      outcome: 'failed',
      to: pending.command.to,
      by: 'Endpoint',
      reason,
      peer: null,
      connection: null,
    });
    return;
  }
  const http = requestHead(pending.command);
  openUpstream(world, from, destination, {
    pending,
    http,
    requestId: '-',
    startedAtMs: world.clock.now(),
  });
}

/** The app's Envoy answers on loopback. */
export function receiveAnswer(world: World, incoming: Incoming): void {
  const pending = world.connections.requests.get(incoming.meta.stream);
  if (pending === undefined) return;
  const reader = new HttpResponseReader();
  reader.expect(pending.command.method ?? 'GET');
  const [response] = reader.push(incoming.payload).messages;
  settle(world, pending, response?.status ?? 0, pending.verdict);
}

function giveUp(world: World, pending: PendingRequest): void {
  settle(world, pending, 0, null);
}

/** Nobody listens where the app sent its request: its own Envoy is not there. */
export function loopbackRefused(world: World, incoming: Incoming): void {
  const pending = world.connections.requests.get(incoming.meta.stream);
  if (pending === undefined) return;
  const reason = 'curl: (7) Failed to connect: Connection refused';
  settle(world, pending, 0, { ...unanswered(pending), by: 'Endpoint', reason });
}

/** Ends what a leaving pod had open, at either end. */
export function closeConnectionsOf(world: World, pod: string): void {
  const { client, server, requests } = world.connections;
  for (const side of [...client.values()]) {
    if (side.from === pod || side.to === pod) closeUpstream(world, side, `pod ${pod} is gone`);
  }
  for (const { id, pod: served, remoteAddress } of [...server.values()]) {
    if (served === pod || podOfActor(remoteAddress) === pod) world.connections.endServer(id);
  }
  for (const pending of [...requests.values()]) {
    if (pending.from !== pod) continue;
    settle(world, pending, 0, pending.verdict ?? { ...unanswered(pending), reason: `pod ${pod} is gone` });
  }
}
