import { type Bytes, equalBytes } from '../../bytes/index.ts';
import type { ConnectionContext } from '../connection/context.ts';
import type { ConnectionState, ReceivedMessage } from '../connection/state.ts';
import { describe } from '../extensions/describe.ts';
import { findExtension } from '../extensions/extension.ts';
import { Fault } from '../fault.ts';
import { agree, generateKeyShare } from '../key-schedule/key-exchange.ts';
import type { ServerHello } from '../messages/message.ts';
import { type CipherSuiteParameters, cipherSuiteOf, type NamedGroup, namedGroupOf } from '../names.ts';
import { ExpectEncryptedExtensions } from './expect-encrypted-extensions.ts';
import { checkSolicited } from './solicited.ts';
import { type ClientOffer, sendClientHello } from './send-client-hello.ts';

const TLS12 = 0x0303;
const TLS13 = 0x0304;
const SSL3 = 0x0300;
/** "DOWNGRD", the end of a random of a server that could do better (RFC 9846 section 4.1.3). */
const DOWNGRADE = Uint8Array.of(0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44);

/** Waits for ServerHello, or for the first HelloRetryRequest. */
export class ExpectServerHello implements ConnectionState {
  readonly name: 'ExpectServerHello' | 'ExpectSecondServerHello';
  readonly accepts = ['ServerHello', 'HelloRetryRequest'] as const;
  readonly #context: ConnectionContext;
  readonly #offer: ClientOffer;
  readonly #retried: CipherSuiteParameters | null;

  constructor(context: ConnectionContext, offer: ClientOffer, retried: CipherSuiteParameters | false) {
    this.#context = context;
    this.#offer = offer;
    this.#retried = retried === false ? null : retried;
    this.name = retried === false ? 'ExpectServerHello' : 'ExpectSecondServerHello';
  }

  async handle(received: ReceivedMessage): Promise<ConnectionState> {
    const hello = received.message as ServerHello;
    let suite;
    try {
      suite = checkServerHello(hello, this.#offer);
      this.#checkAfterRetry(hello, suite);
    } catch (error) {
      this.#context.note(hello.type, received.bytes, received.spans);
      throw error;
    }
    this.#context.transcript.setHash(suite.hash);
    return hello.type === 'ServerHello'
      ? this.#accept(received, hello, suite)
      : this.#retry(received, hello, suite);
  }

  #checkAfterRetry(hello: ServerHello, suite: CipherSuiteParameters): void {
    if (this.#retried === null) return;
    if (hello.type === 'HelloRetryRequest')
      throw new Fault('unexpected_message', 'retry.second', 'a second HelloRetryRequest', '4.1.4');
    if (suite === this.#retried) return;
    const reason = `${suite.name} in the ServerHello, ${this.#retried.name} in the HelloRetryRequest`;
    throw illegal('retry.suite', reason, '4.1.4');
  }

  async #retry(
    received: ReceivedMessage,
    retry: ServerHello,
    suite: CipherSuiteParameters,
  ): Promise<ConnectionState> {
    const context = this.#context;
    const { config, parts, psk } = this.#offer;
    await context.transcript.replaceByMessageHash();
    context.admit(received);
    const cookie = findExtension(retry.extensions, 'cookie')?.cookie ?? null;
    const group = this.#requestedGroup(retry);
    if (group === null && cookie === null)
      throw illegal('retry.nothing', 'the HelloRetryRequest asks for no change', '4.1.4');
    if (parts.earlyData) context.emit({ kind: 'early-data', accepted: false, reason: 'HelloRetryRequest' });
    else if (parts.sessionId.length > 0) context.writer.changeCipherSpec();
    const shares = group === null ? parts.shares : [await generateKeyShare(context.provider, group)];
    const kept = psk !== null && psk.suite.hash === suite.hash ? psk : null;
    context.writer.setProtection(null);
    const again = { ...parts, shares, cookie, earlyData: false };
    const next = await sendClientHello(context, config, again, kept, parts.earlyData);
    return new ExpectServerHello(context, next, suite);
  }

  #requestedGroup(retry: ServerHello): NamedGroup | null {
    const code = findExtension(retry.extensions, 'selected_group')?.group;
    if (code === undefined) return null;
    const { hello, parts } = this.#offer;
    const offered = findExtension(hello.extensions, 'supported_groups')?.groups ?? [];
    const group = namedGroupOf(code);
    if (group === null || !offered.includes(code))
      throw illegal('retry.group', `${describe.group(code)} was not offered`, '4.2.8');
    if (parts.shares.some((share) => share.group === group))
      throw illegal('retry.group', `a key share for ${group} was sent already`, '4.2.8');
    return group;
  }

