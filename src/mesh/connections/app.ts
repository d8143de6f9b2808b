import { httpResponse } from './http.ts';
import { admitPacket } from './network.ts';
import { receiveAtClient } from './client-side.ts';
import type { PodRecord } from '../cluster.ts';
import { post, type Incoming, type World } from '../world.ts';

/** The application container: answers plain requests where no sidecar stands before it, and receives answers. */
export function receiveAtApp(world: World, record: PodRecord, incoming: Incoming): void {
  if (incoming.protocol === 'CreateCertificate') return;
  if (world.connections.client.get(incoming.meta.stream)?.localAddress === incoming.to) {
    receiveAtClient(world, incoming);
    return;
  }
  if (!admitPacket(world, record, incoming)) return;
  post(world, {
    from: incoming.to,
    to: incoming.from,
    protocol: 'HTTP',
    label: '200 OK',
    kind: 'http',
    pod: record.pod,
    payload: httpResponse({ status: 200, reason: 'OK', body: greeting(record) }),
    stream: incoming.meta.stream,
  });
}

/** What the app of a pod answers: it says which pod was reached. */
export function greeting(record: PodRecord): string {
  return `Hello from ${record.name} (${record.ip ?? ''})\n`;
}
