import { describe, expect, it } from 'vitest';
import { type CapturedConnection, pcapng, tcpFrames } from '../../../src/core/capture/index.ts';

const openedAtUs = 1_772_442_000_000_000;
const connection = (port: number, atUs: number, text: string): CapturedConnection => ({
  client: { ip: '10.244.1.3', port },
  server: { ip: '10.244.2.9', port: 8080 },
  openedAtUs: atUs,
  events: [{ kind: 'data', atUs: atUs + 1000, from: 'client', bytes: new TextEncoder().encode(text) }],
});

interface Block {
  readonly type: number;
  readonly body: Buffer;
}

function blocksOf(file: Uint8Array): Block[] {
  const bytes = Buffer.from(file);
  const blocks: Block[] = [];
  for (let at = 0; at < bytes.length;) {
    const total = bytes.readUInt32BE(at + 4);
    expect(total % 4).toBe(0);
    expect(bytes.readUInt32BE(at + total - 4)).toBe(total);
    blocks.push({ type: bytes.readUInt32BE(at), body: bytes.subarray(at + 8, at + total - 4) });
    at += total;
  }
  return blocks;
}

describe('a capture file', () => {
  const keyLog = 'CLIENT_RANDOM 00 11\n# odd\n';

  it('has its header, its interface and the secrets before any packet', () => {
    const blocks = blocksOf(pcapng({ connections: [connection(40_000, openedAtUs, 'x')], keyLog }));
    expect(blocks.map(({ type }) => type)).toEqual([0x0a0d0d0a, 1, 10, 6, 6, 6, 6, 6]);
    expect(blocks[0]!.body.subarray(0, 16).toString('hex')).toBe('1a2b3c4d00010000ffffffffffffffff');
    expect(blocks[1]!.body.subarray(0, 8).toString('hex')).toBe('0001000000000000');
    const secrets = blocks[2]!.body;
    expect(secrets.readUInt32BE(0)).toBe(0x544c534b);
    expect(secrets.subarray(8, 8 + secrets.readUInt32BE(4)).toString()).toBe(keyLog);
  });

  it('has no block of secrets where there are none', () => {
    expect(blocksOf(pcapng({ connections: [] })).map(({ type }) => type)).toEqual([0x0a0d0d0a, 1]);
  });

  it('holds the frames of all connections in order of time', () => {
    const connections = [
      connection(40_000, openedAtUs, 'late'),
      connection(40_001, openedAtUs - 10, 'early'),
    ];
    const packets = blocksOf(pcapng({ connections })).filter(({ type }) => type === 6);
    const times = packets.map(({ body }) => body.readUInt32BE(4) * 2 ** 32 + body.readUInt32BE(8));
    expect(times).toEqual([...times].sort((one, other) => one - other));
    const held = packets.map(({ body }) => body.subarray(20, 20 + body.readUInt32BE(12)).toString('hex'));
    const written = connections.flatMap(tcpFrames).map(({ bytes }) => Buffer.from(bytes).toString('hex'));
    expect([...held].sort()).toEqual([...written].sort());
    expect(packets.every(({ body }) => body.readUInt32BE(12) === body.readUInt32BE(16))).toBe(true);
  });
});
