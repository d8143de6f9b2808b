import type { TlsEvent } from '../../core/tls/index.ts';
import type { PodRef, TlsSide } from '../../trace/index.ts';
import type { World } from '../world.ts';

/** Flights of a connection that somebody on the way can tell apart by their place. */
export type FlightName = 'ClientHello' | 'ServerFlight' | 'ClientFlight' | 'Tickets' | 'Request' | 'Response';

/**
 * One thing somebody between two pods will do to the next flight of a name. Simplified: what is dropped does not come
 * again, as TCP would send it; the connection waits until its time is out.
 */
export interface TamperRule {
  /** Pod that opens the connection, and pod that takes it. */
  readonly from: PodRef;
  readonly to: PodRef;
  readonly message: FlightName;
  readonly action: 'flip' | 'drop' | 'replay';
  /** Octet to change; one that matters in this flight unless given. */
  readonly byte: number | null;
}

/** Who stands between the pods. */
export const onPath = 'network';
/**
 * An octet that matters: of the ClientHello the first of the random, of the others one of the first that are encrypted,
 * behind ServerHello and change_cipher_spec where these come first.
 */
const defaultOffset: Readonly<Record<FlightName, number>> = {
  ClientHello: 11,
  ServerFlight: 150,
  ClientFlight: 20,
  Tickets: 10,
  Request: 10,
  Response: 10,
};

/** Takes the rule that concerns a flight, if there is one: each is used once. */
export function takeRule(
  world: World,
  client: PodRef,
  server: PodRef,
  side: TlsSide,
  events: readonly TlsEvent[],
): TamperRule | null {
  if (world.tampering.length === 0) return null;
  const name = flightName(side, events);
  const index = world.tampering.findIndex(
    (rule) => rule.from === client && rule.to === server && rule.message === name,
  );
  return index < 0 ? null : (world.tampering.splice(index, 1)[0] ?? null);
}

function flightName(side: TlsSide, events: readonly TlsEvent[]): FlightName | null {
  const sent = new Set<string>();
  for (const event of events) {
    if (event.kind === 'message' && event.direction === 'sent') sent.add(event.type);
    if (event.kind === 'record' && event.direction === 'sent') sent.add(event.innerType);
  }
  if (sent.has('ClientHello')) return 'ClientHello';
  if (sent.has('ServerHello')) return 'ServerFlight';
  if (sent.has('Finished')) return 'ClientFlight';
  if (sent.has('NewSessionTicket')) return 'Tickets';
  if (sent.has('application_data')) return side === 'client' ? 'Request' : 'Response';
  return null;
}

/** Where a rule changes a flight of this length. */
export function offsetOf({ message, byte }: TamperRule, length: number): number {
  return Math.min(byte ?? defaultOffset[message], length - 1);
}

export function flipped(bytes: Uint8Array, offset: number): Uint8Array {
  const copy = bytes.slice();
  copy[offset] = (copy[offset] ?? 0) ^ 1;
  return copy;
}
