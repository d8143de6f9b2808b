import type { HttpRequest, HttpRequestReader, HttpResponseReader } from '../../core/http/index.ts';
import type { ArtefactId, DecisionPoint, PodRef } from '../../trace/index.ts';
import type { Timer } from '../../sim/index.ts';
import type { RequestCommand } from '../command.ts';
import type { TlsEnd } from '../tls/tls-end.ts';
import type { Packet } from '../world.ts';
import type { Destination } from './destination.ts';

/** How a request ended, as whoever decided it tells it. */
export interface Verdict {
  readonly outcome: 'allowed' | 'refused' | 'failed';
  readonly to: PodRef;
  readonly by: DecisionPoint | null;
  readonly reason: string;
  readonly peer: string | null;
  readonly connection: string | null;
}

/** One HTTP request, from the app that sends it until that app has its answer. */
export interface PendingRequest {
  readonly id: string;
  readonly from: PodRef;
  readonly command: RequestCommand;
  verdict: Verdict | null;
  timer: Timer | null;
}

/** A request in the hands of the caller's Envoy. */
export interface ProxiedRequest {
  readonly pending: PendingRequest;
  readonly http: HttpRequest;
  readonly requestId: string;
  readonly startedAtMs: number;
}

/** What the caller's side of a connection knows. */
export interface ClientSide {
  readonly id: string;
  readonly from: PodRef;
  readonly to: PodRef;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly route: Packet;
  readonly destination: Destination;
  readonly security: 'mtls' | 'plaintext';
  readonly held: string | null;
  readonly reader: HttpResponseReader;
  tls: TlsEnd | null;
  /** Null between two requests on a held connection. */
  request: ProxiedRequest | null;
  state: 'connecting' | 'open' | 'closed';
  peer: string | null;
  resumed: boolean;
  clientCertificate: ArtefactId | null;
  serverCertificate: ArtefactId | null;
  timer: Timer | null;
}

/** What the called side of a connection knows. */
export interface ServerSide {
  readonly id: string;
  readonly pod: PodRef;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly route: Packet;
  readonly reader: HttpRequestReader;
  tls: TlsEnd | null;
  state: 'handshake' | 'open' | 'closed';
  peer: string | null;
  peerCertificateHash: string | null;
  serverName: string | null;
  /** The request at the app, and when it came. */
  serving: { readonly http: HttpRequest; readonly requestId: string; readonly startedAtMs: number } | null;
}

/** Connections of a run, each side for itself: what one knows of the other it learned from bytes. */
export class Connections {
  readonly client = new Map<string, ClientSide>();
  readonly server = new Map<string, ServerSide>();
  /** Ids whose called side is gone: what still comes for them meets nobody. */
  readonly #ended = new Set<string>();
  readonly requests = new Map<string, PendingRequest>();
  /** Ends that have said close_notify and wait for the other's. */
  readonly closing = new Map<string, TlsEnd>();
  readonly heldBy = new Map<string, string>();
  /** Who dropped the packets of a connection that never answered: known to the narrator, not to the caller. */
  readonly droppedBy = new Map<string, { readonly by: DecisionPoint; readonly reason: string }>();
  readonly #stats = new Map<string, number>();
  #count = 0;
  #requests = 0;

  nextId(): string {
    this.#count += 1;
    return `connection:${this.#count}`;
  }

  nextRequestId(): string {
    this.#requests += 1;
    return `request:${this.#requests}`;
  }

  /** Requests that have no answer yet. */
  get pending(): number {
    return this.requests.size;
  }

  /** The new value of a counter that went up by one. */
  count(pod: PodRef, stat: string): number {
    const key = `${pod} ${stat}`;
    const value = (this.#stats.get(key) ?? 0) + 1;
    this.#stats.set(key, value);
    return value;
  }

  /** The called side of a connection is gone. */
  endServer(id: string): void {
    this.server.delete(id);
    this.#ended.add(id);
  }

  hasEnded(id: string): boolean {
    return this.#ended.has(id);
  }

  forget(id: string): void {
    const side = this.client.get(id);
    if (side?.held !== undefined && side.held !== null) this.heldBy.delete(side.held);
    if (side?.tls === null) this.server.delete(id);
    this.client.delete(id);
    this.droppedBy.delete(id);
  }
}
