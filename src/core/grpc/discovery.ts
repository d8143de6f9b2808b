/**
 * Messages of Envoy's state-of-the-world discovery, as SDS uses them (envoyproxy/envoy
 * api/envoy/service/discovery/v3/discovery.proto, config/core/v3/base.proto). Protobuf without the gRPC prefix.
 * Simplified: locality, user agent versions, extensions and resource locators are not written.
 */
import type { Bytes } from '../bytes/bytes.ts';
import { ProtoReader, ProtoWriter } from '../bytes/protobuf.ts';
import type { ProtoMessageType } from '../bytes/proto-tree.ts';
import { DecodedMessage, EncodedMessage } from './message.ts';
import { SECRET, SECRET_TYPE_URL } from './secret.ts';
import { type JsonObject, readStruct, STRUCT, writeStruct } from './struct.ts';

/** HTTP/2 `:path` of the stream. */
export const STREAM_SECRETS_PATH = '/envoy.service.secret.v3.SecretDiscoveryService/StreamSecrets';

/** envoy.config.core.v3.Node. */
export interface DiscoveryNode {
  /** Such as `sidecar~10.244.0.5~order-7d9c5f68b4-x2k7q.shop~shop.svc.cluster.local`. */
  readonly id: string;
  readonly cluster: string;
  readonly metadata: JsonObject | null;
  readonly userAgentName: string;
}

/** google.rpc.Status of a NACK. */
export interface ErrorDetail {
  readonly code: number;
  readonly message: string;
}

export interface DiscoveryRequest {
  /** Version last accepted; empty in the first request. */
  readonly versionInfo: string;
  /** Only in the first request of a stream. */
  readonly node: DiscoveryNode | null;
  readonly resourceNames: readonly string[];
  readonly typeUrl: string;
  /** Nonce of the response this request answers; empty in the first. */
  readonly responseNonce: string;
  /** Set in a NACK. */
  readonly errorDetail: ErrorDetail | null;
}

/** google.protobuf.Any. */
export interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Bytes;
}

export interface DiscoveryResponse {
  readonly versionInfo: string;
  readonly resources: readonly AnyMessage[];
  readonly typeUrl: string;
  readonly nonce: string;
}

export function encodeDiscoveryRequest(request: Partial<DiscoveryRequest>): EncodedMessage {
  const { node, errorDetail } = request;
  const writer = new ProtoWriter().string(1, request.versionInfo ?? '');
  if (node) writer.message(2, () => writeNode(writer, node));
  for (const name of request.resourceNames ?? []) writer.stringAlways(3, name);
  writer.string(4, request.typeUrl ?? '').string(5, request.responseNonce ?? '');
  if (errorDetail) {
    writer.message(6, () => writer.varint(1, errorDetail.code).string(2, errorDetail.message));
  }
  return new EncodedMessage(writer.finish(), DISCOVERY_REQUEST);
}

/** @throws ProtoError where `bytes` are no such message */
export function decodeDiscoveryRequest(bytes: Uint8Array): DecodedMessage<DiscoveryRequest> {
  const reader = new ProtoReader(bytes);
  let [versionInfo, typeUrl, responseNonce] = ['', '', ''];
  let node: DiscoveryNode | null = null;
  let errorDetail: ErrorDetail | null = null;
  const resourceNames: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) versionInfo = reader.string();
    else if (reader.field === 2) node = readNode(reader.message());
    else if (reader.field === 3) resourceNames.push(reader.string());
    else if (reader.field === 4) typeUrl = reader.string();
    else if (reader.field === 5) responseNonce = reader.string();
    else if (reader.field === 6) errorDetail = readStatus(reader.message());
  }
  const message = { versionInfo, node, resourceNames, typeUrl, responseNonce, errorDetail };
  return new DecodedMessage(message, bytes, DISCOVERY_REQUEST);
}

export function encodeDiscoveryResponse(response: {
  readonly versionInfo: string;
  readonly resources: readonly { readonly typeUrl: string; readonly value: Uint8Array }[];
  readonly typeUrl: string;
  readonly nonce: string;
}): EncodedMessage {
  const writer = new ProtoWriter().string(1, response.versionInfo);
  for (const resource of response.resources) {
    writer.message(2, () => writer.string(1, resource.typeUrl).bytes(2, resource.value));
  }
  writer.string(4, response.typeUrl).string(5, response.nonce);
  return new EncodedMessage(writer.finish(), DISCOVERY_RESPONSE);
}

