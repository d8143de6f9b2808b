import type { Bytes } from '../bytes/index.ts';
import type { Certificate } from '../pki/index.ts';
import type { CipherSuite, NamedGroup, SignatureSchemeName } from './names.ts';

/** What was agreed when a handshake is done. */
export interface TlsSession {
  readonly role: TlsRole;
  readonly cipherSuite: CipherSuite;
  readonly group: NamedGroup;
  /** How the peer signed; null where it presented no certificate in this handshake. */
  readonly peerSignatureScheme: SignatureSchemeName | null;
  readonly alpn: string | null;
  /** Server Name Indication as the client sent it. */
  readonly serverName: string | null;
  /** Leaf first; of a resumed session, the chain of the handshake its ticket came from. Empty where none was sent. */
  readonly peerChain: readonly Certificate[];
  /** What `verifyPeer` proved, for example a SPIFFE ID; null where nothing was. */
  readonly peerIdentity: string | null;
  readonly resumed: boolean;
  /** A client's connection without resumption is `not-offered`. */
  readonly earlyData: 'not-offered' | 'accepted' | 'rejected';
  readonly clientRandom: Bytes;
}

export type TlsRole = 'client' | 'server';

/**
 * What a client keeps of a NewSessionTicket (RFC 9846 section 4.6.1) to resume with. Single use is the caller's care:
 * reuse lets an observer link connections (appendix C.4).
 */
export interface TlsTicket {
  readonly ticket: Bytes;
  /** The resumption PSK: with it the ticket is as good as a key. */
  readonly psk: Bytes;
  readonly cipherSuite: CipherSuite;
  readonly lifetimeSeconds: number;
  readonly ageAdd: number;
  readonly receivedAtMs: number;
  /** When the server last proved who it is: a row of resumptions does not go on for ever. */
  readonly authenticatedAtMs: number;
  /** Octets of early data the server would take; 0 where it takes none. */
  readonly maxEarlyData: number;
  readonly alpn: string | null;
  readonly serverName: string | null;
  /** The peer as the full handshake knew it: resumption carries it over and does not look again. */
  readonly peerChain: readonly Certificate[];
  readonly peerIdentity: string | null;
}
