/**
 * TLS secrets as SDS carries them (envoyproxy/envoy api/envoy/extensions/transport_sockets/tls/v3/secret.proto,
 * common.proto; core/v3/base.proto). Simplified: only the fields that istio-agent writes are read and written;
 * others are skipped on reading.
 */
import { asBytes, type Bytes, utf8Decode, utf8Encode } from '../bytes/bytes.ts';
import { ProtoReader, ProtoWriter } from '../bytes/protobuf.ts';
import type { ProtoField, ProtoMessageType } from '../bytes/proto-tree.ts';
import { DecodedMessage, EncodedMessage } from './message.ts';

/** Type URL of a Secret, in DiscoveryRequest, DiscoveryResponse and each Any. */
export const SECRET_TYPE_URL = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';

/** envoy.config.core.v3.DataSource: where some data is, or the data itself. */
export type DataSource =
  | { readonly kind: 'filename'; readonly filename: string }
  | { readonly kind: 'inline_bytes'; readonly bytes: Bytes }
  | { readonly kind: 'inline_string'; readonly text: string };

export interface TlsCertificate {
  readonly certificateChain: DataSource | null;
  readonly privateKey: DataSource | null;
}

export interface CertificateValidationContext {
  readonly trustedCa: DataSource | null;
  readonly crl: DataSource | null;
}

/** envoy.extensions.transport_sockets.tls.v3.Secret; exactly one of the two is set in what the agent sends. */
export interface Secret {
  readonly name: string;
  readonly tlsCertificate: TlsCertificate | null;
  readonly validationContext: CertificateValidationContext | null;
}

/** PEM text (or bytes) as the agent puts it: `inline_bytes`. */
export function inlineBytes(content: string | Uint8Array): DataSource {
  return {
    kind: 'inline_bytes',
    bytes: typeof content === 'string' ? utf8Encode(content) : asBytes(content),
  };
}

/** The text a source holds; null for a file name or nothing. */
export function inlineText(source: DataSource | null): string | null {
  if (source === null || source.kind === 'filename') return null;
  return source.kind === 'inline_string' ? source.text : utf8Decode(source.bytes);
}

export function encodeSecret(secret: {
  readonly name: string;
  readonly tlsCertificate?: TlsCertificate | null;
  readonly validationContext?: CertificateValidationContext | null;
}): EncodedMessage {
  const { tlsCertificate, validationContext } = secret;
  const writer = new ProtoWriter().string(1, secret.name);
  if (tlsCertificate) {
    writer.message(2, () => {
      writeSource(writer, 1, tlsCertificate.certificateChain);
      writeSource(writer, 2, tlsCertificate.privateKey);
    });
  }
  if (validationContext) {
    writer.message(4, () => {
      writeSource(writer, 1, validationContext.trustedCa);
      writeSource(writer, 7, validationContext.crl);
    });
  }
  return new EncodedMessage(writer.finish(), SECRET);
}

/** @throws ProtoError where `bytes` are no such message */
export function decodeSecret(bytes: Uint8Array): DecodedMessage<Secret> {
  const reader = new ProtoReader(bytes);
  let name = '';
  let tlsCertificate: TlsCertificate | null = null;
  let validationContext: CertificateValidationContext | null = null;
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) tlsCertificate = readTlsCertificate(reader.message());
    else if (reader.field === 4) validationContext = readValidationContext(reader.message());
  }
  return new DecodedMessage({ name, tlsCertificate, validationContext }, bytes, SECRET);
}

function readTlsCertificate(reader: ProtoReader): TlsCertificate {
  let certificateChain: DataSource | null = null;
  let privateKey: DataSource | null = null;
  while (reader.next()) {
    if (reader.field === 1) certificateChain = readSource(reader.message());
    else if (reader.field === 2) privateKey = readSource(reader.message());
  }
  return { certificateChain, privateKey };
}

function readValidationContext(reader: ProtoReader): CertificateValidationContext {
  let trustedCa: DataSource | null = null;
  let crl: DataSource | null = null;
  while (reader.next()) {
    if (reader.field === 1) trustedCa = readSource(reader.message());
    else if (reader.field === 7) crl = readSource(reader.message());
  }
  return { trustedCa, crl };
}

function writeSource(writer: ProtoWriter, field: number, source: DataSource | null): void {
  if (source === null) return;
  writer.message(field, () => {
    if (source.kind === 'filename') writer.stringAlways(1, source.filename);
    else if (source.kind === 'inline_bytes') writer.bytesAlways(2, source.bytes);
    else writer.stringAlways(3, source.text);
  });
}

function readSource(reader: ProtoReader): DataSource | null {
  let source: DataSource | null = null;
  while (reader.next()) {
    if (reader.field === 1) source = { kind: 'filename', filename: reader.string() };
    else if (reader.field === 2) source = { kind: 'inline_bytes', bytes: reader.bytes() };
    else if (reader.field === 3) source = { kind: 'inline_string', text: reader.string() };
  }
  return source;
}

const TLS = 'envoy.extensions.transport_sockets.tls.v3';

const DATA_SOURCE: ProtoMessageType = {
  name: 'envoy.config.core.v3.DataSource',
  fields: {
    1: { name: 'filename', type: 'string' },
    2: { name: 'inline_bytes', type: 'bytes' },
    3: { name: 'inline_string', type: 'string' },
  },
};

function source(name: string): ProtoField {
  return { name, type: DATA_SOURCE };
}

export const SECRET: ProtoMessageType = {
  name: `${TLS}.Secret`,
  fields: {
    1: { name: 'name', type: 'string' },
    2: {
      name: 'tls_certificate',
      type: {
        name: `${TLS}.TlsCertificate`,
        fields: {
          1: source('certificate_chain'),
          2: source('private_key'),
          3: source('password'),
          4: source('ocsp_staple'),
        },
      },
    },
    4: {
      name: 'validation_context',
      type: {
        name: `${TLS}.CertificateValidationContext`,
        fields: {
          1: source('trusted_ca'),
          2: { name: 'verify_certificate_hash', type: 'string' },
          3: { name: 'verify_certificate_spki', type: 'string' },
          7: source('crl'),
          8: { name: 'allow_expired_certificate', type: 'bool' },
        },
      },
    },
  },
};
