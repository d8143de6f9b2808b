import type { ArtefactId } from '../trace/artefact.ts';
import type { Check, DecisionPoint, GrpcStatus, MessageProtocol, PodRef } from '../trace/entry.ts';

/** What stands on the stage after a prefix of the trace. Times are milliseconds since the world began. */
export interface StageState {
  seq: number;
  atMs: number;
  epochMs: number;
  trustDomain: string;
  cluster: string;
  /** By systemId: `istiod` is that of the first cluster, and is there from the start. */
  readonly istiods: Map<string, IstiodModel>;
  apiServer: ApiServerModel;
  /** The private key of each certificate of a CA. */
  readonly caKeys: Map<ArtefactId, ArtefactId>;
  readonly stolenKeys: Set<ArtefactId>;
  readonly nodes: Map<string, NodeModel>;
  readonly pods: Map<PodRef, PodModel>;
  /** Workloads in the order in which they first appeared: keeps a new pod beside the one it replaces. */
  readonly workloads: Map<string, number>;
  readonly messages: Map<string, MessageModel>;
  readonly links: Map<string, LinkModel>;
  readonly policies: Map<string, PolicyModel>;
  readonly rejections: Map<string, RejectionModel>;
}

export interface NodeModel {
  readonly name: string;
  readonly podCidr: string;
  /** How far its clock is ahead of true time; negative where it is behind. */
  readonly clockOffsetMs: number;
}

type PodPhase = 'scheduled' | 'addressed' | 'ready' | 'unready' | 'terminating' | 'deleted';

/** A certificate as its holder knows it. */
export interface HeldCertificate {
  readonly artefact: ArtefactId;
  readonly spiffeId: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly heldSinceMs: number;
  readonly generation: number;
}

interface RotationModel {
  /** The certificate that is to be renewed then. */
  readonly certificate: ArtefactId | null;
  readonly dueAtMs: number;
  readonly ratio: number;
  readonly jitter: number;
  readonly lifetimeMs: number;
}

interface RenewalFailure {
  readonly attempt: number;
  readonly status: GrpcStatus;
  readonly retryAtMs: number | null;
}

/** What the agent in a pod is about, and what it holds; `certificate` is the newest chain it was given. */
interface AgentModel {
  readonly doing: 'waiting' | 'requesting' | 'serving' | 'retrying';
  readonly token: {
    readonly artefact: ArtefactId;
    readonly expiresAtMs: number;
    readonly audience: string;
  } | null;
  readonly key: ArtefactId | null;
  readonly csr: { readonly artefact: ArtefactId; readonly san: string } | null;
  readonly certificate: HeldCertificate | null;
  readonly failure: RenewalFailure | null;
}

/** What Envoy in a pod has accepted over SDS: its own secret, and the roots it trusts. */
interface EnvoyModel {
  readonly secret: HeldCertificate | null;
  /** The SDS response that brought the secret. */
  readonly delivery: ArtefactId | null;
  readonly trustsRoots: boolean;
}

/** What somebody with a shell in the pod has made beside the agent: it never becomes the pod's identity by itself. */
interface AppModel {
  readonly key: ArtefactId | null;
  readonly csr: { readonly artefact: ArtefactId; readonly san: string } | null;
}

export interface PolicyDecision {
  readonly policy: string | null;
  readonly layer: 'NetworkPolicy' | 'AuthorizationPolicy';
  readonly verdict: 'allowed' | 'denied';
  readonly seq: number;
}

export interface PodModel {
  readonly ref: PodRef;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly workload: string;
  readonly serviceAccount: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly injected: boolean;
  readonly injection: string;
  readonly phase: PodPhase;
  readonly unreadyReason: string | null;
  readonly ip: string | null;
  /** The pod that had this address before, while it explains something. */
  readonly previousPod: PodRef | null;
  readonly scheduledAtMs: number;
  readonly deletedAtMs: number | null;
  readonly app: AppModel;
  readonly agent: AgentModel;
  readonly envoy: EnvoyModel;
  readonly rotation: RotationModel | null;
  readonly lastIssued: { readonly artefact: ArtefactId; readonly notBeforeMs: number } | null;
  /** The last decision of each policy layer at this pod. */
  readonly decisions: Readonly<Partial<Record<PolicyDecision['layer'], PolicyDecision>>>;
  readonly lastSeq: number;
}

interface IstiodDecision {
  readonly outcome: 'issued' | 'refused';
  readonly pod: PodRef | null;
  readonly spiffeId: string | null;
  readonly artefact: ArtefactId | null;
  readonly requestedSan: string | null;
  readonly status: GrpcStatus | null;
  readonly checks: readonly Check[];
  readonly seq: number;
  readonly atMs: number;
}

export interface IstiodModel {
  /** Null before it has told what it signs with. */
  readonly cluster: string | null;
  /** The CA whose key it has, and whether that key is stolen. */
  readonly ca: {
    readonly authority: string;
    readonly certificate: ArtefactId;
    readonly stolen: boolean;
  } | null;
  readonly clockOffsetMs: number;
  readonly running: boolean;
  readonly sinceMs: number;
  readonly reason: string | null;
  readonly root: {
    readonly artefact: ArtefactId;
    readonly subject: string;
    readonly notAfterMs: number;
  } | null;
  readonly decision: IstiodDecision | null;
  readonly issued: number;
  readonly refused: number;
}

export interface ApiServerModel {
  readonly review: {
    readonly authenticated: boolean;
    readonly pod: PodRef | null;
    readonly username: string | null;
    readonly error: string | null;
    readonly checks: readonly Check[];
    readonly seq: number;
    readonly atMs: number;
  } | null;
  readonly reviews: number;
}

export interface MessageEnd {
  readonly how: 'delivered' | 'dropped';
  readonly atMs: number;
  readonly seq: number;
  readonly reason: string | null;
}

export interface MessageModel {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly protocol: MessageProtocol;
  readonly label: string;
  readonly artefact: ArtefactId;
  readonly size: number;
  readonly seq: number;
  readonly sentAtMs: number;
  readonly dueAtMs: number;
  /** How the journey ended, once it has. */
  readonly ended: MessageEnd | null;
}

export interface LinkRefusal {
  readonly by: DecisionPoint | null;
  readonly side: 'client' | 'server' | 'network';
  readonly reason: string;
  readonly message: string;
}

/** The connections of one pod to another, as one line: what is open, or how the last attempt ended. */
export interface LinkModel {
  readonly key: string;
  readonly from: PodRef;
  /** A pod; or the name a request led to where no pod was reached. */
  readonly to: string;
  readonly security: 'mtls' | 'plaintext' | null;
  readonly peer: string | null;
  /** Identifiers of the connections that are open now, those held open by their caller first. */
  readonly open: readonly string[];
  readonly held: boolean;
  readonly refusal: LinkRefusal | null;
  readonly connection: string | null;
  readonly request: {
    readonly id: string;
    readonly status: number | null;
    readonly answered: boolean;
  } | null;
  readonly allowed: number;
  readonly refused: number;
  readonly lastSeq: number;
  readonly lastAtMs: number;
}

export interface PolicyModel {
  /** `namespace/name`. */
  readonly name: string;
  readonly kind: 'AuthorizationPolicy' | 'NetworkPolicy' | 'PeerAuthentication';
  readonly seq: number;
  readonly understood: 'full' | 'partly' | 'kept';
}

export interface RejectionModel {
  readonly workload: string;
  readonly namespace: string;
  readonly reason: string;
  readonly message: string;
  readonly seq: number;
}

export type IdentityState = 'outside' | 'none' | 'not-yet-valid' | 'valid' | 'due' | 'expired';
