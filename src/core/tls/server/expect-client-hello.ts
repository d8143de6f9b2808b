import { equalBytes, type Bytes } from '../../bytes/index.ts';
import type { TlsCredential, TlsServerConfig } from '../config.ts';
import type { ConnectionContext } from '../connection/context.ts';
import type { ConnectionState, ReceivedMessage } from '../connection/state.ts';
import { type Extension, findExtension } from '../extensions/extension.ts';
import { extensionName } from '../extensions/registry.ts';
import { Fault } from '../fault.ts';
import type { ClientHello } from '../messages/message.ts';
import { retryRandom } from '../messages/read.ts';
import { type CipherSuiteParameters, type NamedGroup, namedGroups } from '../names.ts';
import { chooseScheme } from '../peer/certificate-verify.ts';
import { changedExtension } from './changed-extension.ts';
import { chooseAlpn, chooseGroup, chooseSuite } from './choose.ts';
import { type ClientOffer, readClientOffer } from './client-offer.ts';
import { earlyDataRefusal, type Resumption, tryResume } from './resume.ts';
import type { ServerChoice } from './server-choice.ts';
import { sendServerFlight } from './server-flight.ts';

const TLS12 = 0x0303;
const TLS13 = 0x0304;

/** The first hello, where it was answered by a HelloRetryRequest. */
interface Retried {
  readonly first: ClientHello;
  readonly suite: CipherSuiteParameters;
  readonly group: NamedGroup;
  readonly cookie: Bytes | null;
}

export class ExpectClientHello implements ConnectionState {
  readonly name: 'ExpectClientHello' | 'ExpectSecondClientHello';
  readonly accepts = ['ClientHello'] as const;
  readonly #context: ConnectionContext;
  readonly #config: TlsServerConfig;
  readonly #retried: Retried | null;

  constructor(context: ConnectionContext, config: TlsServerConfig, retried: Retried | null = null) {
    this.#context = context;
    this.#config = config;
    this.#retried = retried;
    this.name = retried === null ? 'ExpectClientHello' : 'ExpectSecondClientHello';
  }

