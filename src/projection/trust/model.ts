import type { ArtefactId } from '../../trace/artefact.ts';
import type { EntryData, PodRef } from '../../trace/entry.ts';
import type { Custody, RevokedEntry } from '../../trace/trust-entry.ts';

/** Who trusts and signs what after a prefix of the trace. Times are milliseconds since the world began. */
export interface TrustState {
  seq: number;
  atMs: number;
  epochMs: number;
  readonly authorities: Map<string, AuthorityModel>;
  /** By name of the cluster. */
  readonly clusters: Map<string, SigningCluster>;
  /** The cluster of an istiod, by its systemId. */
  readonly clusterOf: Map<string, string>;
  /** Pods that have not been deleted. */
  readonly pods: Map<PodRef, TrustPod>;
  readonly stolen: Map<ArtefactId, StolenKey>;
  readonly forged: Map<ArtefactId, ForgedLeaf>;
  /** By authority and serial number. */
  readonly revocations: Map<string, Revocation>;
  /** The newest list of each authority. */
  readonly crls: Map<string, CrlModel>;
  /** The last measurements, oldest first. */
  blasts: readonly BlastMeasurement[];
}

/** One certificate of a CA; several issuers may have certified the same key. */
export type CaCertificate = Omit<EntryData['authority.certified'], 'authority' | 'custody'> & {
  readonly seq: number;
  readonly atMs: number;
};

export interface AuthorityModel {
  readonly name: string;
  readonly custody: Custody;
  /** In the order in which they were made. */
  readonly certificates: readonly CaCertificate[];
  /** The last time it was asked to sign and could not. */
  readonly refusal: { readonly rule: string; readonly message: string; readonly seq: number } | null;
}

/** What istiod of a cluster signs with. */
export interface SigningCluster {
  readonly name: string;
  readonly istiod: string;
  readonly authority: string;
  readonly certificate: ArtefactId;
  readonly roots: readonly ArtefactId[];
  readonly crls: readonly ArtefactId[];
  readonly selfSigned: boolean;
  readonly seq: number;
  readonly atMs: number;
  /** The last `cacerts` it would not take. */
  readonly refusal: { readonly rule: string; readonly log: string; readonly seq: number } | null;
}

export interface LeafModel {
  readonly artefact: ArtefactId;
  readonly spiffeId: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** The CA that signed it, and with which of its certificates; null where the run does not tell. */
  readonly authority: string | null;
  readonly signedWith: ArtefactId | null;
}

export interface TrustPod {
  readonly ref: PodRef;
  readonly workload: string;
  readonly injected: boolean;
  readonly ready: boolean;
  readonly cluster: string | null;
  /** What its Envoy judges peers by; null before it has been told. */
  readonly anchors: {
    readonly roots: readonly ArtefactId[];
    readonly crls: readonly ArtefactId[];
    readonly atMs: number;
  } | null;
  /** Certificates signed for it that its Envoy may still come to present, newest last. */
  readonly issued: readonly LeafModel[];
  /** What its Envoy presents. */
  readonly leaf: LeafModel | null;
}

export interface StolenKey {
  readonly of: 'workload' | 'authority';
  readonly holder: string;
  /** The CA it belongs to, or the one that signed the workload's certificate; null where the run does not tell. */
  readonly authority: string | null;
  readonly key: ArtefactId;
  readonly certificate: ArtefactId;
  readonly spiffeId: string | null;
  readonly notAfterMs: number;
  readonly seq: number;
  readonly atMs: number;
}

export interface ForgedLeaf {
  readonly authority: string;
  readonly artefact: ArtefactId;
  readonly spiffeId: string;
  readonly notAfterMs: number;
  readonly seq: number;
  readonly atMs: number;
}

export interface Revocation {
  readonly authority: string;
  readonly certificate: ArtefactId | null;
  readonly serialNumber: string;
  readonly reason: string;
  readonly seq: number;
  readonly atMs: number;
}

export interface CrlModel {
  readonly authority: string;
  readonly artefact: ArtefactId;
  readonly number: number;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
  readonly revoked: readonly RevokedEntry[];
  readonly seq: number;
}

export type BlastMeasurement = EntryData['blast-radius.measured'] & {
  readonly seq: number;
  readonly atMs: number;
};
