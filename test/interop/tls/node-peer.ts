import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { onTestFinished } from 'vitest';
import type { Identity, World } from '../../support/istiod.ts';
import { until } from '../../support/until.ts';

/** Node's `tls` as a server that echoes. SPIFFE certificates have no host name for it to compare. */
export async function nodeServer(
  world: World,
  identity: Identity,
  options: tls.TlsOptions = {},
): Promise<{ port: number; sockets: tls.TLSSocket[]; errors: string[] }> {
  const sockets: tls.TLSSocket[] = [];
  const errors: string[] = [];
  const server = tls.createServer({
    cert: identity.certPem,
    key: identity.keyPem,
    ca: world.rootsPem,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
    ...options,
  });
  server.on('secureConnection', (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.on('tlsClientError', (error) => void errors.push(error.message));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, sockets, errors };
}

export interface NodeClient {
  readonly socket: tls.TLSSocket;
  readonly received: Buffer[];
  readonly sessions: Buffer[];
  error: string | null;
  ended: boolean;
  closed: boolean;
  text(): string;
  connected(): Promise<void>;
}

export function nodeClient(
  port: number,
  world: World,
  identity: Identity | null,
  options: tls.ConnectionOptions = {},
): NodeClient {
  const socket = tls.connect({
    host: '127.0.0.1',
    port,
    ca: world.rootsPem,
    ...(identity === null ? {} : { cert: identity.certPem, key: identity.keyPem }),
    minVersion: 'TLSv1.3',
    checkServerIdentity: () => undefined,
    ...options,
  });
  onTestFinished(() => void socket.destroy());
  const received: Buffer[] = [];
  const sessions: Buffer[] = [];
  let isConnected = false;
  const client: NodeClient = {
    socket,
    received,
    sessions,
    error: null,
    ended: false,
    closed: false,
    text: () => Buffer.concat(received).toString('utf8'),
    connected: async () => {
      await until(() => {
        if (client.error !== null) throw new Error(client.error);
        return isConnected;
      });
    },
  };
  socket.on('secureConnect', () => (isConnected = true));
  socket.on('data', (data: Buffer) => void received.push(data));
  socket.on('session', (session) => void sessions.push(session));
  socket.on('error', (error: Error) => {
    client.error ??= error.message;
  });
  socket.on('end', () => (client.ended = true));
  socket.on('close', () => (client.closed = true));
  return client;
}
