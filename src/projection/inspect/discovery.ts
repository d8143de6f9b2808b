import { type ProtoNode, protoTree } from '../../core/bytes/index.ts';
import {
  decodeDiscoveryRequest,
  decodeDiscoveryResponse,
  DISCOVERY_REQUEST,
  DISCOVERY_RESPONSE,
  type DiscoveryRequest,
} from '../../core/grpc/discovery.ts';
import { grpcUnframe } from '../../core/grpc/framing.ts';
import { grpcCodeName } from '../../core/grpc/status.ts';
import { chainDocuments, chainFields, chainProof, leafFields } from './chain.ts';
import { type Field, field, type InspectedDocument, type Scene } from './document.ts';
import { fieldRange, grpcStructure, named, pemSummary, prefixField, textAt, valueRange } from './grpc.ts';
import type { FieldId, NoteId } from './ids.ts';
import { type PemPart, pemParts } from './pem-parts.ts';
import { protocProof } from './proof.ts';

/**
 * What Envoy sends on an SDS stream: a subscription, an ACK or a NACK.
 *
 * @throws ByteError, ProtoError where `bytes` are no such message
 */
export function inspectDiscoveryRequest(bytes: Uint8Array, scene: Scene): InspectedDocument {
  const message = grpcUnframe(bytes);
  const request = decodeDiscoveryRequest(message).message;
  const nodes = protoTree(message, DISCOVERY_REQUEST);
  return {
    kind: 'discovery-request',
    title: `DiscoveryRequest ${request.resourceNames.join(', ')}`.trimEnd(),
    bytes,
    text: null,
    fields: [prefixField(bytes), purposeField(request), ...requestFields(request, nodes)],
    structure: grpcStructure(bytes, nodes),
    proof: [protocProof(`${scene.fileName}.bin`)],
    json: request,
    parts: [],
  };
}

/**
 * What the agent pushes: one secret.
 *
 * @throws ByteError, ProtoError where `bytes` are no such message
 */
export function inspectDiscoveryResponse(bytes: Uint8Array, scene: Scene): InspectedDocument {
  const message = grpcUnframe(bytes);
  const response = decodeDiscoveryResponse(message).message;
  const nodes = protoTree(message, DISCOVERY_RESPONSE);
  const secrets = named(nodes, 'resources').flatMap((any) => named(any.children, 'value'));
  const certificates = secrets
    .flatMap((secret) => ['certificate_chain', 'trusted_ca'].flatMap((name) => sourcesOf(secret, name)))
    .flatMap((source) => blocksOf(bytes, source))
    .filter(({ label }) => label === 'CERTIFICATE');
  const names = secrets.map((secret) => named(secret.children, 'name')[0]?.text ?? '');
  const file = `${scene.fileName}.pem`;
  return {
    kind: 'discovery-response',
    title: `DiscoveryResponse ${names.join(', ')}`.trimEnd(),
    bytes,
    text: certificates.map((part) => textAt(bytes, part)).join('\n') + (certificates.length > 0 ? '\n' : ''),
    fields: [
      prefixField(bytes),
      simple('sds_version', 'version_info', nodes),
      simple('sds_nonce', 'nonce', nodes),
      simple('sds_type_url', 'type_url', nodes),
      ...secrets.flatMap((secret) => secretFields(bytes, secret, scene)),
      ...chainFields(certificates, scene.refs['certificate']),
      ...leafFields(certificates, scene),
    ].filter((one) => one !== null),
    structure: grpcStructure(bytes, nodes),
    proof: [...(certificates.length > 0 ? chainProof(file) : []), protocProof(`${scene.fileName}.bin`)],
    json: {
      versionInfo: response.versionInfo,
      typeUrl: response.typeUrl,
      nonce: response.nonce,
      resources: secrets.map(protoJson),
    },
    parts: chainDocuments(certificates, scene),
  };
}

