import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  createTicketProtector,
  createTlsClient,
  createTlsServer,
  type TlsClientConfig,
  type TlsEvent,
  type TlsServerConfig,
  type TlsSession,
} from '../../../src/core/tls/index.ts';
import { echo } from '../../../src/cli/tls/applications.ts';
import { Recorder } from '../../../src/cli/tls/recorder.ts';
import { Reporter } from '../../../src/cli/tls/reporter.ts';
import { type Application, type Ended, Transport } from '../../../src/cli/tls/transport.ts';
import { type Expected, verifierOf } from '../../../src/cli/tls/verify.ts';
import type { Identity, World } from '../../support/istiod.ts';
import { until } from '../../support/until.ts';

export interface Line {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** One connection of ours, and all it told. */
export interface Told {
  readonly lines: Line[];
  ended: Ended | null;
  received: Buffer[];
  tickets: (TlsEvent & { kind: 'ticket' })[];
}

const common = { provider: nativeCrypto, nowMs: () => Date.now(), annotate: false } as const;

export async function serverConfig(
  world: World,
  identity: Identity,
  { expected = { kind: 'anybody' }, ...rest }: Partial<TlsServerConfig> & { expected?: Expected } = {},
): Promise<TlsServerConfig> {
  return {
    ...common,
    credential: { chain: identity.chain, keyPair: identity.keyPair },
    clientCertificate: 'require',
    verifyPeer: verifierOf(world.roots, expected, () => new Date()),
    tickets: { protector: await createTicketProtector(nativeCrypto) },
    ...rest,
  };
}

export function clientConfig(
  world: World,
  identity: Identity | null,
  { expected = { kind: 'anybody' }, ...rest }: Partial<TlsClientConfig> & { expected?: Expected } = {},
): TlsClientConfig {
  return {
    ...common,
    credential: identity === null ? null : { chain: identity.chain, keyPair: identity.keyPair },
    verifyPeer: verifierOf(world.roots, expected, () => new Date()),
    ...rest,
  };
}

function reporterOf(lines: Line[]): Reporter {
  return new Reporter(true, (line) => void lines.push(JSON.parse(line) as Line));
}

/** Serves on a free port of this machine, as `svidlab tls serve` does. */
export async function ourServer(
  config: TlsServerConfig,
  application: (transport: Transport) => Application = echo,
  recorder = new Recorder({}),
): Promise<{ port: number; told: Told[] }> {
  const told: Told[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    const one: Told = { lines: [], ended: null, received: [], tickets: [] };
    told.push(one);
    const transport = new Transport(socket, createTlsServer(config), recorder, reporterOf(one.lines));
    void transport.run(application(transport)).then((ended) => (one.ended = ended));
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  return { port: (server.address() as AddressInfo).port, told };
}

/** A client of ours with which a test talks by hand. */
export interface OurClient extends Told {
  readonly transport: Transport;
  /** Resolves with the session of the handshake; rejects where there was none. */
  session(): Promise<TlsSession>;
  /** Waits until this much came. */
  receives(text: string): Promise<string>;
  end(): Promise<Ended>;
}

export async function ourClient(
  port: number,
  config: TlsClientConfig,
  recorder = new Recorder({}),
): Promise<OurClient> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  onTestFinished(() => void socket.destroy());
  const told: Told = { lines: [], ended: null, received: [], tickets: [] };
  const transport = new Transport(socket, createTlsClient(config), recorder, reporterOf(told.lines));
  const running = transport
    .run({
      onTicket: (event) => void told.tickets.push(event),
      onData: (data) => {
        told.received.push(Buffer.from(data));
        return Promise.resolve();
      },
      onEnd: () => transport.close(),
    })
    .then((ended) => (told.ended = ended));
  return Object.assign(told, {
    transport,
    session: () =>
      until(() => {
        if (transport.session === null && told.ended !== null)
          throw new Error(`no handshake: ${JSON.stringify(told.lines)}`);
        return transport.session;
      }),
    receives: async (text: string) => {
      await until(() => {
        if (!textOf(told).includes(text) && told.ended !== null)
          throw new Error(`ended before "${text}" came: ${JSON.stringify(told.lines)}`);
        return textOf(told).includes(text);
      });
      return textOf(told);
    },
    end: async () => {
      await transport.close();
      return running;
    },
  });
}

export function textOf({ received }: Told): string {
  return Buffer.concat(received).toString('utf8');
}

export function alertsOf({ lines }: Told): readonly Line[] {
  return lines.filter(({ event }) => event === 'alert');
}
