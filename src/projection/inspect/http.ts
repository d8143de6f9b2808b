/** HTTP/1.1 messages (RFC 9112) and the trailers of a refused gRPC call, which are header lines. */
import { utf8Decode } from '../../core/bytes/index.ts';
import { grpcCodeName } from '../../core/grpc/status.ts';
import { type Field, field, type InspectedDocument, type Range, type StructureNode } from './document.ts';

interface Line extends Range {
  readonly text: string;
}

export function inspectHttp(bytes: Uint8Array): InspectedDocument {
  const { lines, bodyStart } = headLines(bytes);
  const [start, ...headers] = lines;
  const body: Line = { text: utf8Decode(bytes.subarray(bodyStart)), start: bodyStart, end: bytes.length };
  const isStatus = start?.text.startsWith('HTTP/') ?? false;
  const fields = [
    ...(start
      ? [
          field(
            isStatus ? 'http_status' : 'http_request',
            isStatus ? 'Status line' : 'Request line',
            start.text,
            { at: start, mono: true },
          ),
        ]
      : []),
    ...headers.map(headerField),
    ...(body.text === '' ? [] : [field('http_body', 'Body', body.text, { at: body, mono: true })]),
  ];
  return httpDocument('http', start?.text ?? 'HTTP', bytes, fields);
}

/** `grpc-status` and `grpc-message` of a call that was refused. */
export function inspectTrailers(bytes: Uint8Array): InspectedDocument {
  const { lines } = headLines(bytes);
  const fields = lines.map((line) => {
    const { name, value } = splitHeader(line);
    if (name === 'grpc-status') {
      const code = Number(value);
      const text = `${value} ${grpcCodeName(code)}`;
      return field('grpc_status', name, text, {
        at: line,
        mono: true,
        mesh: true,
        tone: code === 0 ? 'ok' : 'bad',
      });
    }
    if (name !== 'grpc-message') return headerField(line);
    return field('grpc_message', name, percentDecode(value), { at: line, mono: true, mesh: true });
  });
  return httpDocument('grpc-trailers', fields[0]?.value ?? 'trailers', bytes, fields);
}

function httpDocument(
  kind: 'http' | 'grpc-trailers',
  title: string,
  bytes: Uint8Array,
  fields: readonly Field[],
): InspectedDocument {
  const text = utf8Decode(bytes);
  const structure = fields.map(lineNode).filter((node) => node !== null);
  const json = Object.fromEntries(fields.map(({ label, value }) => [label, value]));
  return { kind, title, bytes, text, fields, structure, proof: [], json, parts: [] };
}

function lineNode({ label, value, start, end }: Field): StructureNode | null {
  if (start === null || end === null) return null;
  return { label, type: 'text', value, start, contentStart: start, end, children: [] };
}

function headerField(line: Line): Field {
  const { name, value } = splitHeader(line);
  return field('http_header', name, value, { at: line, mono: true });
}

function splitHeader({ text }: Line): { name: string; value: string } {
  const colon = text.indexOf(':', 1);
  return colon < 0
    ? { name: text, value: '' }
    : { name: text.slice(0, colon), value: text.slice(colon + 1).trim() };
}

/** Lines up to the empty one; `bodyStart` behind it. */
function headLines(bytes: Uint8Array): { lines: Line[]; bodyStart: number } {
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(0x0a, start);
    const next = feed < 0 ? bytes.length : feed + 1;
    const text = utf8Decode(bytes.subarray(start, next)).trimEnd();
    if (text === '') return { lines, bodyStart: next };
    lines.push({ text, start, end: next });
    start = next;
  }
  return { lines, bodyStart: bytes.length };
}

function percentDecode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
