import type { Bytes } from '../bytes/bytes.ts';
import { hash32, parseIp } from './address.ts';
import { FLAG, frameOf, type Host } from './segment.ts';

export interface Endpoint {
  /** IPv4 in dotted form, or IPv6; both ends of one family. */
  readonly ip: string;
  readonly port: number;
}

export type Side = 'client' | 'server';

/** Something one side did, seen at `atUs` (microseconds since 1970). */
export type CaptureEvent =
  | { readonly kind: 'data'; readonly atUs: number; readonly from: Side; readonly bytes: Uint8Array }
  /** No more data comes from this side. */
  | { readonly kind: 'fin'; readonly atUs: number; readonly from: Side }
  /** The connection is over at once. */
  | { readonly kind: 'reset'; readonly atUs: number; readonly from: Side };

/** A TCP connection as its two ends saw it. */
export interface CapturedConnection {
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** Microseconds since 1970. */
  readonly openedAtUs: number;
  /** In the order in which they happened. */
  readonly events: readonly CaptureEvent[];
}

/** An Ethernet frame and when it passed. */
export interface CapturedFrame {
  /** Microseconds since 1970. */
  readonly atUs: number;
  readonly bytes: Bytes;
}

/** What an Ethernet of 1500 octets leaves beside an IPv4 or IPv6 and a TCP header. */
const MAX_SEGMENT = { 4: 1460, 16: 1440 } as const;
const WINDOW = 65_535;
/** A receiver acknowledges every second full segment (RFC 9293 section 3.8.6.3). */
const UNACKNOWLEDGED = 2;

/**
 * The frames of a TCP connection (RFC 9293), from its handshake on; see {@link TcpConversation} for those of a connection
 * that still goes on.
 *
 * @throws RangeError for an endpoint that is none, and for data after the side that sends it had ended
 */
export function tcpFrames({ client, server, openedAtUs, events }: CapturedConnection): CapturedFrame[] {
  const conversation = new TcpConversation(client, server, openedAtUs);
  return [...conversation.open(openedAtUs), ...events.flatMap((event) => conversation.take(event))];
}

interface SideState {
  readonly host: Host;
  /** The next sequence number, modulo 2^32 when written. */
  next: number;
  identification: number;
  ended: boolean;
}

/**
 * A TCP connection (RFC 9293) that is captured while it goes on: handshake, data cut to the maximum segment size,
 * acknowledgements, and how it ended; with right sequence numbers and checksums.
 * Simplified: a network that loses, reorders and delays nothing, windows of constant size, no options but the MSS.
 */
export class TcpConversation {
  readonly #sides: Readonly<Record<Side, SideState>>;
  readonly #maxSegment: number;
  #frames: CapturedFrame[] = [];

  /**
   * @param openedAtUs microseconds since 1970; sequence numbers are made from it and the endpoints
   * @throws RangeError for an endpoint that is none, or where they are not of one family
   */
  constructor(client: Endpoint, server: Endpoint, openedAtUs: number) {
    const hosts = { client: hostOf(client), server: hostOf(server) };
    if (hosts.client.ip.length !== hosts.server.ip.length) {
      throw new RangeError(`${client.ip} and ${server.ip} are not of one family`);
    }
    this.#maxSegment = MAX_SEGMENT[hosts.client.ip.length as 4 | 16];
    const seed = `${client.ip}|${client.port}|${server.ip}|${server.port}|${openedAtUs}`;
    const state = (side: Side): SideState => ({
      host: hosts[side],
      next: hash32(`${side} ${seed}`),
      identification: hash32(`${side} identification ${seed}`) & 0xffff,
      ended: false,
    });
    this.#sides = { client: state('client'), server: state('server') };
  }

  /** SYN, SYN-ACK, ACK. */
  open(atUs: number): CapturedFrame[] {
    this.#send(atUs, 'client', FLAG.syn);
    this.#send(atUs, 'server', FLAG.syn | FLAG.ack);
    this.#send(atUs, 'client', FLAG.ack);
    return this.#taken();
  }

  /** @throws RangeError for data or a FIN of a side that had ended */
  take(event: CaptureEvent): CapturedFrame[] {
    const { kind, atUs, from } = event;
    if (kind !== 'reset' && this.#sides[from].ended) {
      throw new RangeError(`the ${from} had ended its side of the connection`);
    }
    if (kind === 'data') this.#data(atUs, from, event.bytes);
    else if (kind === 'fin') this.#fin(atUs, from);
    else this.#reset(atUs, from);
    return this.#taken();
  }

  #taken(): CapturedFrame[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  #data(atUs: number, from: Side, bytes: Uint8Array): void {
    const to = otherSide(from);
    let unacknowledged = 0;
    for (let at = 0; at < bytes.length; at += this.#maxSegment) {
      const payload = bytes.subarray(at, at + this.#maxSegment);
      const last = at + payload.length === bytes.length;
      this.#send(atUs, from, last ? FLAG.psh | FLAG.ack : FLAG.ack, payload);
      unacknowledged = (unacknowledged + 1) % UNACKNOWLEDGED;
      if (last || unacknowledged === 0) this.#send(atUs, to, FLAG.ack);
    }
  }

  #fin(atUs: number, from: Side): void {
    this.#send(atUs, from, FLAG.fin | FLAG.ack);
    this.#sides[from].ended = true;
    this.#send(atUs, otherSide(from), FLAG.ack);
  }

  #reset(atUs: number, from: Side): void {
    this.#send(atUs, from, FLAG.rst | FLAG.ack);
    this.#sides.client.ended = true;
    this.#sides.server.ended = true;
  }

  #send(atUs: number, from: Side, flags: number, payload: Uint8Array = new Uint8Array(0)): void {
    const sender = this.#sides[from];
    const receiver = this.#sides[otherSide(from)];
    const bytes = frameOf({
      from: sender.host,
      to: receiver.host,
      sequence: sender.next,
      acknowledgement: flags & FLAG.ack ? receiver.next : 0,
      flags,
      window: flags & FLAG.rst ? 0 : WINDOW,
      maxSegmentSize: flags & FLAG.syn ? this.#maxSegment : null,
      identification: sender.identification++,
      payload,
    });
    this.#frames.push({ atUs, bytes });
    // SYN and FIN take a number each (RFC 9293 section 3.4).
    const taken = payload.length + (flags & (FLAG.syn | FLAG.fin) ? 1 : 0);
    sender.next = (sender.next + taken) % 2 ** 32;
  }
}

function otherSide(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}

function hostOf({ ip, port }: Endpoint): Host {
  const octets = parseIp(ip);
  if (octets === null) throw new RangeError(`"${ip}" is no IP address`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new RangeError(`${port} is no TCP port`);
  return { ip: octets, port };
}
