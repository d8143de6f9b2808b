import type { Bytes } from '../bytes/index.ts';
import type { TlsOutput } from './event.ts';
import type { TlsRole, TlsSession } from './session.ts';

/** What a connection waits for, or that it waits no more. */
export type TlsState =
  // client
  | 'Start'
  | 'ExpectServerHello'
  | 'ExpectSecondServerHello'
  | 'ExpectEncryptedExtensions'
  | 'ExpectCertificateOrCertificateRequest'
  | 'ExpectServerCertificate'
  | 'ExpectServerCertificateVerify'
  | 'ExpectServerFinished'
  // server
  | 'ExpectClientHello'
  | 'ExpectSecondClientHello'
  | 'ExpectEndOfEarlyData'
  | 'ExpectClientCertificate'
  | 'ExpectClientCertificateVerify'
  | 'ExpectClientFinished'
  // both
  | 'Connected'
  | 'Closed'
  | 'Failed';

/**
 * One end of a TLS 1.3 connection (RFC 9846), without input and output of its own: bytes of the transport go in by
 * `receive`, what is to be sent comes out in {@link TlsOutput.bytes}. Calls may overlap: they are served in order.
 * Whatever a peer sends, no promise rejects because of it: it ends in an `alert` event and the state `Failed`.
 */
export interface TlsConnection {
  readonly role: TlsRole;
  readonly state: TlsState;
  /** Set when the handshake is done. */
  readonly session: TlsSession | null;
  /** close_notify went out: nothing more may be written. */
  readonly writeClosed: boolean;
  /** close_notify came in: nothing more will be read. */
  readonly readClosed: boolean;

  /**
   * Client: writes the ClientHello, and early data where configured. Server: begins to wait; it is not needed there.
   *
   * @throws TlsStateError where it was called before
   */
  start(): Promise<TlsOutput>;

  /**
   * Takes the next bytes of the transport, cut in any way.
   *
   * @throws TlsStateError after `Closed` or `Failed`
   */
  receive(bytes: Uint8Array): Promise<TlsOutput>;

  /**
   * Protects application data, in as many records as it needs.
   *
   * @throws TlsStateError unless `Connected` and not closed for writing
   */
  write(data: Uint8Array): Promise<TlsOutput>;

  /**
   * Sends a KeyUpdate and writes with new keys from then on (RFC 9846 section 4.6.3).
   *
   * @param requestPeer whether the peer shall update its own too
   * @throws TlsStateError unless `Connected` and not closed for writing
   */
  updateKeys(requestPeer: boolean): Promise<TlsOutput>;

  /**
   * Sends close_notify; the peer may still send (RFC 9846 section 6.1). During the handshake it is preceded by
   * user_canceled. Nothing happens where it was sent before or the connection has failed.
   */
  close(): Promise<TlsOutput>;

  /** The transport has ended: without close_notify this is a truncation. Nothing happens after an end. */
  transportClosed(): Promise<TlsOutput>;

  /**
   * Keying material for the application (RFC 9846 section 7.5).
   *
   * @param length octets, at most 255 hashes
   * @throws TlsStateError before the handshake is done
   */
  exportKeyingMaterial(label: string, context: Uint8Array, length: number): Promise<Bytes>;
}

/** A call that the state of a connection does not allow: a mistake of the caller, never of the peer. */
export class TlsStateError extends Error {
  override readonly name = 'TlsStateError';
  readonly state: TlsState;

  constructor(call: string, state: TlsState, hint: string) {
    super(`${call}: not possible in state ${state} (${hint})`);
    this.state = state;
  }
}
