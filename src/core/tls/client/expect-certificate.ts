import { ByteError } from '../../bytes/index.ts';
import type { Certificate } from '../../pki/index.ts';
import type { ConnectionContext } from '../connection/context.ts';
import type { ConnectionState, ReceivedMessage } from '../connection/state.ts';
import { findExtension } from '../extensions/extension.ts';
import { Fault } from '../fault.ts';
import type { CertificateMessage, CertificateRequest, CertificateVerify } from '../messages/message.ts';
import { checkCertificateVerify } from '../peer/certificate-verify.ts';
import { offeredSchemes } from '../peer/offered-schemes.ts';
import { judgePeer, readPeerChain } from '../peer/peer-certificate.ts';
import type { ClientAgreement } from './expect-encrypted-extensions.ts';
import { ExpectServerFinished } from './expect-finished.ts';
import { checkSolicited } from './solicited.ts';

/** Signature schemes the server takes from the client, where it has asked for a certificate. */
export type RequestedSchemes = readonly number[] | null;

export class ExpectCertificateOrCertificateRequest implements ConnectionState {
  readonly name = 'ExpectCertificateOrCertificateRequest';
  readonly accepts = ['CertificateRequest', 'Certificate'] as const;
  readonly #context: ConnectionContext;
  readonly #agreement: ClientAgreement;

  constructor(context: ConnectionContext, agreement: ClientAgreement) {
    this.#context = context;
    this.#agreement = agreement;
  }

  async handle(received: ReceivedMessage): Promise<ConnectionState> {
    const { message } = received;
    if (message.type === 'Certificate')
      return new ExpectServerCertificate(this.#context, this.#agreement, null).handle(received);
    this.#context.admit(received);
    const schemes = requestedSchemes(message as CertificateRequest);
    return new ExpectServerCertificate(this.#context, this.#agreement, schemes);
  }
}

function requestedSchemes({ context, extensions }: CertificateRequest): readonly number[] {
  if (context.length > 0) {
    const reason = 'certificate_request_context is not empty during the handshake';
    throw new Fault('illegal_parameter', 'certificate-request.context', reason, '4.3.2');
  }
  const schemes = findExtension(extensions, 'signature_algorithms')?.schemes;
  if (schemes !== undefined) return schemes;
  const reason = 'the CertificateRequest has no signature_algorithms';
  throw new Fault('missing_extension', 'certificate-request.schemes', reason, '4.3.2');
}

class ExpectServerCertificate implements ConnectionState {
  readonly name = 'ExpectServerCertificate';
  readonly accepts = ['Certificate'] as const;
  readonly #context: ConnectionContext;
  readonly #agreement: ClientAgreement;
  readonly #request: RequestedSchemes;

  constructor(context: ConnectionContext, agreement: ClientAgreement, request: RequestedSchemes) {
    this.#context = context;
    this.#agreement = agreement;
    this.#request = request;
  }

  async handle(received: ReceivedMessage): Promise<ConnectionState> {
    const context = this.#context;
    context.admit(received);
    const message = received.message as CertificateMessage;
    const { config, hello } = this.#agreement.offer;
    if (message.context.length > 0) {
      const reason = 'certificate_request_context of a server is not empty';
      throw new Fault('illegal_parameter', 'certificate.context', reason, '4.4.2');
    }
    if (message.entries.length === 0) throw new ByteError('Certificate: a server must send one', 0);
    for (const { extensions } of message.entries) checkSolicited('Certificate', extensions, hello, false);
    const chain = readPeerChain(message, context, config);
    const serverName = config.serverName ?? null;
    const verdict = await judgePeer(context, config.verifyPeer, { chain, purpose: 'serverAuth', serverName });
    const { identity } = verdict;
    return new ExpectServerCertificateVerify(context, this.#agreement, { chain, identity }, this.#request);
  }
}

class ExpectServerCertificateVerify implements ConnectionState {
  readonly name = 'ExpectServerCertificateVerify';
  readonly accepts = ['CertificateVerify'] as const;
  readonly #context: ConnectionContext;
  readonly #agreement: ClientAgreement;
  readonly #peer: { readonly chain: readonly Certificate[]; readonly identity: string | null };
  readonly #request: RequestedSchemes;

  constructor(
    context: ConnectionContext,
    agreement: ClientAgreement,
    peer: { readonly chain: readonly Certificate[]; readonly identity: string | null },
    request: RequestedSchemes,
  ) {
    this.#context = context;
    this.#agreement = agreement;
    this.#peer = peer;
    this.#request = request;
  }

  async handle(received: ReceivedMessage): Promise<ConnectionState> {
    const context = this.#context;
    context.admit(received);
    const scheme = await checkCertificateVerify(
      context,
      this.#peer.chain[0]!,
      received.message as CertificateVerify,
      offeredSchemes(this.#agreement.offer.config),
      await context.transcript.before(),
    );
    return new ExpectServerFinished(context, this.#agreement, {
      ...this.#peer,
      scheme,
      request: this.#request,
    });
  }
}
