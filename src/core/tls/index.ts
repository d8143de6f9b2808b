export { type AlertDescription, alertCodes, alertDescription } from './alert.ts';
export { createTlsClient } from './client/client.ts';
export type {
  ArrangedMessage,
  ServerEarlyData,
  ServerTickets,
  TlsClientConfig,
  TlsConfig,
  TlsCredential,
  TlsServerConfig,
} from './config.ts';
export { type TlsConnection, type TlsState, TlsStateError } from './connection.ts';
export type {
  AlertEvent,
  ContentTypeName,
  Direction,
  EpochName,
  HandshakeTypeName,
  MessageEvent,
  RecordEvent,
  SecretEvent,
  SecretName,
  TlsEvent,
  TlsFault,
  TlsOutput,
  TrafficKeyEvent,
  VerificationEvent,
} from './event.ts';
export type { Extension } from './extensions/extension.ts';
export { keyLogLine } from './key-schedule/key-log.ts';
export { defaultLimits, type TlsLimits } from './limits.ts';
export type { ClientHelloInfo } from './messages/hello-info.ts';
export { peekClientHello, type PeekedHello } from './messages/peek-client-hello.ts';
export {
  type CipherSuite,
  cipherSuites,
  type NamedGroup,
  namedGroups,
  type SignatureSchemeName,
  signatureSchemes,
} from './names.ts';
export type { NameMismatch, PeerVerdict, PresentedPeer, VerifyPeer } from './peer/verdict.ts';
export { createTlsServer } from './server/server.ts';
export {
  dnsPeerVerifier,
  type DnsPeerRules,
  spiffePeerVerifier,
  type SpiffePeerRules,
} from './peer/verify-peer.ts';
export type { TlsRole, TlsSession, TlsTicket } from './session.ts';
export type { TicketProtector } from './tickets/ticket-protector.ts';
export { createTicketProtector } from './tickets/aead-ticket-protector.ts';
