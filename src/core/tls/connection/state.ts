import type { Bytes, Span } from '../../bytes/index.ts';
import type { TlsState } from '../connection.ts';
import type { HandshakeTypeName } from '../event.ts';
import type { HandshakeMessage } from '../messages/message.ts';

/** A handshake message as it came in. */
export interface ReceivedMessage {
  readonly message: HandshakeMessage;
  /** With its header. */
  readonly bytes: Bytes;
  readonly spans: readonly Span[];
}

/** What a connection waits for; it holds only what is known by then, and leads to the next. */
export interface ConnectionState {
  readonly name: TlsState;
  /** Messages that may come; every other is unexpected_message. */
  readonly accepts: readonly HandshakeTypeName[];
  /** @throws Fault */
  handle(received: ReceivedMessage): Promise<ConnectionState>;
  /** Early data that was accepted may come. */
  readonly earlyData?: (data: Bytes) => void;
}
