import { Fault } from '../fault.ts';
import { Protection } from '../records/protection.ts';
import type { ConnectionContext } from './context.ts';

/** Application keys and their updates (RFC 9846 section 4.6.3 and 7.2). */
export class TrafficKeys {
  readonly #context: ConnectionContext;
  #updatesWithoutData = 0;
  #owesUpdate = false;

  constructor(context: ConnectionContext) {
    this.#context = context;
  }

  /** Data came in: updates before it do not count any more. */
  sawData(): void {
    this.#updatesWithoutData = 0;
  }

  /** The peer has new keys for what follows, and may ask for the same. */
  async peerUpdated(requestUpdate: boolean): Promise<void> {
    const { limits, reader } = this.#context;
    this.#updatesWithoutData++;
    if (this.#updatesWithoutData > limits.keyUpdates) {
      const reason = `more than ${limits.keyUpdates} key updates without data between them`;
      throw new Fault('unexpected_message', 'key-update.too-many', reason);
    }
    const next = await this.#next(reader.protection!);
    this.#context.useToRead(next);
    this.#announce('received', next);
    this.#owesUpdate ||= requestUpdate;
  }

  /** Updates own keys where the peer has asked for it: once, however often it has. */
  async answerUpdate(): Promise<void> {
    if (!this.#owesUpdate) return;
    this.#owesUpdate = false;
    await this.update(false);
  }

  /** Sends a KeyUpdate and writes with the next keys. */
  async update(requestPeer: boolean): Promise<void> {
    const { writer } = this.#context;
    this.#context.sendAfterHandshake({ type: 'KeyUpdate', requestUpdate: requestPeer });
    writer.flush();
    const next = await this.#next(writer.protection!);
    this.#context.useToWrite(next);
    this.#announce('sent', next);
  }

  /** Writes data, and updates keys where these have protected as much as they may. */
  async write(data: Uint8Array): Promise<void> {
    const { writer, limits } = this.#context;
    let rest = data;
    do {
      const left = limits.recordsPerKey - writer.protection!.sequence;
      // The KeyUpdate is a record of the old keys too.
      if (left <= 1) await this.update(false);
      const most = Math.max(1, limits.recordsPerKey - writer.protection!.sequence - 1) * writer.maxContent;
      writer.data(rest.subarray(0, most));
      rest = rest.subarray(Math.min(most, rest.length));
    } while (rest.length > 0);
  }

  async #next(current: Protection): Promise<Protection> {
    const { schedule, provider } = this.#context;
    return Protection.from(provider, 'application', await schedule!.update(current.secret));
  }

  #announce(direction: 'sent' | 'received', { secret }: Protection): void {
    this.#context.emit({ kind: 'keys-updated', direction, generation: secret.generation });
  }
}
