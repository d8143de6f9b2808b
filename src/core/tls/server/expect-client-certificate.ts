import type { Certificate } from '../../pki/index.ts';
import type { ConnectionContext } from '../connection/context.ts';
import type { ConnectionState, ReceivedMessage } from '../connection/state.ts';
import { extensionCode, extensionName } from '../extensions/registry.ts';
import { Fault } from '../fault.ts';
import type { CertificateMessage, CertificateVerify } from '../messages/message.ts';
import { checkCertificateVerify } from '../peer/certificate-verify.ts';
import { offeredSchemes } from '../peer/offered-schemes.ts';
import { judgePeer, readPeerChain } from '../peer/peer-certificate.ts';
import { ExpectClientFinished } from './expect-client-finished.ts';
import type { ServerHandshake } from './server-handshake.ts';

export class ExpectClientCertificate implements ConnectionState {
  readonly name = 'ExpectClientCertificate';
  readonly accepts = ['Certificate'] as const;
  readonly #context: ConnectionContext;
  readonly #handshake: ServerHandshake;

  constructor(context: ConnectionContext, handshake: ServerHandshake) {
    this.#context = context;
    this.#handshake = handshake;
  }

  async handle(received: ReceivedMessage): Promise<ConnectionState> {
    const context = this.#context;
    context.admit(received);
    const message = received.message as CertificateMessage;
    const { config, offer } = this.#handshake.choice;
    if (message.context.length > 0) {
      const reason = 'certificate_request_context is not the one of the request';
      throw new Fault('illegal_parameter', 'certificate.context', reason, '4.4.2');
    }
    if (message.entries.length === 0) return this.#anonymous();
    for (const { extensions } of message.entries)
      for (const extension of extensions) {
        const reason = `Certificate: ${extensionName(extensionCode(extension))} was not asked for`;
        throw new Fault('unsupported_extension', 'extension.unsolicited', reason, '4.2');
      }
    const chain = readPeerChain(message, context, config);
    const { serverName } = offer;
    const verdict = await judgePeer(context, config.verifyPeer!, {
      chain,
      purpose: 'clientAuth',
      serverName,
    });
    return new ExpectClientCertificateVerify(context, this.#handshake, chain, verdict.identity);
  }

  #anonymous(): ConnectionState {
    if (this.#handshake.choice.config.clientCertificate === 'require') {
      const reason = 'the client presents no certificate, and one is required';
      throw new Fault('certificate_required', 'certificate.required', reason, '4.4.2.4');
    }
    const nobody = { chain: [], identity: null, scheme: null };
    return new ExpectClientFinished(this.#context, this.#handshake, nobody);
  }
}

class ExpectClientCertificateVerify implements ConnectionState {
  readonly name = 'ExpectClientCertificateVerify';
  readonly accepts = ['CertificateVerify'] as const;
  readonly #context: ConnectionContext;
  readonly #handshake: ServerHandshake;
  readonly #chain: readonly Certificate[];
  readonly #identity: string | null;

  constructor(
    context: ConnectionContext,
    handshake: ServerHandshake,
    chain: readonly Certificate[],
    identity: string | null,
  ) {
    this.#context = context;
    this.#handshake = handshake;
    this.#chain = chain;
    this.#identity = identity;
  }

  async handle(received: ReceivedMessage): Promise<ConnectionState> {
    const context = this.#context;
    context.admit(received);
    const scheme = await checkCertificateVerify(
      context,
      this.#chain[0]!,
      received.message as CertificateVerify,
      offeredSchemes(this.#handshake.choice.config),
      await context.transcript.before(),
    );
    const peer = { chain: this.#chain, identity: this.#identity, scheme };
    return new ExpectClientFinished(context, this.#handshake, peer);
  }
}
