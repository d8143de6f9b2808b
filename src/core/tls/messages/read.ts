import { ByteError, ByteReader, type Bytes, equalBytes, fromHex, type Span } from '../../bytes/index.ts';
import type { HandshakeTypeName } from '../event.ts';
import { describe } from '../extensions/describe.ts';
import { readExtensions } from '../extensions/read.ts';
import { Fault } from '../fault.ts';
import {
  type CertificateEntry,
  type CertificateMessage,
  type ClientHello,
  handshakeTypeOf,
  type HandshakeMessage,
  type NewSessionTicket,
  type ServerHello,
} from './message.ts';
import { withReferences } from './references.ts';

/** The random of a HelloRetryRequest: SHA-256 of "HelloRetryRequest" (RFC 9846 section 4.1.3). */
export const retryRandom: Bytes = fromHex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');

export interface ReadMessage {
  readonly message: HandshakeMessage;
  readonly spans: readonly Span[];
}

/**
 * Decodes a handshake message with its header.
 *
 * @throws ByteError for wrong syntax
 * @throws Fault for an unknown type and for values that syntax allows and the protocol does not
 */
export function readMessage(bytes: Uint8Array, spans: boolean): ReadMessage {
  const reader = new ByteReader(bytes, { spans });
  const code = reader.u8('msg_type', (value) =>
    value === 2 && isRetry(bytes) ? 'HelloRetryRequest' : (handshakeTypeOf(value) ?? String(value)),
  );
  const known = handshakeTypeOf(code);
  if (known === null)
    throw new Fault('unexpected_message', 'message.type', `handshake type ${code} is none of TLS 1.3`, '4');
  const type = known === 'ServerHello' && isRetry(bytes) ? 'HelloRetryRequest' : known;
  const message = reader.lengthPrefixed(3, type, () => readBody(reader, type));
  reader.finish(type);
  return { message, spans: withReferences(reader.spans) };
}

/** Header, legacy_version, then the random that tells. */
function isRetry(bytes: Uint8Array): boolean {
  return equalBytes(bytes.subarray(6, 38), retryRandom);
}

function readBody(reader: ByteReader, type: HandshakeTypeName): HandshakeMessage {
  switch (type) {
    case 'ClientHello':
      return readClientHello(reader);
    case 'ServerHello':
    case 'HelloRetryRequest':
      return readServerHello(reader, type);
    case 'EncryptedExtensions':
      return { type, extensions: readExtensions(reader, type) };
    case 'CertificateRequest':
      return {
        type,
        context: short(reader, 'certificate_request_context', 0, 255),
        extensions: readExtensions(reader, type),
      };
    case 'Certificate':
      return readCertificate(reader);
    case 'CertificateVerify':
      return {
        type,
        scheme: reader.u16('algorithm', describe.scheme),
        signature: reader.lengthPrefixed(2, 'signature', () => reader.rest('value')),
      };
    case 'Finished':
      return { type, verifyData: reader.rest('verify_data') };
    case 'EndOfEarlyData':
      return { type };
    case 'NewSessionTicket':
      return readTicket(reader);
    case 'KeyUpdate':
      return { type, requestUpdate: readRequestUpdate(reader) };
  }
}

function readClientHello(reader: ByteReader): ClientHello {
  return {
    type: 'ClientHello',
    legacyVersion: reader.u16('legacy_version', describe.version),
    random: reader.bytes(32, 'random'),
    sessionId: short(reader, 'legacy_session_id', 0, 32),
    cipherSuites: reader.lengthPrefixed(2, 'cipher_suites', () => {
      if (reader.left < 2) throw new ByteError('cipher_suites: may not be empty', reader.offset);
      const suites: number[] = [];
      while (!reader.done) suites.push(reader.u16('cipher_suite', describe.suite));
      return suites;
    }),
    compressionMethods: short(reader, 'legacy_compression_methods', 1, 255),
    // Before TLS 1.3 a hello could do without the block.
    extensions: reader.done ? [] : readExtensions(reader, 'ClientHello'),
  };
}

function readServerHello(reader: ByteReader, type: ServerHello['type']): ServerHello {
  return {
    type,
    legacyVersion: reader.u16('legacy_version', describe.version),
    random: reader.bytes(32, 'random', type === 'HelloRetryRequest' ? type : undefined),
    sessionId: short(reader, 'legacy_session_id_echo', 0, 32),
    cipherSuite: reader.u16('cipher_suite', describe.suite),
    compressionMethod: reader.u8('legacy_compression_method'),
    extensions: reader.done ? [] : readServerHelloExtensions(reader, type),
  };
}

/** A hello of TLS 1.2 has extensions that TLS 1.3 puts elsewhere: only its version is of interest then. */
function readServerHelloExtensions(reader: ByteReader, type: 'ServerHello' | 'HelloRetryRequest') {
  return offersVersion(reader) ? readExtensions(reader, type) : skipExtensions(reader);
}

function offersVersion(reader: ByteReader): boolean {
  const probe = new ByteReader(reader.source, {
    spans: false,
    start: reader.offset,
    end: reader.offset + reader.left,
  });
  return probe.lengthPrefixed(2, 'extensions', () => {
    let found = false;
    while (!probe.done) {
      if (probe.u16() === 43) found = true;
      probe.lengthPrefixed(2, 'extension_data', () => probe.rest());
    }
    return found;
  });
}

function skipExtensions(reader: ByteReader): readonly [] {
  reader.rest('extensions');
  return [];
}

function readCertificate(reader: ByteReader): CertificateMessage {
  return {
    type: 'Certificate',
    context: short(reader, 'certificate_request_context', 0, 255),
    entries: reader.lengthPrefixed(3, 'certificate_list', () => {
      const entries: CertificateEntry[] = [];
      while (!reader.done) entries.push(readEntry(reader));
      return entries;
    }),
  };
}

function readEntry(reader: ByteReader): CertificateEntry {
  return reader.scope('CertificateEntry', () => ({
    der: reader.lengthPrefixed(3, 'cert_data', () => {
      if (reader.done) throw new ByteError('cert_data: may not be empty', reader.offset);
      return reader.rest('value');
    }),
    extensions: readExtensions(reader, 'CertificateEntry'),
  }));
}

function readTicket(reader: ByteReader): NewSessionTicket {
  return {
    type: 'NewSessionTicket',
    lifetimeSeconds: reader.u32('ticket_lifetime', (seconds) => `${seconds} s`),
    ageAdd: reader.u32('ticket_age_add'),
    nonce: short(reader, 'ticket_nonce', 0, 255),
    ticket: reader.lengthPrefixed(2, 'ticket', () => {
      if (reader.done) throw new ByteError('ticket: may not be empty', reader.offset);
      return reader.rest('value');
    }),
    extensions: readExtensions(reader, 'NewSessionTicket'),
  };
}

function readRequestUpdate(reader: ByteReader): boolean {
  const value = reader.u8('request_update', (request) =>
    request === 0 ? 'update_not_requested' : request === 1 ? 'update_requested' : String(request),
  );
  if (value <= 1) return value === 1;
  const reason = `KeyUpdate: request_update is ${value}, only 0 and 1 have a meaning`;
  throw new Fault('illegal_parameter', 'key-update.value', reason, '4.6.3');
}

function short(reader: ByteReader, label: string, least: number, most: number): Bytes {
  return reader.lengthPrefixed(1, label, () => {
    if (reader.left < least || reader.left > most)
      throw new ByteError(`${label}: ${reader.left} octets, ${least} to ${most} are allowed`, reader.offset);
    return reader.rest();
  });
}
