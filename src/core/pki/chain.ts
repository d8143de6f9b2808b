import type { Certificate } from './certificate.ts';
import type { KeyUsage } from './known-extensions.ts';
import type { PolicySettings } from './policy-processing.ts';
import type { ReferenceName } from './reference-name.ts';
import type { RevocationSettings } from './revocation.ts';

/** One check that was made, in the shape of the trace's evidence. */
export interface Check {
  /** Stable key, for example `path.signature`. */
  readonly id: string;
  readonly ok: boolean;
  /** The values the check compared. */
  readonly detail?: string;
  /** Which certificate of the path it is about, 0 for the leaf. */
  readonly depth?: number;
}

export type ChainPurpose = 'serverAuth' | 'clientAuth' | 'any';

export interface ChainToVerify {
  /** Leaf first; the others in any order, with more or fewer than needed. */
  readonly chain: readonly Certificate[];
  /** Trust anchors. Any certificate may be one, an intermediate too (Envoy sets OpenSSL's partial chain). */
  readonly roots: readonly Certificate[];
  readonly at: Date;
  /** What the leaf is to be used for: its EKU, and those of CAs that have one, must name it. */
  readonly purpose: ChainPurpose;
  /** Usages the leaf's key must have where it has a keyUsage; TLS 1.3 needs digitalSignature (RFC 8446 4.4.2.2). */
  readonly leafKeyUsage?: readonly KeyUsage[];
  /** How many intermediates a path may have, self-issued ones not counted; no limit unless given. */
  readonly maxPathLength?: number;
  /**
   * `certificates` (the default) holds trust anchors to their own validity, constraints and extensions, as
   * OpenSSL, BoringSSL and Go do and RFC 5280 6.2 allows; `name-and-key` takes nothing else from them (6.1.1 d).
   */
  readonly anchors?: 'certificates' | 'name-and-key';
  /**
   * Also hold certificates to what RFC 5280 section 4 demands of those who issue (key identifiers, criticality,
   * serial numbers, syntax of names), as `openssl verify -x509_strict` does. Default true; Envoy does not.
   */
  readonly strict?: boolean;
  /** Inputs of certificate policies (RFC 5280 6.1.1); any policy, and none required, unless given. */
  readonly policies?: PolicySettings;
  /** How revocation is asked for; not at all unless given. */
  readonly revocation?: RevocationSettings;
  /** The name the leaf has to have, looked for once a path is valid. */
  readonly name?: ReferenceName;
}

/** Where in the path: 0 is the leaf, as OpenSSL counts; `certificate` names it for people. */
interface At {
  readonly depth: number;
  readonly certificate: string;
}

