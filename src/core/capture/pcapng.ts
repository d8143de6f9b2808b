import { ByteWriter } from '../bytes/byte-writer.ts';
import { type Bytes, utf8Encode } from '../bytes/bytes.ts';
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
export function pcapng({ connections, keyLog = '', interfaceName = 'eth0' }: Capture): Bytes {
  const frames = connections.flatMap(tcpFrames).sort((one, other) => one.atUs - other.atUs);
  const size = frames.reduce((sum, { bytes }) => sum + bytes.length + 36, 1024 + keyLog.length);
  const file = new ByteWriter({ spans: false, capacity: size });
  block(file, BLOCK.sectionHeader, sectionHeader());
  block(file, BLOCK.interfaceDescription, interfaceDescription(interfaceName));
  if (keyLog !== '') block(file, BLOCK.decryptionSecrets, decryptionSecrets(keyLog));
  for (const frame of frames) block(file, BLOCK.enhancedPacket, enhancedPacket(frame));
  return file.toBytes();
}

/** Type, total length, body in whole words, total length again (section 3.1). */
function block(file: ByteWriter, type: number, body: ByteWriter): void {
  const padding = -body.length & 3;
  const total = 12 + body.length + padding;
  file.u32(type).u32(total).bytes(body.toBytes()).bytes(new Uint8Array(padding)).u32(total);
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

function decryptionSecrets(keyLog: string): ByteWriter {
  const text = utf8Encode(keyLog);
  return newBody().u32(TLS_KEY_LOG).u32(text.length).bytes(text);
}

function enhancedPacket({ atUs, bytes }: CapturedFrame): ByteWriter {
  const firstInterface = 0;
  return newBody(bytes.length + 20)
    .u32(firstInterface)
    .u32(Math.floor(atUs / 2 ** 32))
    .u32(atUs % 2 ** 32)
    .u32(bytes.length)
    .u32(bytes.length)
    .bytes(bytes);
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
