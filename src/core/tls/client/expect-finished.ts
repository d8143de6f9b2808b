import type { Certificate } from '../../pki/index.ts';
import type { ConnectionContext } from '../connection/context.ts';
import { presentCredential, sendFinished } from '../connection/present.ts';
import type { ConnectionState, ReceivedMessage } from '../connection/state.ts';
import type { Finished } from '../messages/message.ts';
import type { SignatureSchemeName } from '../names.ts';
import { checkFinished } from '../peer/verify-data.ts';
import { Protection } from '../records/protection.ts';
import type { TlsSession } from '../session.ts';
import { ClientConnected } from './connected.ts';
import type { ClientAgreement } from './expect-encrypted-extensions.ts';
import type { TrafficSecret } from '../key-schedule/traffic-secret.ts';

/** Whom the client has found at the other end. */
export interface ServerPeer {
  readonly chain: readonly Certificate[];
  readonly identity: string | null;
  readonly scheme: SignatureSchemeName | null;
  /** What the server takes as the client's proof; null where it asks for none. */
  readonly request: readonly number[] | null;
}

export class ExpectServerFinished implements ConnectionState {
  readonly name = 'ExpectServerFinished';
  readonly accepts = ['Finished'] as const;
  readonly #context: ConnectionContext;
  readonly #agreement: ClientAgreement;
  readonly #peer: ServerPeer;

  constructor(context: ConnectionContext, agreement: ClientAgreement, peer: ServerPeer) {
    this.#context = context;
    this.#agreement = agreement;
    this.#peer = peer;
  }

  async handle(received: ReceivedMessage): Promise<ConnectionState> {
    const context = this.#context;
    const { traffic } = this.#agreement;
    context.admit(received);
    const { verifyData } = received.message as Finished;
    await checkFinished(context, traffic.server.secret, await context.transcript.before(), verifyData);
    const application = this.#applicationKeys(await context.transcript.current());
    try {
      await this.#sendFlight();
    } finally {
      await application.catch(() => undefined);
    }
    const keys = await application;
    context.useToWrite(keys.client);
    context.useToRead(keys.server);
    context.reader.allowsChangeCipherSpec = false;
    const resumption = await context.schedule!.resumption(await context.transcript.current());
    const session = this.#session();
    context.session = session;
    context.transcript.release();
    context.emit({ kind: 'handshake', session });
    const { offer, psk } = this.#agreement;
    const { nowMs } = offer.config;
    const authenticatedAtMs = psk?.ticket.authenticatedAtMs ?? nowMs();
    return new ClientConnected(context, nowMs, resumption, authenticatedAtMs);
  }

  /** Derived while the client's own flight is signed. */
  async #applicationKeys(
    finishedHash: Uint8Array<ArrayBuffer>,
  ): Promise<{ readonly client: Protection; readonly server: Protection }> {
    const { provider, schedule } = this.#context;
    const secrets = await schedule!.application(finishedHash);
    const protect = (secret: TrafficSecret) => Protection.from(provider, 'application', secret);
    const [client, server] = await Promise.all([protect(secrets.client), protect(secrets.server)]);
    return { client, server };
  }

  async #sendFlight(): Promise<void> {
    const context = this.#context;
    const { offer, traffic, earlyData } = this.#agreement;
    if (earlyData === 'accepted') {
      context.send({ type: 'EndOfEarlyData' });
      await context.writeWith('handshake', traffic.client);
    }
    const { request } = this.#peer;
    if (request !== null) await presentCredential(context, offer.config.credential ?? null, request);
    await sendFinished(context, traffic.client.secret);
  }

  #session(): TlsSession {
    const { offer, suite, group, alpn, earlyData, psk } = this.#agreement;
    return {
      role: 'client',
      cipherSuite: suite.name,
      group,
      peerSignatureScheme: this.#peer.scheme,
      alpn,
      serverName: offer.config.serverName ?? null,
      peerChain: this.#peer.chain,
      peerIdentity: this.#peer.identity,
      resumed: psk !== null,
      earlyData: offer.lostEarlyData ? 'rejected' : earlyData,
      clientRandom: this.#context.clientRandom,
    };
  }
}
