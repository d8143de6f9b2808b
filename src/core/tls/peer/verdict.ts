import type { Certificate, ChainError, Check, SpiffePeerError } from '../../pki/index.ts';
import type { AlertDescription } from '../alert.ts';

/** What a peer presents and for what it is to be trusted. */
export interface PresentedPeer {
  /** Leaf first, as sent; never empty. */
  readonly chain: readonly Certificate[];
  readonly purpose: 'serverAuth' | 'clientAuth';
  /** The name the client asked for (SNI). */
  readonly serverName: string | null;
}

/** The decision about a peer, with the checks that led to it. */
export type PeerVerdict =
  | {
      readonly ok: true;
      /** What was proven, for example a SPIFFE ID; null where the chain names nobody. */
      readonly identity: string | null;
      /** Leaf first, root last. */
      readonly path: readonly Certificate[];
      readonly checks: readonly Check[];
    }
  | {
      readonly ok: false;
      readonly path: readonly Certificate[];
      readonly checks: readonly Check[];
      readonly alert: AlertDescription;
      /** In the words of BoringSSL or Envoy, which an operator's log shows. */
      readonly text: string;
      /** X509_V_ERR_…; null where no rule of path validation was broken. */
      readonly code: number | null;
      readonly error: ChainError | SpiffePeerError | NameMismatch | null;
    };

/** A chain that is valid, of somebody else. */
export interface NameMismatch {
  readonly kind: 'name-mismatch';
  readonly expected: readonly string[];
  readonly found: readonly string[];
}

export type VerifyPeer = (peer: PresentedPeer) => Promise<PeerVerdict>;
