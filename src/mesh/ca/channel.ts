import type { Bytes } from '../../core/bytes/index.ts';
import { grpcCodeName, Http2Endpoint, type HeaderList, type StreamMessage } from '../../core/grpc/index.ts';
import { createTlsClient, dnsPeerVerifier, type TlsEvent, type TlsFault } from '../../core/tls/index.ts';
import type { ArtefactId } from '../../trace/index.ts';
import { TlsEnd, type CallDetails } from '../tls/tls-end.ts';
import { rootArtefacts, type ControlPlane } from '../trust/control-plane.ts';
import { clockOffset, type Incoming, type World } from '../world.ts';
import { istiodName } from './istiod-credential.ts';

/** Cluster address of the service istiod. Simplified: it is the same in every mesh. */
export const istiodIp = '10.96.0.15';
export const istiodPort = 15_012;
const firstEphemeralPort = 32_768;
const ephemeralPorts = 28_232;

export interface CaClient {
  /** Actor that calls. */
  readonly local: string;
  readonly pod: string;
  readonly node: string;
  readonly sourceIp: string;
  /** istiod it calls. */
  readonly plane: ControlPlane;
}

export interface CaCall {
  /** A gRPC message with its five octets of framing. */
  readonly payload: Bytes;
  readonly metadata: HeaderList;
  readonly label: string;
  readonly artefact: ArtefactId;
}

export interface CaListener {
  /** `payload` is the gRPC message, `meta.status` what the trailers say where that is not OK. */
  readonly answered: (incoming: Incoming) => void;
  /** The connection ended under a call. */
  readonly lost: (reason: string) => void;
}

/**
 * A gRPC channel to istiod: one TLS connection, on which istiod proves its DNS name by a chain to the mesh root and the
 * caller proves itself by the token inside. Go's TLS asks for no tickets unless it has a cache for them.
 */
export class CaChannel {
  readonly local: string;
  readonly plane: ControlPlane;
  readonly #world: World;
  readonly #id: string;
  readonly #listener: CaListener;
  readonly #tls: TlsEnd;
  readonly #http2 = new Http2Endpoint('client');
  readonly #waiting: CaCall[] = [];
  #isOpen = false;
  #isOver = false;
  #unanswered = 0;

  constructor(world: World, { local, pod, node, sourceIp, plane }: CaClient, listener: CaListener) {
    this.local = local;
    this.plane = plane;
    this.#world = world;
    this.#listener = listener;
    this.#id = world.ca15012.nextId();
    // The file of the ConfigMap istio-ca-root-cert, read again for every connection.
    const { roots } = plane;
    const { provider } = world;
    const sourcePort = firstEphemeralPort + world.chance(`ports:${local}`).int(ephemeralPorts);
    this.#tls = new TlsEnd(world, {
      connection: this.#id,
      side: 'client',
      pod,
      dataKind: 'http2',
      clockOffset: () => clockOffset(world, node),
      started: {
        purpose: 'ca',
        local,
        remote: plane.actor,
        sourceIp,
        sourcePort,
        destinationIp: istiodIp,
        destinationPort: istiodPort,
        serverName: istiodName,
        alpn: ['h2'],
        expects: [istiodName],
        certificate: null,
        roots: rootArtefacts(plane),
        request: null,
      },
      packet: { sourceIp, sourcePort, destinationIp: istiodIp, port: istiodPort },
      create: async (material) =>
        createTlsClient({
          ...material,
          serverName: istiodName,
          alpn: ['h2'],
          verifyPeer: dnsPeerVerifier({
            provider,
            roots,
            now: () => new Date(material.nowMs()),
            dnsName: istiodName,
          }),
          arrangeExtensions: (message, extensions) =>
            message === 'ClientHello'
              ? extensions.filter(({ type }) => type !== 'psk_key_exchange_modes')
              : extensions,
        }),
      on: (event, details) => this.#on(event, details),
    });
    world.ca15012.channels.set(this.#id, this);
    this.#tls.start();
  }

  /** A call can be made: the connection is there or coming, and no call before it was left without an answer. */
  get isUsable(): boolean {
    return !this.#isOver && this.#unanswered === 0;
  }

  call(call: CaCall): void {
    this.#unanswered += 1;
    if (this.#isOpen) this.#send(call);
    else this.#waiting.push(call);
  }

  receive(incoming: Incoming): void {
    this.#tls.receive(incoming);
  }

  /** Ends the connection in good order. */
  close(): void {
    this.#isOver = true;
    this.#tls.close();
  }

  /** The other end is gone: a call that waits is lost. */
  reset(): void {
    this.#world.ca15012.served.delete(this.#id);
    this.#tls.transportClosed();
  }

  /** Gives up the connection at both ends, whatever is on the way. */
  abandon(): void {
    this.#unanswered = 0;
    if (!this.#tls.isOver) this.reset();
  }

  #send({ payload, metadata, label, artefact }: CaCall): void {
    const { bytes } = this.#http2.request(metadata, payload);
    this.#tls.write(bytes, { protocol: 'CreateCertificate', label, artefact });
  }

  #on(event: TlsEvent, { incoming }: CallDetails): void {
    if (event.kind === 'handshake') {
      this.#isOpen = true;
      for (const call of this.#waiting.splice(0)) this.#send(call);
    }
    if (event.kind === 'data' && incoming !== null) {
      for (const message of this.#http2.receive(event.data)) this.#answered(incoming, message);
    }
    if (event.kind === 'closed') this.#ended(event.fault);
  }

  #answered(incoming: Incoming, { headers, data, trailers }: StreamMessage): void {
    this.#unanswered -= 1;
    const last = trailers ?? headers;
    const code = Number(valueOf(last, 'grpc-status') ?? '2');
    const message = decodeURIComponent(valueOf(last, 'grpc-message') ?? '');
    const status = code === 0 ? {} : { status: { code, name: grpcCodeName(code), message } };
    // After an error the client dials again, so that a new root file counts (citadel/client.go).
    if (code !== 0) this.close();
    this.#listener.answered({
      ...incoming,
      protocol: 'CreateCertificate',
      payload: data,
      meta: { ...incoming.meta, ...status },
    });
  }

  #ended(fault: TlsFault | null): void {
    this.#isOver = true;
    this.#world.ca15012.channels.delete(this.#id);
    if (this.#unanswered === 0) return;
    this.#unanswered = 0;
    this.#listener.lost(fault === null ? 'error reading from server: EOF' : handshakeFailure(fault));
  }
}

/** Headers of a CreateCertificate call beside those of every gRPC call. */
export function callMetadata({ cluster }: ControlPlane, token: string | null): HeaderList {
  return [
    [':method', 'POST'],
    [':scheme', 'https'],
    [':path', '/istio.v1.auth.IstioCertificateService/CreateCertificate'],
    [':authority', `${istiodName}:${istiodPort}`],
    ['content-type', 'application/grpc'],
    ['user-agent', 'grpc-go/1.79.0'],
    ['te', 'trailers'],
    ['clusterid', cluster],
    ...(token === null ? [] : [['authorization', `Bearer ${token}`] as const]),
  ];
}

export function valueOf(headers: HeaderList, name: string): string | null {
  return headers.find(([key]) => key === name)?.[1] ?? null;
}

/** As grpc-go tells it. Simplified: the reason is in this engine's words, not in Go's. */
function handshakeFailure({ reason }: TlsFault): string {
  return `connection error: desc = "transport: authentication handshake failed: ${reason}"`;
}
