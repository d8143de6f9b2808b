import type { Bytes } from '../../bytes/index.ts';
import type { HandshakeTypeName } from '../event.ts';
import type { Extension } from '../extensions/extension.ts';

export interface ClientHello {
  readonly type: 'ClientHello';
  readonly legacyVersion: number;
  readonly random: Bytes;
  readonly sessionId: Bytes;
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: Bytes;
  readonly extensions: readonly Extension[];
}

/** ServerHello, or HelloRetryRequest, which is one with a fixed random. */
export interface ServerHello {
  readonly type: 'ServerHello' | 'HelloRetryRequest';
  readonly legacyVersion: number;
  readonly random: Bytes;
  readonly sessionId: Bytes;
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  readonly extensions: readonly Extension[];
}

export interface EncryptedExtensions {
  readonly type: 'EncryptedExtensions';
  readonly extensions: readonly Extension[];
}

export interface CertificateRequest {
  readonly type: 'CertificateRequest';
  readonly context: Bytes;
  readonly extensions: readonly Extension[];
}

export interface CertificateEntry {
  readonly der: Bytes;
  readonly extensions: readonly Extension[];
}

export interface CertificateMessage {
  readonly type: 'Certificate';
  readonly context: Bytes;
  readonly entries: readonly CertificateEntry[];
}

export interface CertificateVerify {
  readonly type: 'CertificateVerify';
  readonly scheme: number;
  readonly signature: Bytes;
}

export interface Finished {
  readonly type: 'Finished';
  readonly verifyData: Bytes;
}

export interface EndOfEarlyData {
  readonly type: 'EndOfEarlyData';
}

export interface NewSessionTicket {
  readonly type: 'NewSessionTicket';
  readonly lifetimeSeconds: number;
  readonly ageAdd: number;
  readonly nonce: Bytes;
  readonly ticket: Bytes;
  readonly extensions: readonly Extension[];
}

export interface KeyUpdate {
  readonly type: 'KeyUpdate';
  readonly requestUpdate: boolean;
}

/** A handshake message (RFC 9846 section 4). */
export type HandshakeMessage =
  | ClientHello
  | ServerHello
  | EncryptedExtensions
  | CertificateRequest
  | CertificateMessage
  | CertificateVerify
  | Finished
  | EndOfEarlyData
  | NewSessionTicket
  | KeyUpdate;

export const handshakeCodes: Readonly<Record<HandshakeTypeName, number>> = {
  ClientHello: 1,
  ServerHello: 2,
  HelloRetryRequest: 2,
  NewSessionTicket: 4,
  EndOfEarlyData: 5,
  EncryptedExtensions: 8,
  Certificate: 11,
  CertificateRequest: 13,
  CertificateVerify: 15,
  Finished: 20,
  KeyUpdate: 24,
};

const NAMES: ReadonlyMap<number, HandshakeTypeName> = new Map(
  Object.entries(handshakeCodes)
    .filter(([name]) => name !== 'HelloRetryRequest')
    .map(([name, code]) => [code, name as HandshakeTypeName]),
);

/** The name of a handshake type; null where TLS 1.3 knows none. A HelloRetryRequest is a ServerHello here. */
export function handshakeTypeOf(code: number): HandshakeTypeName | null {
  return NAMES.get(code) ?? null;
}
