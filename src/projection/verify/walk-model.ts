import type { ChainErrorKind, SpiffePeerError, TlsVerdict } from '../../core/pki/index.ts';

/** One check as it was made. */
export interface WalkCheck {
  /** The how-manieth of its path, from 1: validation goes from the anchor down, a chain is read from the leaf up. */
  readonly number: number;
  readonly id: string;
  readonly ok: boolean;
  /** The values that were compared. */
  readonly detail: string | null;
  readonly clause: string | null;
}

/** `unreached`: the path was given up before anybody looked at it. */
export type WalkState = 'passed' | 'failed' | 'unreached';

export interface WalkCertificate {
  readonly role: 'leaf' | 'intermediate' | 'anchor';
  /** 0 is the leaf. */
  readonly depth: number;
  readonly name: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly key: string;
  readonly state: WalkState;
  readonly checks: readonly WalkCheck[];
}

/** Whom the last certificate of a path names as its issuer, where nobody at hand is that. */
export interface MissingIssuer {
  readonly name: string;
  readonly keyId: string | null;
  /** Whether certificates of that name are at hand, with other keys. */
  readonly hasNamesake: boolean;
}

export interface WalkPath {
  readonly ok: boolean;
  /** Checks of the path as a whole. */
  readonly checks: readonly WalkCheck[];
  /** Leaf first. */
  readonly certificates: readonly WalkCertificate[];
  readonly missing: MissingIssuer | null;
  /** The check that ended it; null where all held. */
  readonly failed: WalkCheck | null;
  readonly refusal: Refusal | null;
  /** Whether the verdict is its verdict. */
  readonly decides: boolean;
}

/** Why something was refused, ready to be put into a sentence. */
export interface Refusal {
  readonly kind: ChainErrorKind | SpiffePeerError['kind'];
  /** Further distinguishes sentences of a kind. */
  readonly variant: string | null;
  readonly values: Readonly<Record<string, string>>;
  /** In BoringSSL's words, which Envoy logs, with the alert its peer gets. */
  readonly tls: TlsVerdict;
}

/** `used`: a path ends in it; `namesake`: it has the name of an issuer but another key; `unrelated`: nobody names it. */
export type AnchorRelation = 'used' | 'namesake' | 'unrelated';

export interface WalkAnchor {
  readonly name: string;
  readonly notAfter: Date;
  readonly keyId: string | null;
  readonly relation: AnchorRelation;
  /** Numbers of the paths that end in it, from 1. */
  readonly paths: readonly number[];
}

/** A verification, for a view: every path, every check. */
export interface Walk {
  readonly ok: boolean;
  readonly profile: 'rfc5280' | 'spiffe';
  readonly at: Date;
  readonly leaf: string;
  /** Made before any path was looked for. */
  readonly before: readonly WalkCheck[];
  /** Issuers that were ruled out by their signature while paths were looked for. */
  readonly search: readonly WalkCheck[];
  /** In the order in which they were tried. */
  readonly paths: readonly WalkPath[];
  /** Made once a path was valid. */
  readonly after: readonly WalkCheck[];
  readonly anchors: readonly WalkAnchor[];
  readonly refusal: Refusal | null;
}
