import { ByteWriter } from '../bytes/byte-writer.ts';
import { type Bytes, concatBytes, utf8Encode } from '../bytes/bytes.ts';
import { type CapturedConnection, type CapturedFrame, tcpFrames } from './connection.ts';

export interface Capture {
  readonly connections: readonly CapturedConnection[];
  /** Secrets in NSS key log format; with them Wireshark decrypts without further setting. */
  readonly keyLog?: string;
  /** Name of the interface that is shown, for example that of a node. */
  readonly interfaceName?: string;
}

/** Block types and options of draft-ietf-opsawg-pcapng. */
const BLOCK = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 1,
  enhancedPacket: 6,
  decryptionSecrets: 10,
} as const;
const OPTION = { end: 0, interfaceName: 2, userApplication: 4 } as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const ETHERNET = 1;
/** `TLSK`: the secrets are an NSS key log. */
const TLS_KEY_LOG = 0x544c534b;

/**
 * A capture file (pcapng, draft-ietf-opsawg-pcapng) of TCP connections over Ethernet. Frames of several connections
 * stand in order of time; secrets stand before the packets that need them (section 4.7).
 *
 * @returns the file; its integers are big-endian, which its header says
 * @throws RangeError for a connection that cannot be, see {@link tcpFrames}
 */
export function pcapng({ connections, keyLog = '', interfaceName }: Capture): Bytes {
  const frames = connections.flatMap(tcpFrames).sort((one, other) => one.atUs - other.atUs);
  const file = newBody(frames.reduce((sum, { bytes }) => sum + bytes.length + 36, 1024 + keyLog.length));
  file.bytes(pcapngHeader(interfaceName));
  if (keyLog !== '') file.bytes(pcapngSecrets(keyLog));
  for (const frame of frames) file.bytes(pcapngPacket(frame));
  return file.toBytes();
}

/** What a file begins with: Section Header (section 4.1) and Interface Description (4.2). */
export function pcapngHeader(interfaceName = 'eth0'): Bytes {
  return concatBytes(
    block(BLOCK.sectionHeader, sectionHeader()),
    block(BLOCK.interfaceDescription, interfaceDescription(interfaceName)),
  );
}

/**
 * Secrets for the packets after it (section 4.7), for files that are written as things happen.
 *
 * @param keyLog lines of an NSS key log, each with its line feed
 */
export function pcapngSecrets(keyLog: string): Bytes {
  const text = utf8Encode(keyLog);
  return block(BLOCK.decryptionSecrets, newBody().u32(TLS_KEY_LOG).u32(text.length).bytes(text));
}

/** An Enhanced Packet (section 4.3). */
export function pcapngPacket({ atUs, bytes }: CapturedFrame): Bytes {
  const firstInterface = 0;
  const body = newBody(bytes.length + 20)
    .u32(firstInterface)
    .u32(Math.floor(atUs / 2 ** 32))
    .u32(atUs % 2 ** 32)
    .u32(bytes.length)
    .u32(bytes.length)
    .bytes(bytes);
  return block(BLOCK.enhancedPacket, body);
}

/** Type, total length, body in whole words, total length again (section 3.1). */
function block(type: number, body: ByteWriter): Bytes {
  const padding = -body.length & 3;
  const total = 12 + body.length + padding;
  const written = newBody(total).u32(type).u32(total).bytes(body.toBytes()).bytes(new Uint8Array(padding));
  return written.u32(total).toBytes();
}

function sectionHeader(): ByteWriter {
  const unknownLength = 0xffff_ffff_ffff_ffffn;
  const body = newBody().u32(BYTE_ORDER_MAGIC).u16(1).u16(0).u64(unknownLength);
  return option(body, OPTION.userApplication, 'svidlab');
}

function interfaceDescription(name: string): ByteWriter {
  const noLimit = 0;
  return option(newBody().u16(ETHERNET).u16(0).u32(noLimit), OPTION.interfaceName, name);
}

/** One text option and the end of the options (section 3.5). */
function option(body: ByteWriter, code: number, text: string): ByteWriter {
  const value = utf8Encode(text);
  body.u16(code).u16(value.length).bytes(value);
  return body
    .bytes(new Uint8Array(-value.length & 3))
    .u16(OPTION.end)
    .u16(0);
}

function newBody(capacity = 64): ByteWriter {
  return new ByteWriter({ spans: false, capacity });
}
