/**
 * A protobuf message as a tree with names and offsets, by a table that says what its fields are called. For
 * views; the codecs of core/grpc do not need it.
 */
import { toHex } from './hex.ts';
import { ProtoError, ProtoReader, WIRE } from './protobuf.ts';
import { utf8Decode } from './bytes.ts';
import type { Span } from './span.ts';

export type ProtoScalar = 'string' | 'bytes' | 'int32' | 'int64' | 'bool' | 'double' | 'enum';

export interface ProtoField {
  readonly name: string;
  /** A scalar, or the name of a message in the same table of messages. */
  readonly type: ProtoScalar | ProtoMessageType | (() => ProtoMessageType);
  readonly values?: Readonly<Record<number, string>>;
}

export interface ProtoMessageType {
  /** Full name, such as `google.protobuf.Struct`. */
  readonly name: string;
  readonly fields: Readonly<Record<number, ProtoField>>;
  /** For `google.protobuf.Any`: what the bytes of field 2 hold, by the URL in field 1. */
  readonly payloads?: () => Readonly<Record<string, ProtoMessageType>>;
}

/** One field of a message; `start` at its key, `contentStart` at its value, after a length. */
export interface ProtoNode {
  readonly field: number;
  readonly name: string;
  /** `string`, `int64`, … or a message's full name; `unknown` for fields the table does not have. */
  readonly type: string;
  readonly wire: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
  /** The value of a scalar as text; null for messages. */
  readonly text: string | null;
  readonly children: readonly ProtoNode[];
}

const MAX_DEPTH = 64;
const MAX_NODES = 20_000;

/**
 * The fields of the message in `bytes[start, end)`.
 *
 * @throws ProtoError where the bytes are no such message, nest deeper than 64 or hold more than 20,000 fields
 */
export function protoTree(
  bytes: Uint8Array,
  type: ProtoMessageType,
  start = 0,
  end = bytes.length,
): ProtoNode[] {
  return readFields(new ProtoReader(bytes, start, end), type, 0, { nodes: 0 });
}

/** The tree's nodes as spans, in order. */
export function protoSpans(nodes: readonly ProtoNode[], depth = 0): Span[] {
  return nodes.flatMap((node) => {
    const span: Span = { start: node.start, end: node.end, label: node.name, depth };
    const own = node.text === null ? span : { ...span, detail: node.text };
    return [own, ...protoSpans(node.children, depth + 1)];
  });
}

interface Budget {
  nodes: number;
}

function readFields(reader: ProtoReader, type: ProtoMessageType, depth: number, budget: Budget): ProtoNode[] {
  if (depth > MAX_DEPTH) throw new ProtoError(`messages nest deeper than ${MAX_DEPTH}`, reader.start);
  const nodes: ProtoNode[] = [];
  let typeUrl = '';
  while (reader.next()) {
    if (++budget.nodes > MAX_NODES) throw new ProtoError(`more than ${MAX_NODES} fields`, reader.start);
    const payload = type.payloads && reader.field === 2 ? type.payloads()[typeUrl] : undefined;
    const node = readField(
      reader,
      payload ? { name: 'value', type: payload } : type.fields[reader.field],
      depth,
      budget,
    );
    if (type.payloads && reader.field === 1) typeUrl = node.text ?? '';
    nodes.push(node);
  }
  return nodes;
}

function readField(
  reader: ProtoReader,
  field: ProtoField | undefined,
  depth: number,
  budget: Budget,
): ProtoNode {
  const place = {
    field: reader.field,
    name: field?.name ?? `field ${reader.field}`,
    wire: reader.wire,
    start: reader.start,
    contentStart: reader.valueStart,
    end: reader.end,
  };
  const type = typeof field?.type === 'function' ? field.type() : field?.type;
  if (typeof type === 'object') {
    const children = readFields(reader.message(), type, depth + 1, budget);
    return { ...place, type: type.name, text: null, children };
  }
  const text = type === undefined ? rawText(reader) : scalarText(reader, type, field?.values);
  return { ...place, type: type ?? 'unknown', text, children: [] };
}

function scalarText(
  reader: ProtoReader,
  type: ProtoScalar,
  values?: Readonly<Record<number, string>>,
): string {
  if (type === 'string') return reader.string();
  if (type === 'bytes') return bytesText(reader.bytes());
  if (type === 'bool') return String(reader.bool());
  if (type === 'double') return String(reader.double());
  const value = reader.int64();
  return values?.[Number(value)] ?? String(value);
}

function rawText(reader: ProtoReader): string {
  if (reader.wire === WIRE.varint) return String(reader.int64());
  return toHex(reader.source.subarray(reader.valueStart, reader.end));
}

/** PEM in a bytes field is shown as the text it is. */
function bytesText(bytes: Uint8Array): string {
  const text = utf8Decode(bytes);
  return /^[\t\r\n\x20-\x7e]*$/.test(text) ? text : toHex(bytes);
}
