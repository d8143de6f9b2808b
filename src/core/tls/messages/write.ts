import { type AnnotatedBytes, ByteWriter } from '../../bytes/index.ts';
import { describe } from '../extensions/describe.ts';
import { writeExtensions } from '../extensions/write.ts';
import {
  type CertificateMessage,
  type ClientHello,
  handshakeCodes,
  type HandshakeMessage,
  type NewSessionTicket,
  type ServerHello,
} from './message.ts';
import { withReferences } from './references.ts';

/** Encodes a handshake message with its header. */
export function writeMessage(message: HandshakeMessage, spans: boolean): AnnotatedBytes {
  const writer = new ByteWriter({ spans });
  const code = handshakeCodes[message.type];
  writer.u8(code, 'msg_type', message.type);
  writer.lengthPrefixed(3, message.type, () => writeBody(writer, message));
  const { bytes, spans: named } = writer.finish();
  return { bytes, spans: withReferences(named) };
}

function writeBody(writer: ByteWriter, message: HandshakeMessage): void {
  switch (message.type) {
    case 'ClientHello':
      return writeClientHello(writer, message);
    case 'ServerHello':
    case 'HelloRetryRequest':
      return writeServerHello(writer, message);
    case 'EncryptedExtensions':
      return writeExtensions(writer, message.extensions);
    case 'CertificateRequest':
      writer.lengthPrefixed(1, 'certificate_request_context', () => writer.bytes(message.context));
      return writeExtensions(writer, message.extensions);
    case 'Certificate':
      return writeCertificate(writer, message);
    case 'CertificateVerify':
      writer.u16(message.scheme, 'algorithm', describe.scheme(message.scheme));
      writer.lengthPrefixed(2, 'signature', () => writer.bytes(message.signature, 'value'));
      return;
    case 'Finished':
      writer.bytes(message.verifyData, 'verify_data');
      return;
    case 'EndOfEarlyData':
      return;
    case 'NewSessionTicket':
      return writeTicket(writer, message);
    case 'KeyUpdate':
      writer.u8(
        message.requestUpdate ? 1 : 0,
        'request_update',
        message.requestUpdate ? 'update_requested' : 'update_not_requested',
      );
  }
}

function writeClientHello(writer: ByteWriter, hello: ClientHello): void {
  writer.u16(hello.legacyVersion, 'legacy_version', describe.version(hello.legacyVersion));
  writer.bytes(hello.random, 'random');
  writer.lengthPrefixed(1, 'legacy_session_id', () => writer.bytes(hello.sessionId));
  writer.lengthPrefixed(2, 'cipher_suites', () => {
    for (const suite of hello.cipherSuites) writer.u16(suite, 'cipher_suite', describe.suite(suite));
  });
  writer.lengthPrefixed(1, 'legacy_compression_methods', () => writer.bytes(hello.compressionMethods));
  writeExtensions(writer, hello.extensions);
}

function writeServerHello(writer: ByteWriter, hello: ServerHello): void {
  writer.u16(hello.legacyVersion, 'legacy_version', describe.version(hello.legacyVersion));
  writer.bytes(hello.random, 'random', hello.type === 'HelloRetryRequest' ? 'HelloRetryRequest' : undefined);
  writer.lengthPrefixed(1, 'legacy_session_id_echo', () => writer.bytes(hello.sessionId));
  writer.u16(hello.cipherSuite, 'cipher_suite', describe.suite(hello.cipherSuite));
  writer.u8(hello.compressionMethod, 'legacy_compression_method');
  writeExtensions(writer, hello.extensions);
}

function writeCertificate(writer: ByteWriter, message: CertificateMessage): void {
  writer.lengthPrefixed(1, 'certificate_request_context', () => writer.bytes(message.context));
  writer.lengthPrefixed(3, 'certificate_list', () => {
    for (const { der, extensions } of message.entries)
      writer.scope('CertificateEntry', () => {
        writer.lengthPrefixed(3, 'cert_data', () => writer.bytes(der, 'value'));
        writeExtensions(writer, extensions);
      });
  });
}

function writeTicket(writer: ByteWriter, message: NewSessionTicket): void {
  writer.u32(message.lifetimeSeconds, 'ticket_lifetime', `${message.lifetimeSeconds} s`);
  writer.u32(message.ageAdd, 'ticket_age_add');
  writer.lengthPrefixed(1, 'ticket_nonce', () => writer.bytes(message.nonce));
  writer.lengthPrefixed(2, 'ticket', () => writer.bytes(message.ticket, 'value'));
  writeExtensions(writer, message.extensions);
}
