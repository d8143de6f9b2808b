import type { PodRecord } from '../cluster.ts';
import type { Incoming, World } from '../world.ts';
import { receiveUpstream } from './client-side.ts';
import { receiveFromServedApp } from './inbound-http.ts';
import { receiveInbound } from './inbound.ts';
import { receiveFromApp } from './outbound.ts';

/** Traffic at a sidecar: its app on loopback, answers to its own calls, or calls from others. */
export function receiveAtEnvoy(world: World, record: PodRecord, incoming: Incoming): void {
  const { stream, packet } = incoming.meta;
  if (incoming.from === `app:${record.pod}`) {
    if (world.connections.requests.has(stream)) receiveFromApp(world, record, incoming);
    else receiveFromServedApp(world, incoming);
  } else if (packet === undefined) receiveUpstream(world, incoming);
  else receiveInbound(world, record, incoming);
}
