import type { Bytes } from '../../bytes/index.ts';
import type { ConnectionContext } from '../connection/context.ts';
import type { ConnectionState, ReceivedMessage } from '../connection/state.ts';
import { Fault } from '../fault.ts';

/** Early data comes, at most as much as was allowed, and ends by EndOfEarlyData (RFC 9846 section 4.5). */
export class ExpectEndOfEarlyData implements ConnectionState {
  readonly name = 'ExpectEndOfEarlyData';
  readonly accepts = ['EndOfEarlyData'] as const;
  readonly #context: ConnectionContext;
  readonly #maxSize: number;
  readonly #next: () => Promise<ConnectionState>;
  #size = 0;

  /** @param next installs the handshake keys and says what they are for */
  constructor(context: ConnectionContext, maxSize: number, next: () => Promise<ConnectionState>) {
    this.#context = context;
    this.#maxSize = maxSize;
    this.#next = next;
  }

  earlyData(data: Bytes): void {
    this.#size += data.length;
    if (this.#size > this.#maxSize) {
      const reason = `${this.#size} octets of early data, the ticket allows ${this.#maxSize}`;
      throw new Fault('unexpected_message', 'early-data.too-much', reason, '4.2.10');
    }
    if (data.length > 0) this.#context.emit({ kind: 'data', data, early: true });
  }

  async handle(received: ReceivedMessage): Promise<ConnectionState> {
    this.#context.admit(received);
    return this.#next();
  }
}