  async handle(received: ReceivedMessage): Promise<ConnectionState> {
    const context = this.#context;
    const hello = received.message as ClientHello;
    context.clientRandom = hello.random;
    context.reader.allowsChangeCipherSpec = true;
    const { offer, suite, group } = this.#read(received);
    context.transcript.setHash(suite.hash);
    context.admit(received);
    const share = offer.shares.find((entry) => entry.group === namedGroups[group]);
    if (share === undefined && this.#retried === null) return this.#retry(offer, suite, group);
    if (share === undefined || (this.#retried !== null && !isWhatWasAskedFor(offer, suite, this.#retried)))
      throw illegal('retry.answer', 'the second ClientHello does not answer the HelloRetryRequest');
    const resumption = await tryResume(context, this.#config, offer, suite);
    return sendServerFlight(context, this.#choose(offer, suite, group, share.keyExchange, resumption));
  }

  /** What the client offers and what of it is taken; a hello that is refused is announced without a hash. */
  #read(received: ReceivedMessage) {
    const hello = received.message as ClientHello;
    try {
      const offer = readClientOffer(hello);
      if (this.#retried !== null) checkSecondHello(hello, this.#retried);
      return { offer, suite: chooseSuite(this.#config, offer), group: chooseGroup(this.#config, offer) };
    } catch (error) {
      this.#context.note('ClientHello', received.bytes, received.spans);
      throw error;
    }
  }

  #choose(
    offer: ClientOffer,
    suite: CipherSuiteParameters,
    group: NamedGroup,
    peerShare: Bytes,
    resumption: Resumption | null,
  ): ServerChoice {
    const config = this.#config;
    const alpn = chooseAlpn(config, offer);
    const retried = this.#retried !== null;
    const refusal = earlyDataRefusal(config, resumption, { suite, alpn, retried });
    const lost =
      this.#retried !== null && findExtension(this.#retried.first.extensions, 'early_data') !== null;
    const earlyData = offer.earlyData
      ? refusal === null
        ? 'accepted'
        : 'rejected'
      : lost
        ? 'rejected'
        : 'not-offered';
    if (earlyData !== 'not-offered')
      this.#context.emit({ kind: 'early-data', accepted: earlyData === 'accepted', reason: refusal });
    const credential = resumption === null ? this.#credential(offer) : null;
    if (offer.earlyData && earlyData === 'rejected')
      this.#context.reader.skipEarlyData('undecryptable', this.#context.limits.skippedEarlyData);
    return { config, offer, suite, group, peerShare, alpn, credential, resumption, earlyData, retried };
  }

  #credential(offer: ClientOffer): TlsCredential {
    if (!offer.hasSignatureAlgorithms) {
      const reason = 'the ClientHello has no signature_algorithms, and a certificate is to be presented';
      throw new Fault('missing_extension', 'client-hello.schemes', reason, '9.2');
    }
    const { credential } = this.#config;
    const chosen = typeof credential === 'function' ? credential(offer) : credential;
    if (typeof chosen !== 'string') {
      // Found out now, while the refusal can still go out before the ServerHello.
      chooseScheme(chosen.keyPair, offer.signatureAlgorithms);
      return chosen;
    }
    const name = offer.serverName === null ? 'without a server name' : `for ${offer.serverName}`;
    throw new Fault(chosen, 'negotiation.credential', `nothing is served ${name}`, '6.2');
  }

  async #retry(
    offer: ClientOffer,
    suite: CipherSuiteParameters,
    group: NamedGroup,
  ): Promise<ConnectionState> {
    const context = this.#context;
    const plain: readonly Extension[] = [
      { type: 'selected_version', version: TLS13 },
      { type: 'selected_group', group: namedGroups[group] },
    ];
    const extensions = this.#config.arrangeExtensions?.('HelloRetryRequest', plain) ?? plain;
    await context.transcript.replaceByMessageHash();
    context.send({
      type: 'HelloRetryRequest',
      legacyVersion: TLS12,
      random: retryRandom,
      sessionId: offer.hello.sessionId,
      cipherSuite: suite.code,
      compressionMethod: 0,
      extensions,
    });
    context.writer.flush();
    if (offer.hello.sessionId.length > 0) context.writer.changeCipherSpecNow();
    if (offer.earlyData) context.reader.skipEarlyData('until-hello', context.limits.skippedEarlyData);
    const cookie = findExtension(extensions, 'cookie')?.cookie ?? null;
    return new ExpectClientHello(context, this.#config, { first: offer.hello, suite, group, cookie });
  }
}

/** What must not change from the first hello to the second (RFC 9846 section 4.1.2). */
function checkSecondHello(hello: ClientHello, { first, cookie }: Retried): void {
  const changed = changedExtension(first.extensions, hello.extensions);
  if (changed !== null)
    throw illegal('retry.changed', `${extensionName(changed)} changed after the HelloRetryRequest`);
  if (!equalBytes(hello.random, first.random) || !equalBytes(hello.sessionId, first.sessionId))
    throw illegal('retry.changed', 'random or session id changed after the HelloRetryRequest');
  if (hello.cipherSuites.join() !== first.cipherSuites.join())
    throw illegal('retry.changed', 'the cipher suites changed after the HelloRetryRequest');
  if (findExtension(hello.extensions, 'early_data') !== null)
    throw illegal('retry.early-data', 'early_data after a HelloRetryRequest');
  const echoed = findExtension(hello.extensions, 'cookie')?.cookie ?? null;
  if (cookie !== null && (echoed === null || !equalBytes(cookie, echoed)))
    throw illegal('retry.cookie', 'the cookie of the HelloRetryRequest does not come back');
}

function isWhatWasAskedFor(offer: ClientOffer, suite: CipherSuiteParameters, asked: Retried): boolean {
  return (
    suite === asked.suite && offer.shares.length === 1 && offer.shares[0]!.group === namedGroups[asked.group]
  );
}

function illegal(rule: string, reason: string): Fault {
  return new Fault('illegal_parameter', rule, reason, '4.1.2');
}
