import type { ArtefactId } from './artefact.ts';
import type { TlsEntryData } from './tls-entry.ts';
import type { TrustEntryData } from './trust-entry.ts';

/** A pod as entries name it: `namespace/name`, for example `shop/order-7d9c5f68b4-x2k7q`. */
export type PodRef = string;

/** One line of evidence: a check that was made, whether it passed, and what it looked at. */
export interface Check {
  /** Stable key, for example `token.audience` or `path.signature`; the page and the lessons translate it. */
  readonly id: string;
  readonly ok: boolean;
  /** The values the check compared, in the field's own notation. */
  readonly detail?: string;
}

/** Something the user should know about what the world made of their input. */
export interface Notice {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** gRPC status of a refused call: numeric code, its name and the message the client sees. */
export interface GrpcStatus {
  readonly code: number;
  readonly name: string;
  readonly message: string;
}

export type MessageProtocol =
  'CreateCertificate' | 'StreamSecrets' | 'TokenRequest' | 'TokenReview' | 'TrustBundle' | 'TLS' | 'HTTP';

/** Who decided a request, from the network up. */
export type DecisionPoint = 'NetworkPolicy' | 'PeerIdentity' | 'AuthorizationPolicy' | 'Endpoint';

/** The data of every kind of entry. Times are milliseconds of virtual time since the world began. */
export interface EntryData extends TlsEntryData, TrustEntryData {
  'world.started': {
    readonly epochMs: number;
    readonly trustDomain: string;
    readonly seed: number;
    readonly cluster: string;
  };
  'root.created': { readonly artefact: ArtefactId; readonly notAfterMs: number; readonly subject: string };
  'node.added': { readonly node: string; readonly podCidr: string };
  'resource.applied': {
    readonly apiVersion: string;
    readonly resourceKind: string;
    readonly namespace: string | null;
    readonly name: string;
    readonly change: 'created' | 'configured' | 'unchanged' | 'deleted';
    /** `full`: acted upon; `partly`: some fields have no effect here (see notices); `kept`: listed only. */
    readonly understood: 'full' | 'partly' | 'kept';
    readonly notices: readonly Notice[];
  };
  'pod.scheduled': {
    readonly pod: PodRef;
    readonly uid: string;
    readonly node: string;
    readonly serviceAccount: string;
    readonly workload: string;
    readonly injected: boolean;
    /** Why the sidecar was or was not injected, by the webhook's rules. */
    readonly injection: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  'pod.addressed': { readonly pod: PodRef; readonly ip: string; readonly previousPod: PodRef | null };
  'pod.rejected': {
    readonly workload: string;
    readonly namespace: string;
    readonly reason: string;
    readonly message: string;
  };
  'pod.ready': { readonly pod: PodRef };
  'pod.unready': { readonly pod: PodRef; readonly reason: string };
  'pod.terminating': { readonly pod: PodRef };
  'pod.deleted': { readonly pod: PodRef; readonly ip: string };
  'token.projected': {
    readonly pod: PodRef;
    readonly artefact: ArtefactId;
    readonly audience: string;
    readonly expiresAtMs: number;
    readonly renewal: boolean;
  };
  'token.reviewed': {
    readonly authenticated: boolean;
    readonly pod: PodRef | null;
    readonly username: string | null;
    readonly error: string | null;
    readonly checks: readonly Check[];
  };
  'key.generated': { readonly pod: PodRef; readonly artefact: ArtefactId; readonly algorithm: string };
  'csr.created': { readonly pod: PodRef; readonly artefact: ArtefactId; readonly san: string };
  'message.sent': {
    readonly message: string;
    readonly from: string;
    readonly to: string;
    readonly protocol: MessageProtocol;
    readonly label: string;
    readonly artefact: ArtefactId;
    readonly size: number;
    readonly dueAtMs: number;
    /** What it belongs to: the connection or call, or the request where an app and its own Envoy speak of one. */
    readonly stream: string;
  };
  'message.delivered': { readonly message: string; readonly from: string; readonly to: string };
  'message.dropped': {
    readonly message: string;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
  };
  'certificate.issued': {
    readonly pod: PodRef | null;
    readonly artefact: ArtefactId;
    readonly spiffeId: string;
    readonly serialNumber: string;
    readonly notBeforeMs: number;
    readonly notAfterMs: number;
    /** The SAN the CSR asked for; istiod does not read it. */
    readonly requestedSan: string | null;
    readonly requestedTtlMs: number;
    readonly checks: readonly Check[];
  };
  'csr.refused': {
    readonly pod: PodRef | null;
    readonly status: GrpcStatus;
    /** What istiod's own log says, which the client never sees. */
    readonly log: string;
    readonly checks: readonly Check[];
  };
  'svid.received': {
    readonly pod: PodRef;
    readonly artefact: ArtefactId;
    readonly key: ArtefactId;
    readonly spiffeId: string;
    readonly notAfterMs: number;
    readonly generation: number;
  };
  'rotation.scheduled': {
    readonly pod: PodRef;
    readonly dueAtMs: number;
    /** Share of the lifetime that is left at that moment, after jitter. */
    readonly ratio: number;
    readonly jitter: number;
    readonly lifetimeMs: number;
  };
  'rotation.started': { readonly pod: PodRef; readonly generation: number };
  'renewal.failed': {
    readonly pod: PodRef;
    readonly attempt: number;
    readonly status: GrpcStatus;
    /** Null when the caller gives up this round and the stream ends. */
    readonly retryInMs: number | null;
  };
  'secret.pushed': {
    readonly pod: PodRef;
    readonly resource: 'default' | 'ROOTCA';
    readonly version: string;
    readonly artefact: ArtefactId;
    readonly certificate: ArtefactId | null;
  };
  'secret.accepted': {
    readonly pod: PodRef;
    readonly resource: 'default' | 'ROOTCA';
    readonly version: string;
    readonly certificate: ArtefactId | null;
    readonly spiffeId: string | null;
    readonly notBeforeMs: number | null;
    readonly notAfterMs: number | null;
  };
  'certificate.expired': {
    readonly pod: PodRef;
    readonly artefact: ArtefactId;
    readonly spiffeId: string;
    readonly notAfterMs: number;
  };
  'istiod.stopped': { readonly reason: string };
  'istiod.started': { readonly reason: string };
  'connection.opened': {
    readonly connection: string;
    readonly from: PodRef;
    readonly to: PodRef;
    readonly sourceIp: string;
    readonly destinationIp: string;
    readonly security: 'mtls' | 'plaintext';
    readonly peer: string | null;
    readonly clientCertificate: ArtefactId | null;
    readonly serverCertificate: ArtefactId | null;
    readonly held: boolean;
  };
  'connection.refused': {
    readonly connection: string;
    readonly from: PodRef;
    readonly to: PodRef;
    readonly sourceIp: string;
    readonly destinationIp: string;
    readonly by: DecisionPoint;
    readonly side: 'client' | 'server' | 'network';
    readonly reason: string;
    readonly message: string;
    readonly checks: readonly Check[];
  };
  'connection.closed': { readonly connection: string; readonly reason: string };
  'policy.decided': {
    readonly request: string;
    readonly pod: PodRef;
    readonly layer: 'NetworkPolicy' | 'AuthorizationPolicy';
    readonly verdict: 'allowed' | 'denied';
    /** `namespace/name` of the policy that decided; null where none selects the pod. */
    readonly policy: string | null;
    readonly evidence: readonly Check[];
  };
  'request.sent': {
    readonly request: string;
    readonly from: PodRef;
    readonly to: string;
    readonly method: string;
    readonly path: string;
  };
  'request.answered': {
    readonly request: string;
    readonly from: PodRef;
    /** The pod that was reached, or the name that led nowhere. */
    readonly to: string;
    readonly outcome: 'allowed' | 'refused' | 'failed';
    readonly status: number;
    /** Who decided, and why, in one line of the field's words. */
    readonly by: DecisionPoint | null;
    readonly reason: string;
    readonly peer: string | null;
    readonly connection: string | null;
  };
  'command.done': { readonly command: string; readonly by: 'lesson' | 'learner'; readonly text: string };
  'actor.unexpected': { readonly event: string; readonly state: string };
}

export type EntryKind = keyof EntryData;

/** One numbered fact of a run. `actor` is the systemId of the actor that appended it. */
export type Entry = {
  readonly [K in EntryKind]: {
    readonly seq: number;
    readonly atMs: number;
    readonly actor: string;
    readonly kind: K;
    readonly data: EntryData[K];
  };
}[EntryKind];

export type EntryOf<K extends EntryKind> = Extract<Entry, { kind: K }>;
