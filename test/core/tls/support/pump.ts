import { startClient } from '../../../../src/core/tls/client/start.ts';
import type { ConnectionContext } from '../../../../src/core/tls/connection/context.ts';
import { Engine } from '../../../../src/core/tls/connection/engine.ts';
import {
  type AlertEvent,
  createTlsClient,
  createTlsServer,
  type TlsClientConfig,
  type TlsConnection,
  type TlsEvent,
  type TlsOutput,
  type TlsServerConfig,
} from '../../../../src/core/tls/index.ts';
import type { HandshakeMessage } from '../../../../src/core/tls/messages/message.ts';
import { readMessage } from '../../../../src/core/tls/messages/read.ts';
import { writeMessage } from '../../../../src/core/tls/messages/write.ts';
import { ExpectClientHello } from '../../../../src/core/tls/server/expect-client-hello.ts';

export type Side = 'client' | 'server';

/** A client and a server with a wire between them that can be looked at and meddled with. */
export class Pair {
  client: TlsConnection;
  server: TlsConnection;
  readonly events: Record<Side, TlsEvent[]> = { client: [], server: [] };
  /** Bytes on their way to a side. */
  readonly wire: Record<Side, Uint8Array[]> = { client: [], server: [] };
  /** Called for what arrives at a side; null drops it. */
  meddle: (to: Side, bytes: Uint8Array) => Uint8Array | null = (_, bytes) => bytes;

  constructor(client: TlsClientConfig, server: TlsServerConfig) {
    this.client = createTlsClient(client);
    this.server = createTlsServer(server);
  }

  /** Notes what a call on `side` brought about and puts its bytes on the wire. */
  async did(side: Side, output: Promise<TlsOutput>): Promise<TlsOutput> {
    const done = await output;
    this.events[side].push(...done.events);
    const to = side === 'client' ? 'server' : 'client';
    if (done.bytes.length > 0) this.wire[to].push(done.bytes);
    return done;
  }

  /** Delivers until nothing moves; `cut` slices what is delivered. */
  async settle(cut: (bytes: Uint8Array) => Uint8Array[] = (bytes) => [bytes]): Promise<void> {
    while (this.wire.client.length + this.wire.server.length > 0) {
      for (const to of ['server', 'client'] as const) {
        const bytes = this.wire[to].shift();
        const meddled = bytes === undefined ? null : this.meddle(to, bytes);
        if (meddled === null) continue;
        for (const part of cut(meddled)) {
          if (isOver(this[to])) break;
          await this.did(to, this[to].receive(part));
        }
      }
    }
  }

  async connect(cut?: (bytes: Uint8Array) => Uint8Array[]): Promise<this> {
    await this.did('client', this.client.start());
    await this.settle(cut);
    return this;
  }

  async send(from: Side, text: string | Uint8Array): Promise<void> {
    const data = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    await this.did(from, this[from].write(data));
    await this.settle();
  }

  received(side: Side): Uint8Array {
    const parts = this.events[side].flatMap((event) => (event.kind === 'data' ? [event.data] : []));
    return Uint8Array.from(parts.flatMap((part) => [...part]));
  }

  text(side: Side): string {
    return new TextDecoder().decode(this.received(side));
  }

  of<K extends TlsEvent['kind']>(side: Side, kind: K): Extract<TlsEvent, { kind: K }>[] {
    return this.events[side].filter((event): event is Extract<TlsEvent, { kind: K }> => event.kind === kind);
  }

  /** Alerts as `sent certificate_required`. */
  alerts(side: Side): string[] {
    return this.of(side, 'alert').map((alert: AlertEvent) => `${alert.direction} ${alert.description}`);
  }
}

export function isOver(connection: TlsConnection): boolean {
  return connection.state === 'Closed' || connection.state === 'Failed';
}

/** What a side says instead of its message: another one, raw octets, nothing (null). */
export type Forge = (message: HandshakeMessage) => HandshakeMessage | Uint8Array<ArrayBuffer> | null;

/** A pair of which one side (or both) can be made to lie, under the right keys. */
export class PuppetPair extends Pair {
  readonly context: Record<Side, ConnectionContext>;
  readonly forge: Partial<Record<Side, Forge>> = {};

  constructor(client: TlsClientConfig, server: TlsServerConfig) {
    super(client, server);
    const contexts: Partial<Record<Side, ConnectionContext>> = {};
    const begun = {
      name: 'Start' as const,
      accepts: [],
      handle: () => Promise.reject(new Error('unstarted')),
    };
    this.client = new Engine(
      {
        role: 'client',
        begin: (context) => ((contexts.client = context), begun),
        start: (context) => startClient(context, client),
      },
      client,
    );
    this.server = new Engine(
      {
        role: 'server',
        begin: (context) => ((contexts.server = context), new ExpectClientHello(context, server)),
      },
      server,
    );
    this.context = { client: contexts.client!, server: contexts.server! };
    this.#intercept('client');
    this.#intercept('server');
  }

  /** Lets a side say something at any time, past its own state. */
  async say(from: Side, what: (context: ConnectionContext) => void): Promise<void> {
    what(this.context[from]);
    const bytes = await this.context[from].writer.take();
    this.wire[from === 'client' ? 'server' : 'client'].push(bytes);
    await this.settle();
  }

  #intercept(side: Side): void {
    const context = this.context[side];
    const original = context.sendEncoded.bind(context);
    context.sendEncoded = (type, bytes, spans) => {
      const forge = this.forge[side];
      if (forge === undefined) return original(type, bytes, spans);
      const forged = forge(readMessage(bytes, false).message);
      if (forged === null) return;
      original(type, forged instanceof Uint8Array ? forged : writeMessage(forged, false).bytes, spans);
    };
  }
}
