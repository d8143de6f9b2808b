import { toHex, utf8Encode } from '../../../src/core/bytes/index.ts';
import type {
  TlsClientConfig,
  TlsEvent,
  TlsOutput,
  TlsServerConfig,
  VerificationEvent,
} from '../../../src/core/tls/index.ts';
import { createTlsClient, createTlsServer } from '../../../src/core/tls/index.ts';
import { type Artefact, ArtefactStore, type Entry, TraceLog } from '../../../src/trace/index.ts';
import type { EntryData, EntryKind } from '../../../src/trace/entry.ts';
import type { TlsFlight, TlsSide } from '../../../src/trace/tls-entry.ts';
import { clientConfig, serverConfig, world } from '../../core/tls/support/world.ts';

export const connection = 'connection:1';
export const clientEnvoy = 'envoy:shop/web-5f6d-aaaaa';
export const serverEnvoy = 'envoy:shop/order-7d9c-bbbbb';

export interface HandshakeOptions {
  readonly client?: Partial<TlsClientConfig>;
  readonly server?: Partial<TlsServerConfig>;
  /** Changes the how-manieth flight on the wire; null drops it. */
  readonly meddle?: (bytes: Uint8Array, index: number) => Uint8Array | null;
}

export interface ToldHandshake {
  readonly entries: readonly Entry[];
  readonly lookup: (id: string) => Artefact | undefined;
}

/** A request over a connection between two Envoys, told as the mesh tells it. */
export async function toldHandshake(options: HandshakeOptions = {}): Promise<ToldHandshake> {
  const of = await world();
  const telling = new Telling();
  telling.plain('app:shop/web-5f6d-aaaaa', clientEnvoy, 'GET /cart');
  const ends = {
    client: createTlsClient(clientConfig(of, options.client)),
    server: createTlsServer(serverConfig(of, options.server)),
  };
  const root = telling.artefact('certificate', 'istiod', of.ca.roots[0]?.der ?? new Uint8Array());
  telling.started('client', root);
  const wire: { to: TlsSide; bytes: Uint8Array; message: string; artefact: string }[] = [];
  const did = (side: TlsSide, output: TlsOutput) => {
    telling.learned(side, output.events);
    if (output.bytes.length === 0) return;
    const sent = telling.sent(side, output);
    wire.push({ to: side === 'client' ? 'server' : 'client', bytes: output.bytes, ...sent });
  };
  let flights = 0;
  const settle = async () => {
    for (let next = wire.shift(); next; next = wire.shift()) {
      telling.passTime();
      const came = options.meddle ? options.meddle(next.bytes, flights++) : next.bytes;
      if (came === null) {
        telling.dropped(next.message);
        continue;
      }
      if (came !== next.bytes) telling.tampered(next.message);
      if (ends[next.to].state === 'Failed' || ends[next.to].state === 'Closed') continue;
      if (next.to === 'server' && ends.server.state === 'ExpectClientHello') telling.started('server', root);
      const output = await ends[next.to].receive(came);
      telling.received(next, came, output.events);
      did(next.to, output);
    }
  };
  did('client', await ends.client.start());
  await settle();
  if (ends.client.state === 'Connected' && ends.server.state === 'Connected') {
    did('client', await ends.client.write(utf8Encode('GET /cart HTTP/1.1\r\nhost: order\r\n\r\n')));
    await settle();
    telling.plain(serverEnvoy, 'app:shop/order-7d9c-bbbbb', 'GET /cart');
    telling.plain('app:shop/order-7d9c-bbbbb', serverEnvoy, '200 OK');
    did('server', await ends.server.write(utf8Encode('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')));
    await settle();
    telling.plain(clientEnvoy, 'app:shop/web-5f6d-aaaaa', '200 OK');
    did('client', await ends.client.close());
    await settle();
  }
  return { entries: telling.entries, lookup: (id) => telling.artefacts.get(id) };
}

