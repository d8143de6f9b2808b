/** TLS records as they stand on the wire (RFC 9846 section 5): what anybody between the ends can read of them. */
import { ByteError } from '../../core/bytes/index.ts';
import { alertDescription } from '../../core/tls/index.ts';
import { describe } from '../../core/tls/extensions/describe.ts';
import { handshakeTypeOf } from '../../core/tls/messages/message.ts';
import { contentTypeOf, HEADER_LENGTH } from '../../core/tls/records/record.ts';
import { type Field, field, type InspectedDocument, type Scene, type StructureNode } from './document.ts';
import { shellWord } from './proof.ts';
import { hexText } from './values.ts';

interface Record {
  readonly start: number;
  readonly end: number;
  readonly type: number;
  readonly version: number;
  readonly fragment: Uint8Array;
}

/** @throws ByteError where the first record is none */
export function inspectTlsFlight(bytes: Uint8Array, scene: Scene): InspectedDocument {
  const records = recordsOf(bytes);
  const file = `${scene.fileName}.bin`;
  const command =
    `od -Ax -tx1 -v ${shellWord(file)} | text2pcap -T 40000,15006 - - | ` +
    'tshark -r - -d tcp.port==15006,tls -O tls';
  return {
    kind: 'tls-flight',
    title: `${records.length} × TLS record`,
    bytes,
    text: null,
    fields: records.flatMap(fieldsOf),
    structure: records.map(structureOf),
    proof: [{ id: 'tls_records', tool: 'tshark', command, file, content: 'bytes' }],
    json: records.map(({ type, version, fragment }) => ({
      type: contentTypeOf(type) ?? type,
      version: describe.version(version),
      length: fragment.length,
    })),
    parts: [],
  };
}

/** Whole records; a flight may be cut anywhere, then the rest stands as one more. */
function recordsOf(bytes: Uint8Array): Record[] {
  const records: Record[] = [];
  for (let start = 0; start < bytes.length;) {
    const left = bytes.length - start;
    if (left < HEADER_LENGTH || contentTypeOf(bytes[start] ?? 0) === null) {
      if (start === 0) throw new ByteError('no TLS record begins here', start);
      return records;
    }
    const length = ((bytes[start + 3] ?? 0) << 8) | (bytes[start + 4] ?? 0);
    const end = Math.min(bytes.length, start + HEADER_LENGTH + length);
    records.push({
      start,
      end,
      type: bytes[start] ?? 0,
      version: ((bytes[start + 1] ?? 0) << 8) | (bytes[start + 2] ?? 0),
      fragment: bytes.subarray(start + HEADER_LENGTH, end),
    });
    start = end;
  }
  return records;
}

function fieldsOf(record: Record, index: number): Field[] {
  const { start, end, type, version, fragment } = record;
  const name = `record ${index + 1}`;
  const at = (from: number, to: number) => ({ start: start + from, end: start + to });
  return [
    field('tls_record_type', `${name} · type`, `${contentTypeOf(type) ?? ''} (${type})`, {
      at: at(0, 1),
    }),
    field('tls_record_version', `${name} · version`, describe.version(version), { at: at(1, 3) }),
    field('tls_record_length', `${name} · length`, String(fragment.length), { at: at(3, 5) }),
    contentOf(record, name, { start: start + HEADER_LENGTH, end }),
  ];
}

function contentOf({ type, fragment }: Record, name: string, at: { start: number; end: number }): Field {
  const label = `${name} · fragment`;
  switch (contentTypeOf(type)) {
    case 'handshake': {
      const message = handshakeTypeOf(fragment[0] ?? 0);
      return field('tls_record_handshake', label, message ?? hexText(fragment), { at });
    }
    case 'alert': {
      const code = fragment[1] ?? 0;
      return field('tls_record_alert', label, `${alertDescription(code) ?? 'unknown'} (${code})`, {
        at,
        tone: 'bad',
      });
    }
    case 'change_cipher_spec':
      return field('tls_record_ccs', label, hexText(fragment), { at, mono: true });
    default:
      return field('tls_record_encrypted', label, hexText(fragment), { at, mono: true });
  }
}

function structureOf({ start, end, type, version, fragment }: Record): StructureNode {
  const node = (label: string, kind: string, from: number, to: number, value: string | null) => ({
    label,
    type: kind,
    value,
    start: from,
    contentStart: from,
    end: to,
    children: [],
  });
  return {
    label: contentTypeOf(type) ?? String(type),
    type: 'record',
    value: null,
    start,
    contentStart: start + HEADER_LENGTH,
    end,
    children: [
      node('type', 'uint8', start, start + 1, `${contentTypeOf(type) ?? ''} (${type})`),
      node('legacy_record_version', 'uint16', start + 1, start + 3, describe.version(version)),
      node('length', 'uint16', start + 3, start + 5, String(fragment.length)),
      node('fragment', 'opaque', start + HEADER_LENGTH, end, null),
    ],
  };
}
