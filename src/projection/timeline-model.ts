import type { ArtefactId } from '../trace/artefact.ts';
import type { PodRef } from '../trace/entry.ts';

/** A certificate's life at one pod, as a bar. Times are milliseconds since the world began. */
export interface CertificateBar {
  readonly artefact: ArtefactId;
  readonly spiffeId: string;
  readonly generation: number;
  /** Entry that a click on the bar leads to: where Envoy accepted it, or else where the agent received it. */
  seq: number;
  readonly receivedAtMs: number;
  acceptedAtMs: number | null;
  notBeforeMs: number;
  readonly notAfterMs: number;
  /** When renewal is due; null while none is planned. */
  dueAtMs: number | null;
  /** When Envoy took the next generation in its place. */
  replacedAtMs: number | null;
}

interface TokenBar {
  readonly artefact: ArtefactId;
  readonly seq: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

export type MarkKind =
  | 'born'
  | 'ready'
  | 'unready'
  | 'deleted'
  | 'issued'
  | 'refused-csr'
  | 'accepted'
  | 'rotation'
  | 'failed'
  | 'expired'
  | 'mtls'
  | 'plaintext'
  | 'refused'
  | 'stopped'
  | 'certified'
  | 'stolen'
  | 'revoked'
  | 'crl'
  | 'loaded'
  | 'started';

export interface Mark {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: MarkKind;
}

/** One pod's stretch of a row. */
export interface PodLife {
  readonly ref: PodRef;
  readonly workload: string;
  readonly serviceAccount: string;
  readonly injected: boolean;
  readonly seq: number;
  readonly fromMs: number;
  untilMs: number | null;
  readonly certificates: CertificateBar[];
  readonly tokens: TokenBar[];
  readonly marks: Mark[];
}

/** A line of a lane; pods that never lived at the same time share one. */
interface LaneRow {
  readonly pods: PodLife[];
}

export interface WorkloadLane {
  readonly workload: string;
  readonly namespace: string;
  readonly rows: LaneRow[];
}

interface Outage {
  readonly fromMs: number;
  untilMs: number | null;
  readonly seq: number;
}

interface IstiodLane {
  fromMs: number | null;
  readonly outages: Outage[];
  readonly marks: Mark[];
}

/** The life of a certificate of a CA. */
interface CaBar {
  readonly artefact: ArtefactId;
  readonly seq: number;
  readonly serialNumber: string;
  readonly key: ArtefactId;
  readonly fromMs: number;
  readonly untilMs: number;
  revokedAtMs: number | null;
  /** From when on somebody else has its key. */
  stolenAtMs: number | null;
}

export interface AuthorityLane {
  readonly name: string;
  readonly certificates: CaBar[];
  readonly marks: Mark[];
}

/** Lanes of everything a trace holds so far. */
export interface TimelineModel {
  epochMs: number;
  /** Number of entries it was made from. */
  count: number;
  lastAtMs: number;
  readonly istiod: IstiodLane;
  readonly authorities: AuthorityLane[];
  /** Whether there is more to tell of CAs than that istiod has made one for itself. */
  trustStory: boolean;
  readonly lanes: WorkloadLane[];
  /** Ends of certificates still in use, for choosing how much future to show. */
  latestNotAfterMs: number;
}
