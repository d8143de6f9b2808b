import { type Bytes, type Span } from '../../bytes/index.ts';
import type { ContentTypeName, EpochName, RecordEvent, Direction } from '../event.ts';
import { describe } from '../extensions/describe.ts';
import { TAG_LENGTH } from './aead.ts';

/** Octets of the header of a record. */
export const HEADER_LENGTH = 5;
/** Most octets of content (RFC 9846 section 5.1). */
export const MAX_CONTENT = 2 ** 14;
/** Most octets of a protected fragment (RFC 9846 section 5.2). */
export const MAX_CIPHERTEXT = MAX_CONTENT + 256;

export const contentTypes: Readonly<Record<ContentTypeName, number>> = {
  change_cipher_spec: 20,
  alert: 21,
  handshake: 22,
  application_data: 23,
};

const NAMES: ReadonlyMap<number, ContentTypeName> = new Map(
  Object.entries(contentTypes).map(([name, code]) => [code, name as ContentTypeName]),
);

export function contentTypeOf(code: number): ContentTypeName | null {
  return NAMES.get(code) ?? null;
}

/** TLSPlaintext or TLSCiphertext: the header and a fragment. */
export function recordHeader(type: ContentTypeName, version: number, length: number): Bytes {
  return Uint8Array.of(contentTypes[type], version >> 8, version & 0xff, length >> 8, length & 0xff);
}

/** A record in full, as an event shows it. */
export interface RecordParts {
  readonly direction: Direction;
  readonly bytes: Bytes;
  readonly outerType: ContentTypeName;
  readonly innerType: ContentTypeName;
  readonly content: Bytes;
  readonly padding: number;
  readonly epoch: EpochName;
  readonly generation: number;
  readonly sequence: number | null;
}

export function recordEvent(parts: RecordParts, annotate: boolean): RecordEvent {
  return { kind: 'record', ...parts, spans: annotate ? recordSpans(parts) : [] };
}

function recordSpans({ bytes, outerType, innerType, sequence, content, padding }: RecordParts): Span[] {
  const version = (bytes[1]! << 8) | bytes[2]!;
  const fragment = bytes.length - HEADER_LENGTH;
  const spans: Span[] = [
    { start: 0, end: 1, label: 'opaque_type', detail: `${outerType} (${bytes[0]})`, depth: 0 },
    { start: 1, end: 3, label: 'legacy_record_version', detail: describe.version(version), depth: 0 },
    { start: 3, end: 5, label: 'length', detail: String(fragment), depth: 0 },
  ];
  if (sequence === null) {
    spans[0] = { ...spans[0]!, label: 'type' };
    spans.push({ start: 5, end: bytes.length, label: 'fragment', detail: innerType, depth: 0 });
    return spans;
  }
  const tag = Math.max(HEADER_LENGTH, bytes.length - TAG_LENGTH);
  const inside = `${content.length} octets of ${innerType}, type, ${padding} of padding; record ${sequence}`;
  spans.push({ start: 5, end: bytes.length, label: 'encrypted_record', detail: inside, depth: 0 });
  spans.push({ start: 5, end: tag, label: 'ciphertext', depth: 1 });
  spans.push({ start: tag, end: bytes.length, label: 'authentication tag', depth: 1 });
  return spans;
}
