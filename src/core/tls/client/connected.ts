import type { ConnectionContext } from '../connection/context.ts';
import type { ConnectionState, ReceivedMessage } from '../connection/state.ts';
import { findExtension } from '../extensions/extension.ts';
import { Fault } from '../fault.ts';
import type { HkdfSecret } from '../key-schedule/hkdf.ts';
import type { NewSessionTicket } from '../messages/message.ts';
import { MAX_LIFETIME_SECONDS } from '../tickets/lifetime.ts';

/** The handshake is done: tickets may come at any time. */
export class ClientConnected implements ConnectionState {
  readonly name = 'Connected';
  readonly accepts = ['NewSessionTicket'] as const;
  readonly #context: ConnectionContext;
  readonly #nowMs: () => number;
  readonly #resumption: HkdfSecret;
  readonly #authenticatedAtMs: number;
  #tickets = 0;

  /** @param authenticatedAtMs when the server proved who it is: now, or before a row of resumptions */
  constructor(
    context: ConnectionContext,
    nowMs: () => number,
    resumption: HkdfSecret,
    authenticatedAtMs: number,
  ) {
    this.#context = context;
    this.#nowMs = nowMs;
    this.#resumption = resumption;
    this.#authenticatedAtMs = authenticatedAtMs;
  }

  async handle({ message, bytes, spans }: ReceivedMessage): Promise<ConnectionState> {
    const context = this.#context;
    context.note(message.type, bytes, spans);
    const ticket = message as NewSessionTicket;
    if (ticket.lifetimeSeconds > MAX_LIFETIME_SECONDS) {
      const reason = `ticket_lifetime is ${ticket.lifetimeSeconds} s, ${MAX_LIFETIME_SECONDS} are allowed`;
      throw new Fault('illegal_parameter', 'ticket.lifetime', reason, '4.6.1');
    }
    // A lifetime of zero says: throw it away at once.
    if (ticket.lifetimeSeconds === 0 || this.#tickets === context.limits.tickets) return this;
    this.#tickets++;
    const psk = await context.schedule!.resumptionPsk(this.#resumption, ticket.nonce);
    const session = context.session!;
    context.emit({
      kind: 'ticket',
      ticket: {
        ticket: ticket.ticket,
        psk,
        cipherSuite: session.cipherSuite,
        lifetimeSeconds: ticket.lifetimeSeconds,
        ageAdd: ticket.ageAdd,
        receivedAtMs: this.#nowMs(),
        authenticatedAtMs: this.#authenticatedAtMs,
        maxEarlyData: findExtension(ticket.extensions, 'max_early_data_size')?.size ?? 0,
        alpn: session.alpn,
        serverName: session.serverName,
        peerChain: session.peerChain,
        peerIdentity: session.peerIdentity,
      },
    });
    return this;
  }
}
