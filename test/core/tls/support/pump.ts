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

export type Side = 'client' | 'server';

/** A client and a server with a wire between them that can be looked at and meddled with. */
export class Pair {
  readonly client: TlsConnection;
  readonly server: TlsConnection;
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
