import type { Bytes } from '../bytes/index.ts';
import type { CryptoProvider } from '../crypto/index.ts';
import type { Certificate, KeyPair } from '../pki/index.ts';
import type { AlertDescription } from './alert.ts';
import type { Extension } from './extensions/extension.ts';
import type { ClientHelloInfo } from './messages/hello-info.ts';
import type { TlsLimits } from './limits.ts';
import type { CipherSuite, NamedGroup, SignatureSchemeName } from './names.ts';
import type { VerifyPeer } from './peer/verdict.ts';
import type { TlsTicket } from './session.ts';
import type { TicketProtector } from './tickets/ticket-protector.ts';

/** What one side presents. Nothing checks that chain and key belong together: a wrong pair fails at the peer. */
export interface TlsCredential {
  /** Leaf first; the root is normally left out. */
  readonly chain: readonly Certificate[];
  /** An RSA key signs RSA-PSS here and so must be extractable (WebCrypto binds a key to one scheme). */
  readonly keyPair: KeyPair;
}

/** Messages whose extensions {@link TlsConfig.arrangeExtensions} sees. */
export type ArrangedMessage =
  | 'ClientHello'
  | 'ServerHello'
  | 'HelloRetryRequest'
  | 'EncryptedExtensions'
  | 'CertificateRequest'
  | 'NewSessionTicket';

export interface TlsConfig {
  readonly provider: CryptoProvider;
  /** The time, in milliseconds since 1970: for the age and lifetime of tickets. */
  readonly nowMs: () => number;
  /** Best first. Default as BoringSSL with AES hardware: AES-128-GCM, AES-256-GCM, ChaCha20-Poly1305. */
  readonly cipherSuites?: readonly CipherSuite[];
  /** Best first. Default x25519, secp256r1, as Envoy. */
  readonly groups?: readonly NamedGroup[];
  /** What the peer may sign its CertificateVerify with. Default: all of {@link SignatureSchemeName}. */
  readonly signatureSchemes?: readonly SignatureSchemeName[];
  /** ALPN protocols, best first; none: the extension is not used. */
  readonly alpn?: readonly string[];
  readonly limits?: Partial<TlsLimits>;
  /** Make spans and transcript hashes for every message. Default true; off for bulk and speed. */
  readonly annotate?: boolean;
  /** Reads a peer's certificate, so that the caller can keep what it has read before. Default `parseCertificate`. */
  readonly parseCertificate?: (der: Bytes) => Certificate;
  /**
   * Last word on a message's extensions, which stand in BoringSSL's order: to speak as another implementation does.
   * pre_shared_key is added after it, as the last.
   */
  readonly arrangeExtensions?: (
    message: ArrangedMessage,
    extensions: readonly Extension[],
  ) => readonly Extension[];
}

export interface TlsClientConfig extends TlsConfig {
  readonly verifyPeer: VerifyPeer;
  /** Server Name Indication; none: the extension is not sent. */
  readonly serverName?: string;
  /** Presented where the server asks; null: answer with an empty Certificate. */
  readonly credential?: TlsCredential | null;
  /** Groups to send a key share for. Default: the first of `groups`; none makes the server ask (HelloRetryRequest). */
  readonly keyShares?: readonly NamedGroup[];
  /**
   * Offer TLS 1.2 beside 1.3 with its suites and extensions, as Envoy's ClientHello in a mesh does. Default false.
   * Simplified: a server that chooses 1.2 is refused with protocol_version.
   */
  readonly offerTls12?: boolean;
  /** Legacy session id and change_cipher_spec records (RFC 9846 appendix E.4). Default true. */
  readonly middleboxCompatibility?: boolean;
  /** Resume with this ticket. */
  readonly ticket?: TlsTicket | null;
  /** Sent as 0-RTT with the ClientHello where the ticket allows as much. It can be replayed and has no forward secrecy. */
  readonly earlyData?: Uint8Array | null;
}

export interface ServerTickets {
  readonly protector: TicketProtector;
  /** How many are sent after a handshake. Default 2, as BoringSSL. */
  readonly count?: number;
  /** ticket_nonce of each. Default: its index in one octet, as BoringSSL. */
  readonly nonce?: (index: number) => Bytes;
  /** Default 172,800 (two days), as BoringSSL; at most 604,800. */
  readonly lifetimeSeconds?: number;
  /**
   * Envoy's session-id context: a ticket is good only where this text is the same. Put into it what resumption would
   * skip: own identity and issuer, trusted roots, SAN matchers.
   */
  readonly context?: string;
}

export interface ServerEarlyData {
  /** max_early_data_size, octets. BoringSSL: 14,336. */
  readonly maxSize: number;
  /** Last word on replay: false rejects the early data, not the handshake (RFC 9846 section 8). */
  readonly accept?: (attempt: { readonly ticket: Bytes; readonly binder: Bytes }) => boolean;
}

export interface TlsServerConfig extends TlsConfig {
  /** A function chooses by the ClientHello; an alert's name refuses (an unknown SNI: `unrecognized_name`). */
  readonly credential: TlsCredential | ((hello: ClientHelloInfo) => TlsCredential | AlertDescription);
  readonly clientCertificate: 'require' | 'request' | 'none';
  /** Needed unless `clientCertificate` is `none`. */
  readonly verifyPeer?: VerifyPeer;
  /** Subject names (DER) of the roots, for certificate_authorities of the CertificateRequest. */
  readonly certificateAuthorities?: readonly Uint8Array[];
  /** No protocol in common: `refuse` with no_application_protocol (RFC 7301, the default) or go on without one. */
  readonly alpnMismatch?: 'refuse' | 'ignore';
  /** Acknowledge a server_name in EncryptedExtensions. Default true where the client sent one. */
  readonly acknowledgeServerName?: boolean;
  /** None: no tickets are sent or accepted. */
  readonly tickets?: ServerTickets | null;
  /** None: early data is rejected, as in Envoy. */
  readonly earlyData?: ServerEarlyData | null;
}
