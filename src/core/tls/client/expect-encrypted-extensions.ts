import { ByteError } from '../../bytes/index.ts';
import type { ConnectionContext } from '../connection/context.ts';
import type { ConnectionState, ReceivedMessage } from '../connection/state.ts';
import { findExtension } from '../extensions/extension.ts';
import { Fault } from '../fault.ts';
import type { TrafficSecret } from '../key-schedule/traffic-secret.ts';
import type { EncryptedExtensions } from '../messages/message.ts';
import type { CipherSuiteParameters, NamedGroup } from '../names.ts';
import { ExpectCertificateOrCertificateRequest } from './expect-certificate.ts';
import { ExpectServerFinished } from './expect-finished.ts';
import type { OfferedPsk } from './offered-psk.ts';
import { checkSolicited } from './solicited.ts';
import type { ClientOffer } from './send-client-hello.ts';

/** What client and server have agreed on by their hellos. */
export interface ClientHandshake {
  readonly offer: ClientOffer;
  readonly suite: CipherSuiteParameters;
  readonly group: NamedGroup;
  /** The ticket the server has selected. */
  readonly psk: OfferedPsk | null;
  readonly traffic: { readonly client: TrafficSecret; readonly server: TrafficSecret };
}

/** The same, with what came encrypted. */
export interface ClientAgreement extends ClientHandshake {
  readonly alpn: string | null;
  readonly earlyData: 'not-offered' | 'accepted' | 'rejected';
}

export class ExpectEncryptedExtensions implements ConnectionState {
  readonly name = 'ExpectEncryptedExtensions';
  readonly accepts = ['EncryptedExtensions'] as const;
  readonly #context: ConnectionContext;
  readonly #handshake: ClientHandshake;

  constructor(context: ConnectionContext, handshake: ClientHandshake) {
    this.#context = context;
    this.#handshake = handshake;
  }

  async handle(received: ReceivedMessage): Promise<ConnectionState> {
    const context = this.#context;
    context.admit(received);
    const { extensions } = received.message as EncryptedExtensions;
    const { offer, psk, traffic } = this.#handshake;
    checkSolicited('EncryptedExtensions', extensions, offer.hello, psk !== null);
    const limit = findExtension(extensions, 'record_size_limit')?.limit;
    if (limit !== undefined) context.writer.limitRecords(limit);
    const alpn = this.#alpn(received.message as EncryptedExtensions);
    const earlyData = this.#earlyData(received.message as EncryptedExtensions, alpn);
    if (offer.parts.earlyData) {
      const accepted = earlyData === 'accepted';
      const reason = accepted ? null : 'the server did not take it';
      context.emit({ kind: 'early-data', accepted, reason });
      if (!accepted) await context.writeWith('handshake', traffic.client);
    }
    const agreement: ClientAgreement = { ...this.#handshake, alpn, earlyData };
    return psk === null
      ? new ExpectCertificateOrCertificateRequest(context, agreement)
      : new ExpectServerFinished(context, agreement, {
          chain: psk.ticket.peerChain,
          identity: psk.ticket.peerIdentity,
          scheme: null,
          request: null,
        });
  }

  #alpn({ extensions }: EncryptedExtensions): string | null {
    const protocols = findExtension(extensions, 'application_layer_protocol_negotiation')?.protocols;
    if (protocols === undefined) return null;
    const [protocol] = protocols;
    if (protocol === undefined || protocols.length !== 1)
      throw new ByteError(`ALPN: ${protocols.length} protocols selected, not one`, 0);
    if (this.#handshake.offer.config.alpn?.includes(protocol)) return protocol;
    const reason = `ALPN: "${protocol}" was selected, which was not offered`;
    throw new Fault('illegal_parameter', 'alpn.not-offered', reason, 'RFC 7301 3.1');
  }

  #earlyData({ extensions }: EncryptedExtensions, alpn: string | null): ClientAgreement['earlyData'] {
    const { offer, psk, suite } = this.#handshake;
    const accepted = findExtension(extensions, 'early_data') !== null;
    if (!accepted) return offer.parts.earlyData ? 'rejected' : 'not-offered';
    const reason =
      psk === null
        ? 'early data was accepted without its ticket'
        : psk.suite !== suite
          ? `early data was accepted with ${suite.name}, not the ticket's suite`
          : psk.ticket.alpn !== alpn
            ? `early data was accepted for the protocol ${alpn ?? '(none)'}, not the ticket's`
            : null;
    if (reason === null) return 'accepted';
    throw new Fault('illegal_parameter', 'early-data.accepted', reason, '4.2.10');
  }
}
