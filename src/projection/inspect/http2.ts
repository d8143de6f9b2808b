/** HTTP/2 frames (RFC 9113 section 4) as they come out of a TLS record: the header fields of a gRPC call and its message. */
import { ByteError, utf8Decode } from '../../core/bytes/index.ts';
import { decodeHeaders, type HeaderList } from '../../core/grpc/hpack.ts';
import { type Field, field, type InspectedDocument, type Range, type StructureNode } from './document.ts';
import { hexText } from './values.ts';

const FRAME_HEADER = 9;
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const TYPES: readonly string[] = [
  'DATA',
  'HEADERS',
  'PRIORITY',
  'RST_STREAM',
  'SETTINGS',
  'PUSH_PROMISE',
  'PING',
  'GOAWAY',
  'WINDOW_UPDATE',
  'CONTINUATION',
];
const FLAGS: Readonly<Record<string, readonly (readonly [bit: number, name: string])[]>> = {
  DATA: [[1, 'END_STREAM']],
  HEADERS: [
    [1, 'END_STREAM'],
    [4, 'END_HEADERS'],
  ],
  SETTINGS: [[1, 'ACK']],
};

interface Frame extends Range {
  readonly type: string;
  readonly flags: string;
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** @throws ByteError where the bytes are no whole frames */
export function inspectHttp2(bytes: Uint8Array): InspectedDocument {
  const hasPreface = utf8Decode(bytes.subarray(0, PREFACE.length)) === PREFACE;
  const start = hasPreface ? PREFACE.length : 0;
  const frames = framesOf(bytes, start);
  const preface = { start: 0, end: start };
  return {
    kind: 'http2',
    title: frames.map(({ type }) => type).join(', '),
    bytes,
    text: null,
    fields: [
      ...(hasPreface
        ? [field('http2_preface', 'preface', 'PRI * HTTP/2.0 … SM', { at: preface, mono: true })]
        : []),
      ...frames.flatMap(fieldsOf),
    ],
    structure: [...(hasPreface ? [node('preface', 'text', null, preface)] : []), ...frames.map(structureOf)],
    proof: [],
    json: frames.map(({ type, flags, stream, payload }) => ({
      type,
      flags,
      stream,
      length: payload.length,
      ...(type === 'HEADERS' && { headers: headersOf(payload) }),
    })),
    parts: [],
  };
}

function framesOf(bytes: Uint8Array, from: number): Frame[] {
  const frames: Frame[] = [];
  for (let start = from; start < bytes.length;) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
    if (view.byteLength < FRAME_HEADER) throw new ByteError('a frame header is cut off', start);
    const length = view.getUint32(0) >>> 8;
    const end = start + FRAME_HEADER + length;
    if (end > bytes.length) throw new ByteError(`a frame of ${length} octets is cut off`, start);
    const type = TYPES[view.getUint8(3)] ?? `type ${view.getUint8(3)}`;
    const bits = view.getUint8(4);
    const flags = (FLAGS[type] ?? []).flatMap(([bit, name]) => ((bits & bit) === bit ? [name] : []));
    frames.push({
      start,
      end,
      type,
      flags: flags.join(', '),
      stream: view.getUint32(5) & 0x7fffffff,
      payload: bytes.subarray(start + FRAME_HEADER, end),
    });
    start = end;
  }
  return frames;
}

function fieldsOf(frame: Frame): Field[] {
  const { type, flags, stream, payload, start, end } = frame;
  const about = [`${payload.length} octets`, ...(flags === '' ? [] : [flags])].join(', ');
  const head = field('http2_frame', `${type} · stream ${stream}`, about, { at: { start, end } });
  const at = { start: start + FRAME_HEADER, end };
  if (type === 'DATA') {
    return [head, field('http2_data', 'gRPC message', hexText(payload), { at, mono: true })];
  }
  const headers = type === 'HEADERS' ? headersOf(payload) : [];
  return [head, ...headers.map(([name, value]) => field('http2_header', name, value, { at, mono: true }))];
}

/** The fields of a header block; none where it uses the tables of HPACK. */
function headersOf(block: Uint8Array): HeaderList {
  try {
    return decodeHeaders(block);
  } catch (error) {
    if (error instanceof RangeError || error instanceof ByteError) return [];
    throw error;
  }
}

function structureOf({ type, flags, stream, payload, start, end }: Frame): StructureNode {
  const at = (from: number, to: number) => ({ start: start + from, end: start + to });
  return {
    ...node(type, 'frame', `stream ${stream}`, { start, end }),
    contentStart: start + FRAME_HEADER,
    children: [
      node('Length', 'uint24', String(payload.length), at(0, 3)),
      node('Type', 'uint8', type, at(3, 4)),
      node('Flags', 'uint8', flags || '0', at(4, 5)),
      node('Stream Identifier', 'uint31', String(stream), at(5, 9)),
      ...(payload.length > 0
        ? [node('Frame Payload', 'opaque', null, { start: start + FRAME_HEADER, end })]
        : []),
    ],
  };
}

function node(label: string, type: string, value: string | null, { start, end }: Range): StructureNode {
  return { label, type, value, start, contentStart: start, end, children: [] };
}
