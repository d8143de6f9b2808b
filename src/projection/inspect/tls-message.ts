/** Handshake messages of TLS 1.3 (RFC 9846 section 4), each field from the very bytes that carry it. */
import { utf8DecodeStrict } from '../../core/bytes/index.ts';
import { readMessage } from '../../core/tls/messages/read.ts';
import { certificateTitle, inspectCertificate, viewCertificate } from './certificate.ts';
import {
  type Field,
  field,
  inGroup,
  type InspectedDocument,
  type ProofCommand,
  type Scene,
  type StructureNode,
} from './document.ts';
import type { FieldId } from './ids.ts';
import { placeAt } from './place.ts';
import { shellWord } from './proof.ts';
import { findSpan, leaves, type SpanNode, spanStructure, spanTree } from './spans.ts';
import { hexText } from './values.ts';

/** @throws ByteError or Fault where `bytes` are no handshake message */
export function inspectTlsMessage(bytes: Uint8Array, scene: Scene): InspectedDocument {
  const { message, spans } = readMessage(bytes, true);
  const roots = spanTree(spans);
  const [type, body] = roots;
  const entries = body?.children.flatMap(entriesIn) ?? [];
  const extend = (node: SpanNode): readonly StructureNode[] =>
    isCertificate(node, entries)
      ? [viewCertificate(bytes.subarray(node.start, node.end), placeAt(node.start), scene).structure]
      : [];
  return {
    kind: 'tls-message',
    title: message.type,
    bytes,
    text: null,
    fields: [
      ...(type
        ? [field('tls_msg_type', 'msg_type', `${type.detail ?? ''} (${bytes[0] ?? 0})`, { at: type })]
        : []),
      ...(body?.children.flatMap((node) => fieldsOf(node, bytes)) ?? []),
      ...leafFields(entries, bytes, scene),
    ],
    structure: roots.map((node) => spanStructure(node, extend)),
    proof: proofOf(entries, scene),
    json: jsonOf(message),
    parts: entries.map(({ start, end }, index) =>
      inspectCertificate(bytes.subarray(start, end), {
        ...scene,
        refs: {},
        fileName: `${scene.fileName}-${index + 1}`,
      }),
    ),
  };
}

/** The certificates of a Certificate message. */
function entriesIn(node: SpanNode): SpanNode[] {
  if (node.label !== 'certificate_list') return [];
  return node.children.flatMap((entry) => {
    const data = findSpan(entry.children, 'cert_data');
    return data?.children.at(-1) ?? [];
  });
}

function isCertificate({ start, end }: SpanNode, entries: readonly SpanNode[]): boolean {
  return entries.some((entry) => entry.start === start && entry.end === end);
}

const fieldIds: Readonly<Record<string, FieldId>> = {
  length: 'tls_length',
  legacy_version: 'tls_legacy_version',
  random: 'tls_random',
  legacy_session_id: 'tls_session_id',
  legacy_session_id_echo: 'tls_session_id',
  cipher_suites: 'tls_cipher_suites',
  cipher_suite: 'tls_cipher_suite',
  legacy_compression_methods: 'tls_compression',
  legacy_compression_method: 'tls_compression',
  certificate_request_context: 'tls_context',
  algorithm: 'tls_scheme',
  signature: 'tls_signature',
  verify_data: 'tls_verify_data',
  ticket_lifetime: 'tls_ticket_lifetime',
  ticket_age_add: 'tls_ticket_age_add',
  ticket_nonce: 'tls_ticket_nonce',
  ticket: 'tls_ticket',
  request_update: 'tls_request_update',
  server_name: 'tls_ext_server_name',
  application_layer_protocol_negotiation: 'tls_ext_alpn',
  supported_groups: 'tls_ext_groups',
  signature_algorithms: 'tls_ext_signature_algorithms',
  key_share: 'tls_ext_key_share',
  supported_versions: 'tls_ext_versions',
  psk_key_exchange_modes: 'tls_ext_psk_modes',
  pre_shared_key: 'tls_ext_pre_shared_key',
  early_data: 'tls_ext_early_data',
  cookie: 'tls_ext_cookie',
  certificate_authorities: 'tls_ext_authorities',
};

function fieldsOf(node: SpanNode, bytes: Uint8Array): Field[] {
  if (node.label === 'extensions') {
    return node.children
      .filter(({ label }) => label === 'extension')
      .map((child) => fieldOf(child, child.detail ?? 'extension', bytes, 'tls_ext_other'));
  }
  if (node.label === 'certificate_list') {
    return entriesIn(node).map((entry, index) =>
      field('tls_certificate', `certificate ${index + 1}`, nameOf(bytes.subarray(entry.start, entry.end)), {
        at: entry,
        mono: true,
      }),
    );
  }
  return [fieldOf(node, node.label, bytes, 'tls_length')];
}

function fieldOf(node: SpanNode, label: string, bytes: Uint8Array, otherwise: FieldId): Field {
  const value = valueOf(node, bytes);
  return field(fieldIds[label] ?? otherwise, label, value, {
    at: node,
    mono: true,
  });
}

function nameOf(der: Uint8Array): string {
  return certificateTitle(viewCertificate(der, placeAt(0), emptyScene).certificate);
}

const emptyScene: Scene = { nowMs: null, fileName: '', refs: {}, bytesOf: () => null };

/** What a span says, in the field's notation: names of code points, texts, hex of what is random. */
function valueOf(node: SpanNode, bytes: Uint8Array): string {
  if (node.children.length === 0) return node.detail ?? hexText(bytes.subarray(node.start, node.end));
  const told = leaves(node)
    .filter(({ label }) => label !== 'length' && label !== 'extension_type' && label !== 'name_type')
    .map((leaf) => leaf.detail ?? octetsText(bytes.subarray(leaf.start, leaf.end)));
  if (told.length > 0) return told.join(', ');
  // Length-prefixed octets have a span for their length only.
  const head = node.children[0]?.end ?? node.start;
  return head === node.end ? '(empty)' : octetsText(bytes.subarray(head, node.end));
}

function octetsText(octets: Uint8Array): string {
  const text = utf8DecodeStrict(octets);
  const readable = text !== null && text.length > 1 && /^[\x20-\x7e]+$/.test(text);
  return readable ? text : hexText(octets);
}

/** The fields of the leaf, for they are what the message is about. */
function leafFields([leaf]: readonly SpanNode[], bytes: Uint8Array, scene: Scene): Field[] {
  if (!leaf) return [];
  const der = bytes.subarray(leaf.start, leaf.end);
  return inGroup('certificate', viewCertificate(der, placeAt(leaf.start), { ...scene, refs: {} }).fields);
}

function proofOf([leaf]: readonly SpanNode[], scene: Scene): ProofCommand[] {
  if (!leaf) return [];
  const file = `${scene.fileName}.bin`;
  const command = `tail -c +${leaf.start + 1} ${shellWord(file)} | openssl x509 -inform DER -noout -text`;
  return [{ id: 'tls_certificate', tool: 'openssl', command, file, content: 'bytes' }];
}

/** Octets as hex, so that the whole can be copied as JSON. */
function jsonOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return hexOf(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonOf(inner)]));
}

function hexOf(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}