class Telling {
  #now = 0;
  #messages = 0;
  readonly artefacts = new ArtefactStore(() => this.#now);
  readonly #log = new TraceLog(() => this.#now);

  get entries(): readonly Entry[] {
    return this.#log.entries;
  }

  passTime(): void {
    this.#now += 1;
  }

  artefact(kind: Artefact['kind'], owner: string, bytes: Uint8Array): string {
    return this.artefacts.put({ kind, owner, pod: null, bytes, refs: {} });
  }

  plain(from: string, to: string, label: string): void {
    const artefact = this.artefact('http', from, utf8Encode(`${label}\r\n\r\n`));
    const message = this.#message(from, to, 'HTTP', label, artefact);
    this.passTime();
    this.#append(to, 'message.delivered', { message, from, to });
  }

  started(side: TlsSide, root: string): void {
    const [local, remote] = side === 'client' ? [clientEnvoy, serverEnvoy] : [serverEnvoy, clientEnvoy];
    this.#append(local, 'tls.started', {
      connection,
      side,
      purpose: 'workload',
      local,
      remote,
      sourceIp: '10.244.0.5',
      sourcePort: 40_123,
      destinationIp: '10.244.1.7',
      destinationPort: 8080,
      serverName: side === 'client' ? 'outbound_.8080_._.order.shop.svc.cluster.local' : null,
      alpn: side === 'client' ? ['istio-http/1.1', 'istio', 'http/1.1'] : ['h2', 'http/1.1'],
      expects: side === 'client' ? ['spiffe://cluster.local/ns/shop/sa/order'] : [],
      certificate: 'certificate:1',
      roots: [root],
      request: side === 'client' ? 'request:1' : null,
    });
  }

  sent(side: TlsSide, { bytes, events }: TlsOutput): { message: string; artefact: string } {
    const [from, to] = side === 'client' ? [clientEnvoy, serverEnvoy] : [serverEnvoy, clientEnvoy];
    const artefact = this.artefact('tls-flight', from, bytes);
    const message = this.#message(from, to, 'TLS', 'flight', artefact);
    const parts = this.#parts(from, events, 'sent');
    this.#append(from, 'tls.sent', { connection, side, message, artefact, ...parts, request: null });
    return { message, artefact };
  }

  received(
    { to, bytes, message, artefact }: { to: TlsSide; bytes: Uint8Array; message: string; artefact: string },
    came: Uint8Array,
    events: readonly TlsEvent[],
  ): void {
    const actor = to === 'client' ? clientEnvoy : serverEnvoy;
    const from = to === 'client' ? serverEnvoy : clientEnvoy;
    this.#append(actor, 'message.delivered', { message, from, to: actor });
    const flight = came === bytes ? artefact : this.artefact('tls-flight', actor, came);
    const parts = this.#parts(actor, events, 'received');
    this.#append(actor, 'tls.received', { connection, side: to, message, artefact: flight, ...parts });
  }

  dropped(message: string): void {
    const [from, to] = [clientEnvoy, serverEnvoy];
    this.#append('wire', 'message.dropped', { message, from, to, reason: 'dropped' });
  }

  tampered(message: string): void {
    this.#append('attacker', 'tls.tampered', {
      connection,
      by: 'attacker',
      action: 'flip',
      message,
      offset: 20,
    });
  }

  learned(side: TlsSide, events: readonly TlsEvent[]): void {
    const actor = side === 'client' ? clientEnvoy : serverEnvoy;
    for (const event of events) this.#learn({ connection, side }, actor, event);
  }

  #learn(of: { connection: string; side: TlsSide }, actor: string, event: TlsEvent): void {
    if (event.kind === 'secret') {
      const { kind: _, context, value, clientRandom, ...rest } = event;
      this.#append(actor, 'tls.secret', {
        ...of,
        ...rest,
        context: context && toHex(context),
        value: toHex(value),
        clientRandom: toHex(clientRandom),
      });
    } else if (event.kind === 'traffic-key') {
      const { kind: _, key, iv, ...rest } = event;
      this.#append(actor, 'tls.keyed', { ...of, ...rest, key: toHex(key), iv: toHex(iv) });
    } else if (event.kind === 'verification') {
      this.#append(actor, 'tls.verified', { ...of, ...this.#verified(actor, event) });
    } else if (event.kind === 'handshake') {
      const { cipherSuite, group, alpn, serverName, resumed, earlyData } = event.session;
      const { peerSignatureScheme: signatureScheme, peerIdentity: peer } = event.session;
      this.#append(actor, 'tls.established', {
        ...of,
        ...{ cipherSuite, group, signatureScheme, alpn, serverName, peer, resumed, earlyData },
      });
    } else if (event.kind === 'alert') {
      const { kind: _, fault, ...rest } = event;
      const { rule = null, reason = null, section = null } = fault ?? {};
      this.#append(actor, 'tls.alert', { ...of, ...rest, rule, reason, section });
    } else if (event.kind === 'closed') {
      this.#append(actor, 'tls.closed', { ...of, how: event.how });
    }
  }

  #verified(actor: string, event: VerificationEvent): Omit<EntryData['tls.verified'], 'connection' | 'side'> {
    const base = { of: event.of, ok: event.ok, checks: event.checks, chain: [], identity: null, text: null };
    if (event.of === 'certificate') {
      const { verdict } = event;
      return {
        ...base,
        chain: event.chain.map(({ der }) => this.artefact('certificate', actor, der)),
        identity: verdict.ok ? verdict.identity : null,
        text: verdict.ok ? null : verdict.text,
        scheme: null,
        expected: null,
        received: null,
      };
    }
    if (event.of === 'certificate-verify') {
      const { scheme, content, signature } = event;
      return { ...base, scheme, expected: toHex(content), received: toHex(signature) };
    }
    const { expected, received } = event;
    return { ...base, scheme: null, expected: toHex(expected), received: toHex(received) };
  }

  #parts(
    actor: string,
    events: readonly TlsEvent[],
    direction: 'sent' | 'received',
  ): Pick<TlsFlight, 'records' | 'messages'> {
    let at = 0;
    const records = events.flatMap((event) => {
      if (event.kind !== 'record' || event.direction !== direction) return [];
      const { outerType, innerType, epoch, generation, sequence, padding, content, bytes } = event;
      const start = at;
      at += bytes.length;
      const data = innerType === 'application_data' ? this.artefact('http', actor, content) : null;
      return [{ start, end: at, outerType, innerType, epoch, generation, sequence, padding, data }];
    });
    const messages = events.flatMap((event) => {
      if (event.kind !== 'message' || event.direction !== direction) return [];
      const { type, bytes, epoch, transcriptHash } = event;
      const artefact = this.artefact('tls-message', actor, bytes);
      return [{ type, artefact, epoch, transcriptHash: transcriptHash && toHex(transcriptHash) }];
    });
    return { records, messages };
  }

  #message(from: string, to: string, protocol: 'HTTP' | 'TLS', label: string, artefact: string): string {
    this.#messages += 1;
    const message = `message:${this.#messages}`;
    const size = this.artefacts.get(artefact)?.bytes.length ?? 0;
    const dueAtMs = this.#now + 1;
    const isOfApp = protocol === 'HTTP' && (from === clientEnvoy || to === clientEnvoy);
    const stream = isOfApp ? 'request:1' : connection;
    const data = { message, from, to, protocol, label, artefact, size, dueAtMs, stream };
    this.#append(from, 'message.sent', data);
    return message;
  }

  #append<K extends EntryKind>(actor: string, kind: K, data: EntryData[K]): void {
    this.#log.append(actor, kind, data);
  }
}
