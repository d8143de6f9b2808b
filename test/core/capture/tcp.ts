/** A reader of frames that knows nothing of how they are written. */
export interface ReadFrame {
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: string;
  readonly window: number;
  readonly options: string;
  readonly payload: Buffer;
  readonly checksumsRight: boolean;
}

export function readFrame(bytes: Uint8Array): ReadFrame {
  const frame = Buffer.from(bytes);
  const v4 = frame.readUInt16BE(12) === 0x0800;
  const ip = frame.subarray(14);
  const headerLength = v4 ? (ip[0]! & 15) * 4 : 40;
  const length = v4 ? ip.readUInt16BE(2) - headerLength : ip.readUInt16BE(4);
  const tcp = ip.subarray(headerLength, headerLength + length);
  const addresses = v4 ? ip.subarray(12, 20) : ip.subarray(8, 40);
  const pseudo = Buffer.concat([addresses, Buffer.from([0, 6, length >> 8, length & 255])]);
  const half = addresses.length / 2;
  const text = (address: Buffer) => (v4 ? address.join('.') : address.toString('hex'));
  const dataOffset = (tcp[12]! >> 4) * 4;
  const bits = ['fin', 'syn', 'rst', 'psh', 'ack'];
  return {
    from: `${text(addresses.subarray(0, half))}:${tcp.readUInt16BE(0)}`,
    to: `${text(addresses.subarray(half))}:${tcp.readUInt16BE(2)}`,
    sequence: tcp.readUInt32BE(4),
    acknowledgement: tcp.readUInt32BE(8),
    flags: bits.filter((_, bit) => (tcp[13]! >> bit) & 1).join(' '),
    window: tcp.readUInt16BE(14),
    options: tcp.subarray(20, dataOffset).toString('hex'),
    payload: tcp.subarray(dataOffset),
    checksumsRight:
      sumOf(Buffer.concat([pseudo, tcp])) === 0xffff &&
      (!v4 || sumOf(ip.subarray(0, headerLength)) === 0xffff),
  };
}

function sumOf(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += bytes[at]! * 256 + (bytes[at + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}
