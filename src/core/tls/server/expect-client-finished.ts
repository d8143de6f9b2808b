import type { ConnectionContext } from '../connection/context.ts';
import type { ConnectionState, ReceivedMessage } from '../connection/state.ts';
import type { Finished } from '../messages/message.ts';
import { checkFinished } from '../peer/verify-data.ts';
import type { TlsSession } from '../session.ts';
import { sendTickets } from './send-tickets.ts';
import type { ClientPeer, ServerHandshake } from './server-handshake.ts';

export class ExpectClientFinished implements ConnectionState {
  readonly name = 'ExpectClientFinished';
  readonly accepts = ['Finished'] as const;
  readonly #context: ConnectionContext;
  readonly #handshake: ServerHandshake;
  readonly #peer: ClientPeer;

  constructor(context: ConnectionContext, handshake: ServerHandshake, peer: ClientPeer) {
    this.#context = context;
    this.#handshake = handshake;
    this.#peer = peer;
  }

  async handle(received: ReceivedMessage): Promise<ConnectionState> {
    const context = this.#context;
    const { traffic, application, choice } = this.#handshake;
    context.admit(received);
    const { verifyData } = received.message as Finished;
    await checkFinished(context, traffic.client.secret, await context.transcript.before(), verifyData);
    await context.readWith('application', application.client);
    context.reader.allowsChangeCipherSpec = false;
    context.reader.allowsPlaintextAlert = false;
    const resumption = await context.schedule!.resumption(await context.transcript.current());
    const session = this.#session();
    context.session = session;
    context.transcript.release();
    context.emit({ kind: 'handshake', session });
    await sendTickets(context, choice, session, resumption);
    return serverConnected;
  }

  #session(): TlsSession {
    const { suite, group, alpn, offer, resumption, earlyData } = this.#handshake.choice;
    return {
      role: 'server',
      cipherSuite: suite.name,
      group,
      peerSignatureScheme: this.#peer.scheme,
      alpn,
      serverName: offer.serverName,
      peerChain: this.#peer.chain,
      peerIdentity: this.#peer.identity,
      resumed: resumption !== null,
      earlyData,
      clientRandom: this.#context.clientRandom,
    };
  }
}

/** The handshake is done: but for key updates a client has nothing more to say in messages. */
const serverConnected: ConnectionState = {
  name: 'Connected',
  accepts: [],
  handle: () => Promise.reject(new Error('server: no message is accepted when connected')),
};
