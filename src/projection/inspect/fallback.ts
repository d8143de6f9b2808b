/** Documents for bytes that are not what they should be, or of which only the outer form is known. */
import { derTree, utf8DecodeStrict } from '../../core/bytes/index.ts';
import { type DocumentKind, field, type InspectedDocument, type Scene } from './document.ts';
import { placeAt } from './place.ts';
import { shellWord } from './proof.ts';
import { isReadingError, offsetOf } from './reading-errors.ts';
import { derStructure } from './structure.ts';

/** Bytes that cannot be read as `kind`, with the reason; their ASN.1 where there is any. */
export function unreadableDocument(
  kind: DocumentKind,
  bytes: Uint8Array,
  error: Error,
  scene: Scene,
): InspectedDocument {
  const offset = offsetOf(error);
  const inside = offset !== null && offset < bytes.length;
  const at = inside ? { start: offset, end: offset + 1 } : null;
  const structure = derNodes(bytes);
  const file = `${scene.fileName}.der`;
  const command = `openssl asn1parse -inform DER -in ${shellWord(file)}`;
  return {
    kind,
    title: `unreadable ${kind}`,
    bytes,
    text: readableText(bytes),
    fields: [field('unreadable', error.name, error.message, { at, tone: 'bad' })],
    structure,
    proof:
      structure.length > 0 ? [{ id: 'asn1_parse', tool: 'openssl', command, file, content: 'bytes' }] : [],
    json: { error: error.message },
    parts: [],
  };
}

/** DER of a kind that is not known here: its elements, nothing more. */
export function inspectDer(bytes: Uint8Array, scene: Scene): InspectedDocument {
  const file = `${scene.fileName}.der`;
  const command = `openssl asn1parse -inform DER -in ${shellWord(file)}`;
  return {
    kind: 'der',
    title: 'ASN.1',
    bytes,
    text: null,
    fields: [],
    structure: [derStructure(derTree(bytes), new Map(), placeAt(0))],
    proof: [{ id: 'asn1_parse', tool: 'openssl', command, file, content: 'bytes' }],
    json: null,
    parts: [],
  };
}

/** Text of no known form: its lines. */
export function inspectText(bytes: Uint8Array): InspectedDocument {
  const text = readableText(bytes);
  const fields = (text ?? '')
    .split('\n')
    .slice(0, 100)
    .map((line, index) => field('text_line', String(index + 1), line, { mono: true }));
  return {
    kind: text === null ? 'binary' : 'text',
    title: text === null ? 'binary' : 'text',
    bytes,
    text,
    fields: text === null ? [] : fields,
    structure: [],
    proof: [],
    json: text,
    parts: [],
  };
}

function derNodes(bytes: Uint8Array): InspectedDocument['structure'] {
  try {
    return [derStructure(derTree(bytes), new Map(), placeAt(0))];
  } catch (error) {
    if (isReadingError(error)) return [];
    throw error;
  }
}

function readableText(bytes: Uint8Array): string | null {
  const text = utf8DecodeStrict(bytes);
  return text !== null && [...text].every((char) => char >= ' ' || '\t\r\n'.includes(char)) ? text : null;
}
