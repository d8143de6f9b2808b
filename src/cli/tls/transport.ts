import type { Socket } from 'node:net';
import { concatBytes } from '../../core/bytes/index.ts';
import {
  type TlsConnection,
  type TlsEvent,
  type TlsOutput,
  type TlsSession,
  TlsStateError,
} from '../../core/tls/index.ts';
import { type ConnectionRecorder, nowUs, type Recorder } from './recorder.ts';
import type { Reporter } from './reporter.ts';

/** What the application does with a connection. Each call is waited for before the peer's next bytes are read. */
export interface Application {
  onSession?(session: TlsSession): Promise<void> | void;
  onTicket?(event: TlsEvent & { readonly kind: 'ticket' }): void;
  onData(data: Uint8Array): Promise<void>;
  /** The peer sent close_notify: it will send nothing more, and may still read. */
  onEnd(): Promise<void>;
}

/** How a connection ended. */
export interface Ended {
  /** `reset`: the transport broke. */
  readonly how: 'clean' | 'alert' | 'truncated' | 'reset';
  readonly session: TlsSession | null;
}

/** How long a peer may take to close its side when ours is closed, before the transport is torn down. */
const lingerMs = 2_000;

/**
 * A TLS connection over a socket: moves bytes between the two, tells what happens, and lets neither side run ahead of
 * the other. The socket must allow half-open connections.
 */
export class Transport {
  readonly #socket: Socket;
  readonly #tls: TlsConnection;
  readonly #record: ConnectionRecorder;
  readonly #report: Reporter;
  #ended: Ended['how'] | null = null;
  #endWasSeen = false;
  #closedFirst = false;
  #linger: NodeJS.Timeout | null = null;

  constructor(socket: Socket, tls: TlsConnection, recorder: Recorder, report: Reporter) {
    this.#socket = socket;
    this.#tls = tls;
    this.#record = recorder.connection(socket, tls.role);
    this.#report = report;
    // Errors come out of the loop that reads; without a listener they would end the process in between.
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
  }

  get session(): TlsSession | null {
    return this.#tls.session;
  }

  /** Whether data can be written. */
  get writable(): boolean {
    return this.#tls.state === 'Connected' && !this.#tls.writeClosed && this.#socket.writable;
  }

  /** Serves the connection to its end. */
  async run(application: Application): Promise<Ended> {
    try {
      if (this.#tls.role === 'client')
        await this.#handle(await this.#perform(this.#tls.start()), application);
      await this.#read(application);
    } catch (error) {
      if (!isTransportError(error)) throw error;
      this.#record.ended('peer', 'reset');
      this.#ended ??= 'reset';
    } finally {
      if (this.#linger !== null) clearTimeout(this.#linger);
      this.#socket.destroy();
      this.#report.closed();
    }
    return { how: this.#howItEnded(), session: this.session };
  }

  /** Resolves when the peer can take more. */
  async write(data: Uint8Array): Promise<void> {
    if (this.writable) await this.#perform(this.#tls.write(data));
  }

  async updateKeys(): Promise<void> {
    if (!this.writable) return;
    const requestPeer = true;
    await this.#perform(this.#tls.updateKeys(requestPeer));
  }

  /** Sends close_notify; what the peer still sends is read. */
  async close(): Promise<void> {
    if (this.#tls.writeClosed || isOver(this.#tls)) return;
    this.#closedFirst = !this.#tls.readClosed && this.session !== null;
    await this.#perform(this.#tls.close());
    this.#endTransport();
  }

  /** Calls back whenever nothing has moved for so long, in neither direction. */
  onIdle(afterMs: number, idle: () => void): void {
    this.#socket.setTimeout(afterMs, idle);
  }

  /** Closes in order where the peer still reads, and gives up where it does not. */
  expire(): void {
    this.#linger ??= setTimeout(() => this.#socket.destroy(), lingerMs);
    this.close().catch(() => undefined);
  }

  /** Gives up on a peer that does not close. */
  abort(): void {
    this.#socket.destroy();
  }

  async #read(application: Application): Promise<void> {
    for await (const chunk of this.#socket.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Uint8Array;
      // What comes after the end is read so that the system does not answer it with a reset, which could overtake our alert.
      if (isOver(this.#tls)) continue;
      const received = { atUs: nowUs(), bytes };
      await this.#handle(await this.#perform(this.#tls.receive(bytes), received), application);
      if (isOver(this.#tls)) this.#endTransport();
    }
    this.#record.ended('peer');
    if (isOver(this.#tls)) return;
    await this.#handle(await this.#perform(this.#tls.transportClosed()), application);
    this.#endTransport();
  }

  /** Calls are served in their order, so that bytes reach the socket in theirs. */
  async #perform(
    call: Promise<TlsOutput>,
    received: Parameters<ConnectionRecorder['exchanged']>[0] = null,
  ): Promise<readonly TlsEvent[]> {
    const { bytes, events } = await call.catch(nothingIfOver);
    this.#record.exchanged(received, bytes, events);
    const hasRoom = bytes.length === 0 || !this.#socket.writable || this.#socket.write(bytes);
    for (const event of events) {
      if (event.kind === 'closed') this.#ended = event.how;
      this.#report.event(event);
    }
    if (!hasRoom) await drained(this.#socket);
    return events;
  }

  async #handle(events: readonly TlsEvent[], application: Application): Promise<void> {
    const data: Uint8Array[] = [];
    for (const event of events) {
      if (event.kind === 'data') data.push(event.data);
      else if (event.kind === 'handshake') await application.onSession?.(event.session);
      else if (event.kind === 'ticket') application.onTicket?.(event);
    }
    if (data.length > 0) await application.onData(concatBytes(...data));
    if (!this.#tls.readClosed || this.#tls.state === 'Failed' || this.#endWasSeen) return;
    this.#endWasSeen = true;
    await application.onEnd();
  }

  /** Many peers answer a close_notify with the end of the transport alone: what we asked for is done then. */
  #howItEnded(): Ended['how'] {
    if (this.#ended === 'alert') return 'alert';
    return this.#closedFirst ? 'clean' : (this.#ended ?? 'truncated');
  }

  #endTransport(): void {
    if (this.#socket.writableEnded) return;
    this.#record.ended('own');
    this.#socket.end();
    this.#linger ??= setTimeout(() => this.#socket.destroy(), lingerMs);
  }
}

/** What was called for may have become impossible while it waited for its turn. */
function nothingIfOver(error: unknown): TlsOutput {
  if (error instanceof TlsStateError) return { bytes: new Uint8Array(0), events: [] };
  throw error;
}

function isOver({ state }: TlsConnection): boolean {
  return state === 'Closed' || state === 'Failed';
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    if (socket.destroyed) return resolve();
    socket.on('drain', done).on('close', done);
  });
}

/** Errors of the system (ECONNRESET, EPIPE) and of a stream that was torn down; anything else is a bug. */
function isTransportError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^E[A-Z]+$/.test(code) || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR';
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
