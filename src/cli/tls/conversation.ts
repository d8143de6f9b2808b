import type { Readable } from 'node:stream';
import type { TlsTicket } from '../../core/tls/index.ts';
import { type Application, asError, type Ended, type Transport } from './transport.ts';

/** What one connection of `tls connect` is for. */
export interface Talk {
  /** What to send; null for nothing. */
  readonly source: Readable | null;
  /** Update keys of both directions before anything is sent. */
  readonly updateKeys: boolean;
  /** Be content with a ticket to resume with. */
  readonly untilTicket: boolean;
  readonly signal: AbortSignal;
  readonly print: (data: Uint8Array) => Promise<void>;
}

/** How long a handshake may take. */
export const handshakeMs = 30_000;
/** When everything is sent and nothing comes for this long, there is nothing more to wait for. */
const quietMs = 1_000;
/** How long a peer may go on sending nothing after it was told of the end. */
const patienceMs = 10_000;

/** Sends, prints what comes, and closes. Resolves when the connection has ended. */
export async function converse(
  transport: Transport,
  talk: Talk,
): Promise<{ readonly ended: Ended; readonly ticket: TlsTicket | null }> {
  const conversation = new Conversation(transport, talk);
  const close = (): void => conversation.finish();
  talk.signal.addEventListener('abort', close, { once: true });
  try {
    const ended = await transport.run(conversation);
    return { ended, ticket: conversation.ticket };
  } finally {
    talk.signal.removeEventListener('abort', close);
    await conversation.end();
  }
}

class Conversation implements Application {
  ticket: TlsTicket | null = null;
  readonly #transport: Transport;
  readonly #talk: Talk;
  #sending: Promise<void> = Promise.resolve();
  #allSent = false;
  #closing = false;
  #timer: NodeJS.Timeout | null = null;
  #failure: Error | null = null;

  constructor(transport: Transport, talk: Talk) {
    this.#transport = transport;
    this.#talk = talk;
    this.#timer = setTimeout(() => transport.abort(), handshakeMs);
  }

  onSession(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#talk.signal.aborted) return this.finish();
    // Not waited for: the peer is read while we write, or two that write much would wait for each other.
    this.#sending = this.#send().catch((error: unknown) => {
      this.#failure = asError(error);
      this.finish();
    });
  }

  onTicket({ ticket }: { readonly ticket: TlsTicket }): void {
    this.ticket ??= ticket;
    if (this.#talk.untilTicket) this.finish();
  }

  async onData(data: Uint8Array): Promise<void> {
    this.#wait();
    await this.#talk.print(data);
    this.#wait();
  }

  onEnd(): Promise<void> {
    return this.#transport.close();
  }

  /** Sends close_notify; what the peer still sends is printed. */
  finish(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#wait();
    // A transport that breaks here ends the loop that reads, which tells of it.
    this.#transport.close().catch(() => undefined);
  }

  /** Nothing more is sent or waited for. Rejects where the source could not be read. */
  async end(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#closing = true;
    this.#talk.source?.destroy();
    await this.#sending;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#failure !== null) throw this.#failure;
  }

  async #send(): Promise<void> {
    const { source, updateKeys } = this.#talk;
    try {
      if (updateKeys) await this.#transport.updateKeys();
      for await (const chunk of source ?? []) {
        if (!this.#transport.writable) break;
        await this.#transport.write(chunk as Uint8Array);
      }
    } catch (error) {
      // The source was torn down because the connection is over, or could not be read on.
      if (!this.#closing && !isPremature(error)) throw error;
    }
    this.#allSent = true;
    this.#wait();
  }

  /** Begins to wait anew for the end, or for the peer's. */
  #wait(): void {
    if (!this.#allSent && !this.#closing) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = this.#closing
      ? setTimeout(() => this.#transport.abort(), patienceMs)
      : setTimeout(() => this.finish(), quietMs);
  }
}

function isPremature(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
