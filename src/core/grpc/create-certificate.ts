/**
 * Messages of Istio's CA service (istio/api security/v1alpha1/ca.proto): protobuf without the gRPC prefix, which
 * {@link grpcFrame} adds.
 */
import { ProtoReader, ProtoWriter } from '../bytes/protobuf.ts';
import type { ProtoMessageType } from '../bytes/proto-tree.ts';
import { DecodedMessage, EncodedMessage } from './message.ts';
import { type JsonObject, readStruct, STRUCT, writeStruct } from './struct.ts';

/** HTTP/2 `:path` of the call. */
export const CREATE_CERTIFICATE_PATH = '/istio.v1.auth.IstioCertificateService/CreateCertificate';

/** istio.v1.auth.IstioCertificateRequest. */
export interface CertificateRequest {
  /** PKCS#10 request in PEM. */
  readonly csrPem: string;
  /** Lifetime asked for, in seconds; 0 or less asks for the CA's default. */
  readonly validitySeconds: number;
  /** Keys istiod reads: `CertSigner`, `ImpersonatedIdentity`. Null where the field is absent. */
  readonly metadata: JsonObject | null;
}

/** istio.v1.auth.IstioCertificateResponse. */
export interface CertificateResponse {
  /** PEM texts: leaf, each intermediate, and last the whole root bundle as one element. */
  readonly certChain: readonly string[];
}

export function encodeCertificateRequest(request: {
  readonly csrPem: string;
  readonly validitySeconds: number;
  readonly metadata?: JsonObject | null;
}): EncodedMessage {
  const { metadata } = request;
  const writer = new ProtoWriter().string(1, request.csrPem).varint(3, request.validitySeconds);
  if (metadata) writer.message(4, (struct) => writeStruct(struct, metadata));
  return new EncodedMessage(writer.finish(), CERTIFICATE_REQUEST);
}

/** @throws ProtoError where `bytes` are no such message */
export function decodeCertificateRequest(bytes: Uint8Array): DecodedMessage<CertificateRequest> {
  const reader = new ProtoReader(bytes);
  let csrPem = '';
  let validitySeconds = 0;
  let metadata: JsonObject | null = null;
  while (reader.next()) {
    if (reader.field === 1) csrPem = reader.string();
    else if (reader.field === 3) validitySeconds = reader.number();
    else if (reader.field === 4) metadata = readStruct(reader.message());
  }
  return new DecodedMessage({ csrPem, validitySeconds, metadata }, bytes, CERTIFICATE_REQUEST);
}

export function encodeCertificateResponse(response: CertificateResponse): EncodedMessage {
  const writer = new ProtoWriter();
  for (const pem of response.certChain) writer.stringAlways(1, pem);
  return new EncodedMessage(writer.finish(), CERTIFICATE_RESPONSE);
}

/** @throws ProtoError where `bytes` are no such message */
export function decodeCertificateResponse(bytes: Uint8Array): DecodedMessage<CertificateResponse> {
  const reader = new ProtoReader(bytes);
  const certChain: string[] = [];
  while (reader.next()) if (reader.field === 1) certChain.push(reader.string());
  return new DecodedMessage({ certChain }, bytes, CERTIFICATE_RESPONSE);
}

export const CERTIFICATE_REQUEST: ProtoMessageType = {
  name: 'istio.v1.auth.IstioCertificateRequest',
  fields: {
    1: { name: 'csr', type: 'string' },
    3: { name: 'validity_duration', type: 'int64' },
    4: { name: 'metadata', type: STRUCT },
  },
};

export const CERTIFICATE_RESPONSE: ProtoMessageType = {
  name: 'istio.v1.auth.IstioCertificateResponse',
  fields: { 1: { name: 'cert_chain', type: 'string' } },
};