/** Why a chain is not accepted. */
export type ChainError =
  | { readonly kind: 'empty-chain' }
  | ({
      readonly kind: 'unknown-issuer';
      readonly issuer: string;
      /** Key identifier the certificate asks for, where it does. */
      readonly authorityKeyId: string | null;
      /** Key identifiers of trusted certificates that bear the issuer's name but another key. */
      readonly sameNameKeyIds: readonly (string | null)[];
    } & At)
  | ({ readonly kind: 'self-signed-untrusted' } & At)
  | ({ readonly kind: 'bad-signature'; readonly issuer: string; readonly algorithm: string } & At)
  | ({ readonly kind: 'signature-algorithm-mismatch'; readonly inner: string; readonly outer: string } & At)
  | ({
      readonly kind: 'signature-algorithm-refused';
      readonly algorithm: string;
      readonly reason: 'weak' | 'unknown' | 'malformed' | 'wrong-key';
    } & At)
  | ({
      readonly kind: 'key-refused';
      readonly reason: 'weak' | 'unknown' | 'unusable';
      readonly key: string;
    } & At)
  | ({ readonly kind: 'certificate-expired'; readonly notAfter: Date; readonly at: Date } & At)
  | ({ readonly kind: 'certificate-not-yet-valid'; readonly notBefore: Date; readonly at: Date } & At)
  | ({ readonly kind: 'malformed-certificate'; readonly rule: ProfileRule; readonly found: string } & At)
  | ({ readonly kind: 'not-a-ca'; readonly reason: 'no-basic-constraints' | 'ca-false' | 'version' } & At)
  | ({ readonly kind: 'path-too-long'; readonly limit: number; readonly below: number } & At)
  | ({ readonly kind: 'key-usage-missing'; readonly needed: string; readonly found: readonly string[] } & At)
  | ({ readonly kind: 'wrong-purpose'; readonly needed: string; readonly found: readonly string[] } & At)
  | ({
      readonly kind: 'name-not-permitted' | 'name-excluded';
      readonly name: string;
      /** The subtrees that were compared. */
      readonly constraints: readonly string[];
      /** The CA that is constrained. */
      readonly by: string;
    } & At)
  | ({
      readonly kind: 'name-constraint-unusable';
      readonly name: string;
      readonly reason: string;
      readonly by: string;
    } & At)
  | ({ readonly kind: 'unknown-critical-extension'; readonly oid: string; readonly name: string } & At)
  | ({
      readonly kind: 'policy-required';
      /** The policies of which one has to be valid; anyPolicy where any will do. */
      readonly accepted: readonly string[];
      /** Those that are valid for the path down to here. */
      readonly found: readonly string[];
    } & At)
  | ({ readonly kind: 'policy-mapping-invalid' } & At)
  | ({
      readonly kind: 'revoked';
      readonly serialNumber: string;
      readonly revokedAt: Date;
      readonly reason: string | null;
      /** The list or response that says so. */
      readonly by: string;
    } & At)
  | ({
      readonly kind: 'revocation-unknown';
      readonly serialNumber: string;
      readonly reasons: readonly string[];
      /** Where the list is there, and its time is over or has not come. */
      readonly outOfDate?: 'expired' | 'not-yet-valid';
    } & At)
  | ({
      readonly kind: 'name-mismatch';
      readonly type: ReferenceName['type'];
      readonly expected: string;
      readonly found: readonly string[];
    } & At)
  | { readonly kind: 'search-limit'; readonly limit: string };

/** Rules of RFC 5280 section 4 that a certificate in a path has to keep. */
export type ProfileRule =
  | 'version'
  | 'duplicate-extension'
  | 'serial-number'
  | 'issuer-empty'
  | 'subject-empty'
  | 'validity'
  | 'extension-criticality'
  | 'ca-extensions'
  | 'key-identifier'
  | 'name';

export type ChainErrorKind = ChainError['kind'];

/** The checks of a path, in the order in which each certificate goes through them. */
export type PathCheckId =
  | 'path.found'
  | 'path.profile'
  | 'path.signature'
  | 'path.validity'
  | 'path.revocation'
  | 'anchor.validity'
  | 'path.issuer'
  | 'path.nameConstraints'
  | 'path.policies'
  | 'path.policyMappings'
  | 'path.basicConstraints'
  | 'path.pathLength'
  | 'path.keyUsage'
  | 'path.purpose'
  | 'path.criticalExtensions'
  | 'leaf.keyUsage'
  | 'leaf.purpose'
  | 'leaf.policies'
  | 'leaf.name';

/** One path that was tried. */
export interface TriedPath {
  /** Leaf first, trust anchor last. */
  readonly path: readonly Certificate[];
  readonly checks: readonly Check[];
  readonly error: ChainError | null;
}

/** The outcome of {@link verifyChain}. */
export interface ChainResult {
  readonly ok: boolean;
  /** Leaf first, trust anchor last; the path that failed where none is valid; empty where none was found. */
  readonly path: readonly Certificate[];
  /** Every check made, in order; those of paths that were tried and given up included. Ids: {@link PathCheckId}. */
  readonly checks: readonly Check[];
  /** The same by path, in the order in which they were tried; the last one is valid where any is. */
  readonly tried: readonly TriedPath[];
  readonly error: ChainError | null;
}

const MAX_LABEL = 200;

/** How checks and errors name a certificate: its SPIFFE ID or other name, its subject, or its serial number. */
export function labelOf(certificate: Certificate): string {
  const subject = certificate.subject.toString();
  const name = subject !== '' ? subject : certificate.subjectAltNames[0]?.value;
  const label = certificate.uris[0] ?? name ?? `serial ${certificate.serialNumber}`;
  return label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL)}…` : label;
}
