import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import tls from 'node:tls';
import { Recorder } from '../../../src/cli/tls/recorder.ts';
import { Reporter } from '../../../src/cli/tls/reporter.ts';
import { type Application, Transport } from '../../../src/cli/tls/transport.ts';
import { createTlsClient, createTlsServer } from '../../../src/core/tls/index.ts';
import type { World } from '../../support/istiod.ts';
import type { Configs } from './tls.ts';

/** A server on this machine whose clients each send some bytes; it answers with one when it has them all. */
export interface Loopback {
  /** Connects, sends `bytes`, waits for the answer, and closes. */
  exchange(bytes: Uint8Array): Promise<void>;
  close(): void;
}

const answer = Buffer.from('.');
const silent = new Reporter(true, () => undefined);
const nothing = new Recorder({});

/** svidlab's own TLS, by the adapter of `svidlab tls`. */
export async function svidlabLoopback({ client, server }: Configs, length: number): Promise<Loopback> {
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    const transport = new Transport(socket, createTlsServer(server), nothing, silent);
    let received = 0;
    void transport.run({
      onData: async (data) => {
        received += data.length;
        if (received === length) await transport.write(answer);
      },
      onEnd: () => transport.close(),
    });
  });
  const port = await listen(listener);
  return {
    exchange: async (bytes) => {
      const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      const transport = new Transport(socket, createTlsClient(client), nothing, silent);
      const application: Application = {
        onSession: () => void transport.write(bytes),
        onData: () => transport.close(),
        onEnd: () => transport.close(),
      };
      const { how } = await transport.run(application);
      if (how !== 'clean') throw new Error(how);
    },
    close: () => listener.close(),
  };
}

/** Node's `tls`, with the same certificates. */
export async function nodeLoopback(world: World, length: number): Promise<Loopback> {
  const common = { ca: world.rootsPem, minVersion: 'TLSv1.3', ALPNProtocols: ['istio'] } as const;
  const serverContext = { cert: world.order.certPem, key: world.order.keyPem, ...common };
  const listener = tls.createServer(
    { ...serverContext, requestCert: true, rejectUnauthorized: true },
    (socket) => {
      let received = 0;
      socket.on('data', (data: Buffer) => {
        received += data.length;
        if (received === length) socket.write(answer);
      });
      socket.on('error', () => undefined);
    },
  );
  const port = await listen(listener);
  const secureContext = tls.createSecureContext({
    cert: world.web.certPem,
    key: world.web.keyPem,
    ca: world.rootsPem,
  });
  return {
    exchange: (bytes) =>
      new Promise((resolve, reject) => {
        const { minVersion, ALPNProtocols } = common;
        const socket = tls.connect({
          ...{ host: '127.0.0.1', port, secureContext, minVersion, ALPNProtocols: [...ALPNProtocols] },
          checkServerIdentity: () => undefined,
        });
        socket.once('secureConnect', () => socket.write(bytes));
        socket.once('data', () => socket.end());
        socket.once('close', () => resolve()).once('error', reject);
      }),
    close: () => listener.close(),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
