import type { CryptoProvider } from '../core/crypto/index.ts';
import type { GrpcStatus } from '../core/grpc/index.ts';
import type { ServiceAccountIssuer } from '../core/jwt/index.ts';
import type {
  ArtefactId,
  ArtefactKind,
  ArtefactStore,
  MessageProtocol,
  PodRef,
  TraceLog,
} from '../trace/index.ts';
import type { Gate, Message, RandomStream, VirtualClock, Wire } from '../sim/index.ts';
import type { CaConnections } from './ca/connections.ts';
import type { CertificateCache } from './certificate-cache.ts';
import type { Cluster } from './cluster.ts';
import type { Connections } from './connections/connection.ts';
import type { Runtimes } from './runtime.ts';
import type { TamperRule } from './tls/tampering.ts';
import type { MeshSettings } from './settings.ts';
import type { Authority, AuthorityCertificate } from './trust/authority.ts';
import type { ControlPlane } from './trust/control-plane.ts';
import type { StolenSecret } from './trust/stolen-secrets.ts';

/** Addresses below IP that a pod's packets show and ask for. */
export interface Packet {
  readonly sourceIp: string;
  readonly sourcePort: number;
  readonly destinationIp: string;
  readonly port: number;
}

/**
 * What travels beside the bytes of a message. Calls that do not run over TLS here have in it what HTTP/2 would carry in
 * header and trailer frames. Simplified: HTTP/2 framing of SDS and of calls to the API server is left out.
 */
export interface MessageMeta {
  readonly artefact: ArtefactId;
  readonly headers?: Readonly<Record<string, string>>;
  /** Trailers of a gRPC answer. */
  readonly status?: GrpcStatus;
  /** Id of the call or stream the message belongs to. */
  readonly stream: string;
  /** On the way from who opened a connection; answers have none. */
  readonly packet?: Packet;
  /** The TLS records that carry it, where `artefact` is what is inside. */
  readonly flight?: ArtefactId;
}

/** A message as an actor receives it. */
export type Incoming = Message<MessageMeta, MessageProtocol>;

/** Everything the actors of one run share: time, chance, crypto, the wire and the record of what happened. */
export interface World {
  readonly provider: CryptoProvider;
  readonly settings: MeshSettings;
  readonly epochMs: number;
  readonly clock: VirtualClock;
  readonly gate: Gate;
  readonly wire: Wire<MessageMeta, MessageProtocol>;
  /** The seeded stream of an actor: one name, one sequence, whatever others draw. */
  chance(name: string): RandomStream;
  readonly trace: TraceLog;
  readonly artefacts: ArtefactStore;
  readonly cluster: Cluster;
  readonly runtimes: Runtimes;
  readonly connections: Connections;
  /** What somebody on the network will do to flights, each once. */
  readonly tampering: TamperRule[];
  /** Services whose traffic somebody leads to another pod: `namespace/name` → pod. */
  readonly hijacks: Map<string, PodRef>;
  /** Connections to istiod's port 15012. */
  readonly ca15012: CaConnections;
  /** One for each cluster, the first cluster's first. */
  readonly controlPlanes: ControlPlane[];
  readonly authorities: Map<string, Authority>;
  /** Keys of CAs that somebody has copied; null: of a CA that the thief made. */
  readonly stolenAuthorities: Map<string, AuthorityCertificate | null>;
  /** Keys of workloads that somebody has copied, with their certificates: by pod, which may be gone. */
  readonly stolenSecrets: Map<PodRef, StolenSecret>;
  /** How far the clock of a node is ahead of true time; none: it is right. */
  readonly clockOffsets: Map<string, number>;
  readonly certificates: CertificateCache;
  /** Artefacts of certificates that were made or seen, by the key of `certificateKey`. */
  readonly knownCertificates: Map<string, ArtefactId>;
  /** Whether results are kept, so that a run can be continued from its past. */
  readonly recording: boolean;
  /** How much of TLS becomes entries: `none` leaves the outcome of handshakes and alerts. */
  readonly tlsEvidence: 'full' | 'none';
  readonly issuer: ServiceAccountIssuer;
  /** The published keys that verify every token. */
  readonly jwksArtefact: ArtefactId;
  /** Called for a message that arrived where nobody listens. */
  onNoReceiver: (incoming: Incoming) => void;
}

/** The instant of virtual time as a date, for certificates and tokens. */
export function worldDate(world: World): Date {
  return new Date(world.epochMs + world.clock.now());
}

/** How far the clock of a node is ahead of true time; milliseconds. */
export function clockOffset({ clockOffsets }: World, node: string): number {
  return clockOffsets.size === 0 ? 0 : (clockOffsets.get(node) ?? 0);
}

export interface OutgoingMessage {
  readonly from: string;
  readonly to: string;
  readonly protocol: MessageProtocol;
  readonly label: string;
  readonly kind: ArtefactKind;
  readonly pod: string | null;
  readonly payload: Uint8Array;
  readonly stream: string;
  readonly refs?: Readonly<Record<string, ArtefactId>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: GrpcStatus;
  readonly packet?: Packet;
}

const NO_REFS: Readonly<Record<string, ArtefactId>> = {};

/** Stores the bytes of a message as an artefact and puts it on the wire. */
export function post(world: World, message: OutgoingMessage): ArtefactId {
  const artefact = world.artefacts.put({
    kind: message.kind,
    owner: message.from,
    pod: message.pod,
    bytes: message.payload,
    refs: message.refs ?? NO_REFS,
  });
  dispatch(world, message, artefact);
  return artefact;
}

/** Puts a message on the wire that is told of by an artefact which exists; returns the message's id. */
export function dispatch(
  world: World,
  message: Omit<OutgoingMessage, 'kind' | 'pod' | 'refs'>,
  artefact: ArtefactId,
  flight?: ArtefactId,
): string {
  // Field by field: three spreads cost more than the rest of the message.
  const meta: { -readonly [Field in keyof MessageMeta]: MessageMeta[Field] } = {
    artefact,
    stream: message.stream,
  };
  if (message.headers !== undefined) meta.headers = message.headers;
  if (message.status !== undefined) meta.status = message.status;
  if (message.packet !== undefined) meta.packet = message.packet;
  if (flight !== undefined) meta.flight = flight;
  return world.wire.send({
    from: message.from,
    to: message.to,
    protocol: message.protocol,
    label: message.label,
    payload: message.payload,
    meta,
  });
}
