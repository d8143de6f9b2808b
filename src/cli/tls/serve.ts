import { createServer, type Server, type Socket } from 'node:net';
import { nativeCrypto } from '../../core/crypto/index.ts';
import { createTicketProtector, createTlsServer, type TlsServerConfig } from '../../core/tls/index.ts';
import { exitCode, UnusableInput } from '../exit.ts';
import { Interrupt } from '../interrupt.ts';
import { printError, printResult } from '../output.ts';
import { codeOf } from '../run/trace-file.ts';
import { echo, httpResponder } from './applications.ts';
import { readCertificates, readCredential } from './material.ts';
import { momentOf, type TlsOptions } from './options.ts';
import { Recorder } from './recorder.ts';
import { Reporter } from './reporter.ts';
import { boundInTime } from './time-bounds.ts';
import { asError, Transport } from './transport.ts';
import { verifierOf } from './verify.ts';

export interface ServeOptions extends TlsOptions {
  readonly port: number;
  readonly cert: string;
  readonly key: string;
  readonly clientCert: 'require' | 'request' | 'none';
  readonly clientId?: readonly string[];
  readonly http?: true;
  readonly connections?: number;
  /** Seconds. */
  readonly handshakeTimeout: number;
  readonly idleTimeout: number;
}

/** Nobody but this machine is served. */
const host = '127.0.0.1';
/** Connections beside each other; more wait in the system's queue or are turned away by it. */
const maxParallel = 1_000;
/** How long open connections may take to close when the command is told to end. */
const graceMs = 2_000;

/** `svidlab tls serve`. Resolves with the exit code when all connections have ended, or after Ctrl-C. */
export async function serve(options: ServeOptions): Promise<number> {
  const config = await configOf(options);
  const recorder = new Recorder(options);
  const interrupt = new Interrupt(() => recorder.close());
  try {
    await new Listener(options, config, recorder).serve(interrupt.signal);
    return exitCode.ok;
  } finally {
    interrupt.close();
    recorder.close();
  }
}

async function configOf(options: ServeOptions): Promise<TlsServerConfig> {
  const { clientCert, clientId, alpn, groups } = options;
  const credential = await readCredential(options.cert, options.key);
  const roots = await rootsOf(options);
  const ids = clientId ?? [];
  const verifyPeer = verifierOf(
    roots,
    ids.length > 0 ? { kind: 'spiffe-ids', ids } : { kind: 'anybody' },
    momentOf(options),
  );
  return {
    provider: nativeCrypto,
    nowMs: () => Date.now(),
    annotate: false,
    credential,
    clientCertificate: clientCert,
    verifyPeer,
    certificateAuthorities: roots.map((root) => root.subject.der),
    // Keys of tickets live as long as the process, and with them all that a ticket is bound to.
    tickets: { protector: await createTicketProtector(nativeCrypto) },
    ...(alpn === undefined ? {} : { alpn }),
    ...(groups === undefined ? {} : { groups }),
  };
}

async function rootsOf({ roots, clientCert, clientId }: ServeOptions) {
  if (clientCert === 'none' && clientId !== undefined) {
    throw new UnusableInput({
      message: '--client-id needs a client certificate',
      value: '--client-cert none',
      hint: 'leave out --client-cert, or ask with --client-cert request',
    });
  }
  if (roots !== undefined) return readCertificates(roots);
  if (clientCert === 'none') return [];
  throw new UnusableInput({
    message: `--client-cert ${clientCert} needs --roots to verify client certificates with`,
    hint: 'name the file of trusted roots, or serve anybody: --client-cert none',
  });
}

class Listener {
  readonly #options: ServeOptions;
  readonly #config: TlsServerConfig;
  readonly #recorder: Recorder;
  readonly #server: Server;
  readonly #open = new Map<Transport, Promise<void>>();
  #accepted = 0;
  #failure: Error | null = null;

  constructor(options: ServeOptions, config: TlsServerConfig, recorder: Recorder) {
    this.#options = options;
    this.#config = config;
    this.#recorder = recorder;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = maxParallel;
  }

  /** Resolves when the server and all its connections are closed. */
  async serve(signal: AbortSignal): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.once('close', resolve));
    await this.#listen();
    const stop = (): void => void this.#stop();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    await closed;
    await Promise.all(this.#open.values());
    if (this.#failure !== null) throw this.#failure;
  }

  #listen(): Promise<void> {
    const { port, json } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.on('error', (error) => reject(listenError(port, error)));
      this.#server.listen({ host, port }, () => {
        const address = this.#server.address();
        const bound = typeof address === 'object' && address !== null ? address.port : port;
        printResult(
          json === true
            ? JSON.stringify({ event: 'listening', port: bound })
            : `listening on ${host}:${bound}`,
        );
        resolve();
      });
    });
  }

  #accept(socket: Socket): void {
    this.#accepted++;
    if (this.#accepted === this.#options.connections) this.#server.close();
    // The peer may be gone again before anything is known of it.
    if (socket.remoteAddress === undefined) return void socket.destroy();
    const label = `${socket.remoteAddress}:${socket.remotePort}`;
    const reporter = new Reporter(this.#options.json === true, printResult, label);
    const transport = new Transport(socket, createTlsServer(this.#config), this.#recorder, reporter);
    const { handshakeTimeout, idleTimeout } = this.#options;
    const bounded = boundInTime(
      transport,
      this.#options.http === true ? httpResponder(transport) : echo(transport),
      {
        handshakeMs: handshakeTimeout * 1000,
        idleMs: idleTimeout * 1000,
      },
    );
    const served = bounded
      .then(() => undefined)
      .catch((error: unknown) => {
        this.#failure ??= asError(error);
        if (error instanceof UnusableInput) return void this.#stop();
        // A bug that one connection meets must not take the others with it.
        printError(`svidlab broke in one connection, which is a bug of its own: ${String(error)}`);
      })
      .finally(() => this.#open.delete(transport));
    this.#open.set(transport, served);
  }

  async #stop(): Promise<void> {
    this.#server.close();
    const open = [...this.#open.keys()];
    const grace = setTimeout(() => open.forEach((transport) => transport.abort()), graceMs);
    await Promise.allSettled(open.map((transport) => transport.close()));
    await Promise.all(this.#open.values());
    clearTimeout(grace);
  }
}

function listenError(port: number, error: unknown): UnusableInput {
  const code = codeOf(error);
  const hints: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program listens there; choose another port, or 0 for any that is free',
    EACCES: 'ports below 1024 need rights; choose a higher one, or 0 for any that is free',
  };
  return new UnusableInput({
    message: `--port ${port}: cannot listen on ${host}`,
    rule: 'port',
    value: code,
    hint: hints[code] ?? 'choose another port, or 0 for any that is free',
  });
}