  async #accept(
    received: ReceivedMessage,
    hello: ServerHello,
    suite: CipherSuiteParameters,
  ): Promise<ConnectionState> {
    const context = this.#context;
    context.admit(received);
    const { parts } = this.#offer;
    const psk = this.#selectedPsk(hello, suite);
    if (psk === null || psk.suite !== suite) {
      context.schedule = context.newSchedule(suite);
      await context.schedule.extractEarly(psk?.ticket.psk ?? null);
    }
    if (this.#offer.psk !== null) {
      const reason = psk === null ? 'the server did not select the ticket' : null;
      context.emit({ kind: 'resumption', accepted: psk !== null, reason });
    }
    const { group, shared } = await this.#agree(hello);
    const traffic = await context.schedule!.handshake(shared, await context.transcript.current());
    const compatible = parts.sessionId.length > 0 && this.#retried === null && !parts.earlyData;
    if (compatible) context.writer.changeCipherSpec();
    await context.readWith('handshake', traffic.server);
    // Early data goes on until the server has said whether it takes it.
    if (!parts.earlyData) await context.writeWith('handshake', traffic.client);
    return new ExpectEncryptedExtensions(context, { offer: this.#offer, suite, group, psk, traffic });
  }

  #selectedPsk(hello: ServerHello, suite: CipherSuiteParameters) {
    const selected = findExtension(hello.extensions, 'selected_identity');
    if (selected === null) return null;
    const { psk } = this.#offer;
    // Checked as solicited before, so there is one.
    if (psk === null || selected.index !== 0)
      throw illegal('psk.index', `identity ${selected.index} was selected, one was offered`, '4.2.11');
    if (psk.suite.hash !== suite.hash)
      throw illegal(
        'psk.hash',
        `${suite.name} has another hash than the ticket's ${psk.suite.name}`,
        '4.2.11',
      );
    return psk;
  }

  async #agree(hello: ServerHello): Promise<{ readonly group: NamedGroup; readonly shared: Bytes }> {
    const share = findExtension(hello.extensions, 'selected_key_share')?.share;
    if (share === undefined)
      throw new Fault(
        'missing_extension',
        'server-hello.key-share',
        'the ServerHello has no key_share',
        '9.2',
      );
    const own = this.#offer.parts.shares.find(({ group }) => group === namedGroupOf(share.group));
    if (own === undefined) {
      const reason = `a key share for ${describe.group(share.group)}, for which none was sent`;
      throw illegal('server-hello.key-share', reason, '4.2.8');
    }
    return { group: own.group, shared: await agree(this.#context.provider, own, share.keyExchange) };
  }
}

/** What ServerHello and HelloRetryRequest have to say alike (RFC 9846 section 4.1.3). */
function checkServerHello(hello: ServerHello, { hello: sent, psk }: ClientOffer): CipherSuiteParameters {
  checkVersion(hello);
  if (!equalBytes(hello.sessionId, sent.sessionId))
    throw illegal('server-hello.session-id', 'legacy_session_id_echo is not what was sent', '4.1.3');
  const suite = cipherSuiteOf(hello.cipherSuite);
  if (suite === null || !sent.cipherSuites.includes(hello.cipherSuite))
    throw illegal('server-hello.suite', `${describe.suite(hello.cipherSuite)} was not offered`, '4.1.3');
  if (hello.compressionMethod !== 0)
    throw illegal('server-hello.compression', `compression method ${hello.compressionMethod}`, '4.1.3');
  checkSolicited(hello.type, hello.extensions, sent, psk !== null);
  return suite;
}

function checkVersion(hello: ServerHello): void {
  const selected = findExtension(hello.extensions, 'selected_version');
  if (selected === null) {
    if (equalBytes(hello.random.subarray(24, 31), DOWNGRADE)) {
      const reason =
        'an older version was negotiated by a server that knows TLS 1.3: somebody has changed the ClientHello';
      throw illegal('server-hello.downgrade', reason, '4.1.3');
    }
    const reason = `the server answers with ${describe.version(hello.legacyVersion)}`;
    throw new Fault('protocol_version', 'server-hello.version', reason, '4.2.1');
  }
  if (selected.version !== TLS13)
    throw illegal(
      'server-hello.version',
      `selected_version is ${describe.version(selected.version)}`,
      '4.2.1',
    );
  if (hello.legacyVersion <= SSL3) {
    const reason = `legacy_version is ${describe.version(hello.legacyVersion)}`;
    throw new Fault('protocol_version', 'server-hello.legacy-version', reason, 'E.5');
  }
  if (hello.legacyVersion !== TLS12)
    throw illegal(
      'server-hello.legacy-version',
      `legacy_version is ${describe.version(hello.legacyVersion)}`,
      '4.1.3',
    );
}

function illegal(rule: string, reason: string, section: string): Fault {
  return new Fault('illegal_parameter', rule, reason, section);
}
