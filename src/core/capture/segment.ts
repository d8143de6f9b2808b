import { ByteWriter } from '../bytes/byte-writer.ts';
import type { Bytes } from '../bytes/bytes.ts';
import { macOf } from './address.ts';

/** One end of a connection, ready to be put into headers. */
export interface Host {
  readonly ip: Bytes;
  readonly port: number;
}

/** TCP flags (RFC 9293 section 3.1). */
export const FLAG = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

export interface Segment {
  readonly from: Host;
  readonly to: Host;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  /** Octets the sender would take, unscaled. */
  readonly window: number;
  /** Announced with a SYN; null leaves the option out. */
  readonly maxSegmentSize: number | null;
  /** IPv4 identification. */
  readonly identification: number;
  readonly payload: Uint8Array;
}

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
const TCP = 6;
const HOP_LIMIT = 64;

/** An Ethernet II frame with an IPv4 (RFC 791) or IPv6 (RFC 8200) packet that holds the TCP segment (RFC 9293). */
export function frameOf(segment: Segment): Bytes {
  const { from, to } = segment;
  const tcp = tcpOf(segment);
  const writer = new ByteWriter({ spans: false, capacity: 14 + 40 + tcp.length });
  writer.bytes(macOf(to.ip)).bytes(macOf(from.ip));
  if (from.ip.length === 4) writer.u16(ETHERTYPE.ipv4).bytes(ipv4Header(segment, tcp.length));
  else writer.u16(ETHERTYPE.ipv6).bytes(ipv6Header(segment, tcp.length));
  return writer.bytes(tcp).toBytes();
}

function tcpOf(segment: Segment): Bytes {
  const { from, to, maxSegmentSize, payload } = segment;
  const words = maxSegmentSize === null ? 5 : 6;
  const writer = new ByteWriter({ spans: false, capacity: words * 4 + payload.length });
  writer.u16(from.port).u16(to.port).u32(segment.sequence).u32(segment.acknowledgement);
  writer.u8(words << 4).u8(segment.flags);
  // Checksum, known at the end, and urgent pointer.
  writer.u16(segment.window).u16(0).u16(0);
  if (maxSegmentSize !== null) writer.u8(2).u8(4).u16(maxSegmentSize);
  const tcp = writer.bytes(payload).toBytes();
  putU16(tcp, 16, checksum(pseudoHeader(segment, tcp.length), tcp));
  return tcp;
}

function pseudoHeader({ from, to }: Segment, length: number): Bytes {
  const writer = new ByteWriter({ spans: false, capacity: 40 }).bytes(from.ip).bytes(to.ip);
  return from.ip.length === 4
    ? writer.u8(0).u8(TCP).u16(length).toBytes()
    : writer.u32(length).u24(0).u8(TCP).toBytes();
}

function ipv4Header({ from, to, identification }: Segment, length: number): Bytes {
  const dontFragment = 0x4000;
  const header = new ByteWriter({ spans: false, capacity: 20 })
    .u8(0x45)
    .u8(0)
    .u16(20 + length)
    .u16(identification & 0xffff)
    .u16(dontFragment)
    .u8(HOP_LIMIT)
    .u8(TCP)
    .u16(0)
    .bytes(from.ip)
    .bytes(to.ip)
    .toBytes();
  putU16(header, 10, checksum(header));
  return header;
}

function ipv6Header({ from, to }: Segment, length: number): Bytes {
  return new ByteWriter({ spans: false, capacity: 40 })
    .u32(0x60000000)
    .u16(length)
    .u8(TCP)
    .u8(HOP_LIMIT)
    .bytes(from.ip)
    .bytes(to.ip)
    .toBytes();
}

/** The Internet checksum (RFC 1071) over parts, each but the last of even length. */
function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += (part[at]! << 8) | (part[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 0xff;
}
