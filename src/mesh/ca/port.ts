import {
  Http2Endpoint,
  type GrpcStatus,
  type HeaderList,
  type StreamMessage,
} from '../../core/grpc/index.ts';
import { createTlsServer, type TlsEvent } from '../../core/tls/index.ts';
import type { ArtefactId } from '../../trace/index.ts';
import { TlsEnd, type CallDetails } from '../tls/tls-end.ts';
import { workloadVerifier } from '../tls/verify-peer.ts';
import { rootArtefacts, type ControlPlane } from '../trust/control-plane.ts';
import type { Incoming, World } from '../world.ts';
import { istiodIp, istiodPort } from './channel.ts';

/** istiod's end of a connection. */
export interface CaServerEnd {
  readonly tls: TlsEnd;
  readonly http2: Http2Endpoint;
}

/** Sends the answer of a call. */
export type Answer = (answer: {
  /** A framed gRPC message; of a refusal, what its trailers say. */
  readonly payload: Uint8Array;
  readonly status: GrpcStatus | null;
  readonly label: string;
  readonly artefact: ArtefactId;
}) => void;

/** Takes a call: `meta.headers` are its metadata, the payload is the framed gRPC message. */
type OnCall = (incoming: Incoming, answer: Answer) => void;

/**
 * Port 15012: TLS with istiod's own certificate, HTTP/2 inside. A client certificate is asked for and checked where one
 * comes (VerifyClientCertIfGiven); a workload's token is what counts. Simplified: a client certificate is not used to
 * authenticate a call.
 */
export class CaPort {
  readonly #world: World;
  readonly #plane: ControlPlane;
  readonly #onCall: OnCall;

  constructor(world: World, plane: ControlPlane, onCall: OnCall) {
    this.#world = world;
    this.#plane = plane;
    this.#onCall = onCall;
  }

  receive(incoming: Incoming): void {
    const { served } = this.#world.ca15012;
    const id = incoming.meta.stream;
    let end = served.get(id);
    if (end === undefined) {
      // What was on the way when its sender gave the connection up.
      if (!this.#world.ca15012.channels.has(id)) return;
      served.set(id, (end = this.#accept(incoming)));
    }
    end.tls.receive(incoming);
  }

  /** The process stops: every client's kernel hears that the connection is gone. */
  cutAll(): void {
    const { served, channels } = this.#world.ca15012;
    for (const [id, channel] of [...channels]) {
      if (channel.plane !== this.#plane) continue;
      served.delete(id);
      channel.reset();
    }
  }

  #accept(incoming: Incoming): CaServerEnd {
    const world = this.#world;
    const { packet, stream: connection } = incoming.meta;
    const plane = this.#plane;
    const { roots } = plane;
    const { chain, keyPair } = plane.credential;
    const http2 = new Http2Endpoint('server');
    const tls = new TlsEnd(world, {
      connection,
      side: 'server',
      pod: null,
      dataKind: 'http2',
      clockOffset: () => plane.clockOffsetMs,
      started: {
        purpose: 'ca',
        local: plane.actor,
        remote: incoming.from,
        sourceIp: packet?.sourceIp ?? '',
        sourcePort: packet?.sourcePort ?? 0,
        destinationIp: istiodIp,
        destinationPort: istiodPort,
        serverName: null,
        alpn: ['h2'],
        expects: [],
        certificate: plane.credentialArtefact,
        roots: rootArtefacts(plane),
        request: null,
      },
      create: async (material) =>
        createTlsServer({
          ...material,
          alpn: ['h2'],
          credential: { chain, keyPair },
          clientCertificate: 'request',
          verifyPeer: workloadVerifier(world, { roots, crls: [] }, material.nowMs, {
            kind: 'exact',
            names: [],
          }),
          certificateAuthorities: roots.map(({ subject }) => subject.der),
          tickets: null,
        }),
      on: (event, details) => this.#on({ tls, http2 }, connection, event, details),
    });
    return { tls, http2 };
  }

  #on(end: CaServerEnd, id: string, event: TlsEvent, { incoming }: CallDetails): void {
    if (event.kind === 'data' && incoming !== null) {
      for (const message of end.http2.receive(event.data)) this.#serve(end, incoming, message);
    }
    if (event.kind === 'alert' && event.direction === 'received' && event.description === 'close_notify')
      end.tls.close();
    if (event.kind === 'closed') this.#world.ca15012.served.delete(id);
  }

  #serve({ tls, http2 }: CaServerEnd, incoming: Incoming, { stream, headers, data }: StreamMessage): void {
    const call: Incoming = {
      ...incoming,
      protocol: 'CreateCertificate',
      payload: data,
      meta: { ...incoming.meta, headers: Object.fromEntries(headers) },
    };
    this.#onCall(call, ({ payload, status, label, artefact }) => {
      const begin: HeaderList = [
        [':status', '200'],
        ['content-type', 'application/grpc'],
      ];
      const bytes =
        status === null
          ? http2.message(stream, begin, payload, [['grpc-status', '0']])
          : http2.message(stream, [...begin, ...statusHeaders(status)], new Uint8Array(0), null);
      tls.write(bytes, { protocol: 'CreateCertificate', label, artefact });
    });
  }
}

function statusHeaders({ code, message }: GrpcStatus): HeaderList {
  return [
    ['grpc-status', String(code)],
    ['grpc-message', encodeURIComponent(message)],
  ];
}
