import type { ArtefactId } from './artefact.ts';
import type { PodRef } from './entry.ts';

/** Where the private key of a CA is: in a safe, at hand for signing, or in the `cacerts` secret of a cluster. */
export type Custody = 'offline' | 'online' | 'istiod';

/** A certificate of a CRL as entries name it. */
export interface RevokedEntry {
  readonly serialNumber: string;
  /** The certificate, where it is one of this world. */
  readonly certificate: ArtefactId | null;
  readonly revokedAtMs: number;
  readonly reason: string;
}

/** Envoys that trust the same anchors and lists and ask for the same names, and what each forged certificate meets. */
export interface BlastVerifier {
  readonly cluster: string;
  readonly pods: readonly PodRef[];
  /** Their bundle. */
  readonly roots: readonly ArtefactId[];
  /** Lists they ask; empty where they have none. */
  readonly crls: readonly ArtefactId[];
  /** Prefixes of SPIFFE IDs, of which a peer must have one. */
  readonly accepts: readonly string[];
  /** Where their node's clock stands against true time. */
  readonly clockAheadMs: number;
  /** By identity, in the order of `identities`: null where the certificate is accepted, else the code of the refusal. */
  readonly refusals: readonly (string | null)[];
}

/** Entries about CAs, what is trusted, and stolen keys. Times are milliseconds of virtual time. */
export interface TrustEntryData {
  /** A CA got a certificate. */
  'authority.certified': {
    /** Name of the CA in this world, for example `dev`. */
    readonly authority: string;
    readonly artefact: ArtefactId;
    /** Its private key. */
    readonly key: ArtefactId;
    /** The CA that signed it; null where it signed itself. */
    readonly issuer: string | null;
    readonly issuerCertificate: ArtefactId | null;
    readonly reason: 'created' | 'renewed' | 'rekeyed' | 'cross-signed';
    readonly subject: string;
    readonly serialNumber: string;
    readonly notBeforeMs: number;
    readonly notAfterMs: number;
    readonly pathLength: number | null;
    /** Name constraints as their notation: `URI:prod.hanok`, `DNS:.hanok.example`. */
    readonly permitted: readonly string[];
    readonly excluded: readonly string[];
    readonly extendedKeyUsage: readonly string[];
    readonly custody: Custody;
    /** Made by an attacker with a stolen key. */
    readonly byAttacker: boolean;
  };
  'authority.custody': { readonly authority: string; readonly custody: Custody; readonly reason: string };
  /** A CA was asked to sign and cannot. */
  'authority.refused': { readonly authority: string; readonly rule: string; readonly message: string };
  /** istiod of a cluster signs with this CA from now on and adds these roots to every answer. */
  'cacerts.loaded': {
    readonly cluster: string;
    readonly authority: string;
    readonly certificate: ArtefactId;
    /** Intermediates that follow the signing certificate in what workloads are sent. */
    readonly chain: readonly ArtefactId[];
    readonly roots: readonly ArtefactId[];
    readonly crls: readonly ArtefactId[];
    readonly change: 'initial' | 'intermediate' | 'roots' | 'both' | 'crl' | 'none';
    readonly selfSigned: boolean;
    /** Line of istiod's log. */
    readonly log: string;
  };
  'cacerts.refused': { readonly cluster: string; readonly rule: string; readonly log: string };
  /** istiod hands out what agents (`istio-ca-root-cert`, `istio-ca-crl`), Envoys (`PCDS`) or others (`ClusterTrustBundle`) are to trust. */
  'trust.distributed': {
    readonly cluster: string;
    readonly channel: 'istio-ca-root-cert' | 'istio-ca-crl' | 'PCDS' | 'ClusterTrustBundle';
    readonly roots: readonly ArtefactId[];
    readonly crls: readonly ArtefactId[];
  };
  /** The Envoy of a pod judges peers by these anchors and lists from now on. */
  'anchors.adopted': {
    readonly pod: PodRef;
    readonly cluster: string;
    readonly roots: readonly ArtefactId[];
    readonly crls: readonly ArtefactId[];
  };
  'certificate.revoked': {
    /** The CA that lists it. */
    readonly authority: string;
    readonly certificate: ArtefactId | null;
    readonly serialNumber: string;
    readonly reason: string;
  };
  'crl.published': {
    readonly authority: string;
    readonly artefact: ArtefactId;
    readonly number: number;
    readonly thisUpdateMs: number;
    readonly nextUpdateMs: number;
    readonly revoked: readonly RevokedEntry[];
  };
  'key.stolen': {
    readonly of: 'workload' | 'authority';
    /** Pod or CA whose key it is. */
    readonly holder: string;
    readonly key: ArtefactId;
    /** The certificate of the key at that moment. */
    readonly certificate: ArtefactId;
    readonly spiffeId: string | null;
    readonly notAfterMs: number;
  };
  /** A certificate that an attacker signed with a stolen key. */
  'certificate.forged': {
    readonly authority: string;
    readonly artefact: ArtefactId;
    readonly key: ArtefactId;
    readonly spiffeId: string;
    readonly pod: PodRef | null;
    readonly notAfterMs: number;
  };
  'blast-radius.measured': {
    /** Whose key was tried: a pod or a CA. */
    readonly holder: string;
    readonly of: 'workload' | 'authority';
    readonly identities: readonly {
      readonly spiffeId: string;
      readonly certificate: ArtefactId;
      /** What would be sent with it, PEM. */
      readonly chain: ArtefactId;
      /** The same with each other certificate that there is of the stolen key; one that is accepted is enough. */
      readonly otherChains: readonly ArtefactId[];
    }[];
    readonly verifiers: readonly BlastVerifier[];
    readonly pairs: number;
    readonly acceptedPairs: number;
    /** Identities that somebody accepts. */
    readonly forgeable: number;
    /** Envoys that accept at least one. */
    readonly reached: number;
    readonly pods: number;
    /** When the last of the accepted would end by itself; null where none is accepted. */
    readonly untilMs: number | null;
  };
  /** The clock of a node, or of the istiod of a cluster, is wrong from now on. */
  'clock.skewed': { readonly of: 'node' | 'istiod'; readonly name: string; readonly offsetMs: number };
}
