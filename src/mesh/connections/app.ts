import { HttpRequestReader, writeHttpResponse, type HttpResponse } from '../../core/http/index.ts';
import { utf8Encode } from '../../core/bytes/index.ts';
import type { PodRecord } from '../cluster.ts';
import { post, type Incoming, type World } from '../world.ts';
import { receiveUpstream } from './client-side.ts';
import { admitPacket } from './network.ts';
import { receiveAnswer } from './requests.ts';

/** The application container: answers requests, its Envoy's or plain ones of others, and receives answers. */
export function receiveAtApp(world: World, record: PodRecord, incoming: Incoming): void {
  const { stream, packet } = incoming.meta;
  const call = world.ca15012.channels.get(stream);
  if (call !== undefined) {
    call.receive(incoming);
    return;
  }
  const isFromOwnEnvoy = incoming.from === `envoy:${record.pod}`;
  if (packet === undefined && world.connections.requests.has(stream)) {
    receiveAnswer(world, incoming);
    return;
  }
  if (packet === undefined && !isFromOwnEnvoy) {
    receiveUpstream(world, incoming);
    return;
  }
  if (!isFromOwnEnvoy && !admitPacket(world, record, incoming)) return;
  serve(world, record, incoming);
}

function serve(world: World, record: PodRecord, incoming: Incoming): void {
  const { messages, error } = new HttpRequestReader().push(incoming.payload);
  const body = (text: string) => utf8Encode(text);
  const headers = [['content-type', 'text/plain']] as const;
  const response: HttpResponse =
    error === null && messages.length > 0
      ? { status: 200, reason: 'OK', headers, body: body(greeting(record)) }
      : { status: error?.status ?? 400, reason: 'Bad Request', headers, body: body('bad request\n') };
  post(world, {
    from: incoming.to,
    to: incoming.from,
    protocol: 'HTTP',
    label: `${response.status} ${response.reason}`,
    kind: 'http',
    pod: record.pod,
    payload: writeHttpResponse(response),
    stream: incoming.meta.stream,
  });
}

/** What the app of a pod answers: it says which pod was reached. */
function greeting(record: PodRecord): string {
  return `Hello from ${record.name} (${record.ip ?? ''})\n`;
}
