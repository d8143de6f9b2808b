import type { CryptoProvider } from '../core/crypto/index.ts';
import type { ArtefactStore, PodRef, TraceLog } from '../trace/index.ts';
import type { Driver, Tape } from '../sim/index.ts';
import type { CommandResult, MeshCommand, MomentOf, PodSelector } from './command.ts';
import type { MeshSettings } from './settings.ts';
import type { CacertsFiles } from './trust/export.ts';

/** What can be read off a pod at the head of the run. */
export interface PodStatus {
  readonly pod: PodRef;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly workload: string;
  readonly node: string;
  readonly ip: string | null;
  readonly serviceAccount: string;
  readonly injected: boolean;
  readonly ready: boolean;
  readonly terminating: boolean;
  /** The identity in the certificate its Envoy serves; null while there is none. */
  readonly spiffeId: string | null;
  readonly certificateNotAfterMs: number | null;
  readonly renewalDueMs: number | null;
}

/** Key material and documents of one pod, for export. */
export interface PodMaterial {
  readonly pod: PodRef;
  readonly csrPem: string | null;
  readonly certChainPem: string | null;
  readonly keyPem: string | null;
  readonly rootCertPem: string | null;
  readonly token: string | null;
}

export interface MeshOptions {
  readonly provider: CryptoProvider;
  readonly seed: number;
  readonly settings?: Partial<MeshSettings>;
  /** Results to replay before going live. */
  readonly tape?: Tape;
  /** Record results so that the run can be continued from the past; off for long headless runs. */
  readonly record?: boolean;
  readonly keep?: 'all' | 'last';
  /**
   * How much of TLS becomes entries and artefacts: everything unless given; `none` leaves the outcome of handshakes and
   * alerts, for large runs that nobody looks into.
   */
  readonly tlsEvidence?: 'full' | 'none';
  /** How many trace entries to hold; all unless given. */
  readonly keepEntries?: number;
  /** Real time in milliseconds, for slicing long advances only: `() => performance.now()` in a worker. */
  readonly monotonic?: () => number;
}

/** A running mesh at the head of its trace. */
export interface Mesh {
  readonly settings: MeshSettings;
  readonly epochMs: number;
  readonly seed: number;
  readonly trace: TraceLog;
  readonly artefacts: ArtefactStore;
  readonly driver: Driver;
  readonly tape: Tape;
  /**
   * Operations done so far: where this moment lies on the tape. While a tape is replayed that is less than its length.
   */
  tapePosition(): number;
  /** Virtual milliseconds since the world began. */
  now(): number;
  /** Takes a command at once; what follows from it happens as the driver advances. Refused input changes nothing. */
  do(command: MeshCommand, by?: 'lesson' | 'learner'): CommandResult;
  pods(): readonly PodStatus[];
  resolvePod(selector: PodSelector): PodStatus | null;
  /** Virtual time of a moment in a pod's certificate life; null while it has no certificate. */
  moment(of: MomentOf): number | null;
  /** Requests that were sent and have no answer yet. */
  pendingRequests(): number;
  /** State of an actor's machine, for example `serving`; null where there is no such actor. */
  stateOf(systemId: string): string | null;
  material(pod: PodRef): PodMaterial | null;
  jwks(): string;
  rootPem(): string;
  /** The signing certificate; the root itself where istiod's CA is self-signed. */
  caPem(): string;
  /** The signing key as istiod keeps it in its secret. */
  caKeyPem(): Promise<string>;
  /** What the secret `cacerts` of each cluster holds, as files. */
  cacerts(): Promise<readonly CacertsFiles[]>;
  stop(): void;
}
