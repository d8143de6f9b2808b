import type { RequestCommand } from '../command.ts';
import type { ArtefactId, DecisionPoint, PodRef } from '../../trace/index.ts';
import type { Timer } from '../../sim/index.ts';
import type { Incoming } from '../world.ts';

/** One HTTP request as its caller follows it. */
export interface PendingRequest {
  readonly id: string;
  readonly from: PodRef;
  readonly command: RequestCommand;
}

/** Addresses of a connection as packets show them. */
export interface Route {
  readonly sourceIp: string;
  readonly destinationIp: string;
  readonly port: number;
}

/** What the caller's side of a connection knows. */
export interface ClientSide {
  readonly id: string;
  readonly from: PodRef;
  readonly to: PodRef;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly route: Route;
  readonly security: 'mtls' | 'plaintext';
  readonly held: string | null;
  request: PendingRequest | null;
  nonce: Uint8Array;
  state: 'connecting' | 'open' | 'closed';
  peer: string | null;
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
  readonly route: Route;
  readonly clientNonce: Uint8Array | null;
  serverNonce: Uint8Array | null;
  state: 'proving' | 'open' | 'closed';
  peer: string | null;
  /** Requests that came in while the client's proof is still being checked. */
  readonly waiting: Incoming[];
}

/** Connections of a run, each side for itself: what one knows of the other it learned from bytes. */
export class Connections {
  readonly client = new Map<string, ClientSide>();
  readonly server = new Map<string, ServerSide>();
  readonly heldBy = new Map<string, string>();
  /** Who dropped the packets of a connection that never answered: known to the narrator, not to the caller. */
  readonly droppedBy = new Map<string, { readonly by: DecisionPoint; readonly reason: string }>();
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
    let count = 0;
    for (const side of this.client.values()) if (side.request !== null) count += 1;
    return count;
  }

  forget(id: string): void {
    const side = this.client.get(id);
    if (side?.held !== undefined && side.held !== null) this.heldBy.delete(side.held);
    this.client.delete(id);
    this.server.delete(id);
    this.droppedBy.delete(id);
  }
}
