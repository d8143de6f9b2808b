/** Bounds on what a peer may ask of this side. */
export interface TlsLimits {
  /** Octets of one handshake message before the handshake is done. Default 100 KiB, BoringSSL's bound for certificates. */
  readonly handshakeMessage: number;
  /** Octets of one handshake message after it. Default 16,384. */
  readonly postHandshakeMessage: number;
  /** Certificates in one chain. Default 32. */
  readonly certificates: number;
  /** Early data a server that does not take it skips, in octets. Default 16,384 (BoringSSL's kMaxEarlyDataSkipped). */
  readonly skippedEarlyData: number;
  /** Key updates of the peer without data between them. Default 32, as BoringSSL. */
  readonly keyUpdates: number;
  /** Tickets of one connection that are taken; more are passed over. Default 32. */
  readonly tickets: number;
  /** Records without content in a row. Default 32, as BoringSSL. */
  readonly emptyRecords: number;
  /** Records after which keys are updated unasked; default 2^24 for AES-GCM (RFC 9846 section 5.5). */
  readonly recordsPerKey: number;
}

export const defaultLimits: TlsLimits = {
  handshakeMessage: 100 * 1024,
  postHandshakeMessage: 16_384,
  certificates: 32,
  skippedEarlyData: 16_384,
  keyUpdates: 32,
  tickets: 32,
  emptyRecords: 32,
  recordsPerKey: 2 ** 24,
};