function purposeField({ responseNonce, errorDetail }: DiscoveryRequest): Field {
  const [value, note]: [string, NoteId] =
    responseNonce === ''
      ? ['first request', 'first_request']
      : errorDetail
        ? ['NACK', 'nack']
        : ['ACK', 'ack'];
  const tone = note === 'nack' ? 'bad' : note === 'ack' ? 'ok' : undefined;
  return field('sds_purpose', 'Purpose', value, { group: 'message', mesh: true, note, tone });
}

function requestFields(request: DiscoveryRequest, nodes: readonly ProtoNode[]): Field[] {
  const [node] = named(nodes, 'node');
  const [error] = named(nodes, 'error_detail');
  const { errorDetail } = request;
  const fields = [
    simple('sds_version', 'version_info', nodes),
    simple('sds_node_id', 'id', node?.children, 'node.id'),
    simple('sds_node_cluster', 'cluster', node?.children, 'node.cluster'),
    request.node?.metadata
      ? field('sds_node_metadata', 'node.metadata', JSON.stringify(request.node.metadata), {
          at: fieldRange(named(node?.children, 'metadata')[0]),
          mono: true,
          group: 'message',
        })
      : null,
    ...named(nodes, 'resource_names').map((name) =>
      field('sds_resource_name', 'resource_names', name.text ?? '', {
        at: fieldRange(name),
        mono: true,
        mesh: true,
        group: 'message',
      }),
    ),
    simple('sds_type_url', 'type_url', nodes),
    simple('sds_response_nonce', 'response_nonce', nodes),
    errorDetail
      ? field('sds_error', 'error_detail', `${grpcCodeName(errorDetail.code)}: ${errorDetail.message}`, {
          at: fieldRange(error),
          tone: 'bad',
          group: 'message',
        })
      : null,
  ];
  return fields.filter((one) => one !== null);
}

function secretFields(bytes: Uint8Array, secret: ProtoNode, scene: Scene): Field[] {
  const name = simple('secret_name', 'name', secret.children);
  const source = (id: FieldId, label: string, link?: string): Field[] =>
    sourcesOf(secret, label).map((node) => {
      const isKey = id === 'secret_private_key';
      return field(id, label, sourceText(bytes, node), {
        at: fieldRange(node),
        group: 'secret',
        mesh: true,
        link,
        ...(isKey ? { tone: 'warn', note: 'key_in_secret' } : {}),
      });
    });
  return [
    ...(name ? [{ ...name, group: 'secret' as const, mesh: true as const }] : []),
    ...source('secret_certificate_chain', 'certificate_chain', scene.refs['certificate']),
    ...source('secret_private_key', 'private_key', scene.refs['key']),
    ...source('secret_trusted_ca', 'trusted_ca', scene.refs['root']),
    ...source('secret_crl', 'crl'),
  ];
}

/** The DataSource fields of that name within a Secret. */
function sourcesOf(secret: ProtoNode, name: string): ProtoNode[] {
  return secret.children.flatMap((kind) => named(kind.children, name));
}

/** The PEM blocks that a DataSource holds inline. */
function blocksOf(bytes: Uint8Array, source: ProtoNode): PemPart[] {
  return source.children
    .filter((child) => child.name !== 'filename')
    .flatMap((child) => {
      const { start, end } = valueRange(child);
      return pemParts(bytes, start, end);
    });
}

function sourceText(bytes: Uint8Array, source: ProtoNode): string {
  const [content] = source.children;
  if (!content) return '(empty)';
  if (content.name === 'filename') return `filename ${content.text ?? ''}`;
  const labels = blocksOf(bytes, source).map(({ label }) => label);
  return `${content.name}: ${pemSummary(labels, content.end - content.contentStart)}`;
}

function simple(
  id: FieldId,
  name: string,
  nodes: readonly ProtoNode[] | undefined,
  label = name,
): Field | null {
  const [node] = named(nodes, name);
  if (!node) return null;
  return field(id, label, node.text ?? '', { at: fieldRange(node), mono: true, group: 'message' });
}

/** A protobuf node as JSON, by its names. */
function protoJson(node: ProtoNode): unknown {
  if (node.text !== null) return node.text;
  return Object.fromEntries(node.children.map((child) => [child.name, protoJson(child)]));
}