/** @throws ProtoError where `bytes` are no such message */
export function decodeDiscoveryResponse(bytes: Uint8Array): DecodedMessage<DiscoveryResponse> {
  const reader = new ProtoReader(bytes);
  let [versionInfo, typeUrl, nonce] = ['', '', ''];
  const resources: AnyMessage[] = [];
  while (reader.next()) {
    if (reader.field === 1) versionInfo = reader.string();
    else if (reader.field === 2) resources.push(readAny(reader.message()));
    else if (reader.field === 4) typeUrl = reader.string();
    else if (reader.field === 5) nonce = reader.string();
  }
  return new DecodedMessage({ versionInfo, resources, typeUrl, nonce }, bytes, DISCOVERY_RESPONSE);
}

function writeNode(writer: ProtoWriter, node: DiscoveryNode): void {
  const { metadata } = node;
  writer.string(1, node.id).string(2, node.cluster);
  if (metadata) writer.message(3, () => writeStruct(writer, metadata));
  writer.string(6, node.userAgentName);
}

function readNode(reader: ProtoReader): DiscoveryNode {
  let [id, cluster, userAgentName] = ['', '', ''];
  let metadata: JsonObject | null = null;
  while (reader.next()) {
    if (reader.field === 1) id = reader.string();
    else if (reader.field === 2) cluster = reader.string();
    else if (reader.field === 3) metadata = readStruct(reader.message());
    else if (reader.field === 6) userAgentName = reader.string();
  }
  return { id, cluster, metadata, userAgentName };
}

function readStatus(reader: ProtoReader): ErrorDetail {
  let code = 0;
  let message = '';
  while (reader.next()) {
    if (reader.field === 1) code = reader.number();
    else if (reader.field === 2) message = reader.string();
  }
  return { code, message };
}

function readAny(reader: ProtoReader): AnyMessage {
  let typeUrl = '';
  let value: Bytes = new Uint8Array(0);
  while (reader.next()) {
    if (reader.field === 1) typeUrl = reader.string();
    else if (reader.field === 2) value = reader.bytes();
  }
  return { typeUrl, value };
}

const ANY: ProtoMessageType = {
  name: 'google.protobuf.Any',
  fields: { 1: { name: 'type_url', type: 'string' }, 2: { name: 'value', type: 'bytes' } },
  payloads: () => ({ [SECRET_TYPE_URL]: SECRET }),
};

const NODE: ProtoMessageType = {
  name: 'envoy.config.core.v3.Node',
  fields: {
    1: { name: 'id', type: 'string' },
    2: { name: 'cluster', type: 'string' },
    3: { name: 'metadata', type: STRUCT },
    6: { name: 'user_agent_name', type: 'string' },
  },
};

const STATUS: ProtoMessageType = {
  name: 'google.rpc.Status',
  fields: {
    1: { name: 'code', type: 'int32' },
    2: { name: 'message', type: 'string' },
    3: { name: 'details', type: ANY },
  },
};

export const DISCOVERY_REQUEST: ProtoMessageType = {
  name: 'envoy.service.discovery.v3.DiscoveryRequest',
  fields: {
    1: { name: 'version_info', type: 'string' },
    2: { name: 'node', type: NODE },
    3: { name: 'resource_names', type: 'string' },
    4: { name: 'type_url', type: 'string' },
    5: { name: 'response_nonce', type: 'string' },
    6: { name: 'error_detail', type: STATUS },
  },
};

export const DISCOVERY_RESPONSE: ProtoMessageType = {
  name: 'envoy.service.discovery.v3.DiscoveryResponse',
  fields: {
    1: { name: 'version_info', type: 'string' },
    2: { name: 'resources', type: ANY },
    3: { name: 'canary', type: 'bool' },
    4: { name: 'type_url', type: 'string' },
    5: { name: 'nonce', type: 'string' },
  },
};
