import { asBytes } from '../../bytes/index.ts';
import { randomBytes } from '../../crypto/index.ts';
import { parseCertificate } from '../../pki/index.ts';
import type { ArrangedMessage, TlsServerConfig } from '../config.ts';
import type { ConnectionContext } from '../connection/context.ts';
import { presentCredential, sendFinished } from '../connection/present.ts';
import type { ConnectionState } from '../connection/state.ts';
import type { Extension } from '../extensions/extension.ts';
import { agree, generateKeyShare } from '../key-schedule/key-exchange.ts';
import { namedGroups } from '../names.ts';
import { offeredSchemes } from '../peer/offered-schemes.ts';
import { ExpectClientCertificate } from './expect-client-certificate.ts';
import { ExpectClientFinished } from './expect-client-finished.ts';
import { ExpectEndOfEarlyData } from './expect-end-of-early-data.ts';
import type { ServerChoice } from './server-choice.ts';
import type { ClientPeer, ServerHandshake } from './server-handshake.ts';

const TLS12 = 0x0303;
const TLS13 = 0x0304;

/** ServerHello to Finished, in one go (RFC 9846 section 2). */
export async function sendServerFlight(
  context: ConnectionContext,
  choice: ServerChoice,
): Promise<ConnectionState> {
  const { config, offer, earlyData } = choice;
  const early = earlyData === 'accepted' ? context.transcript.current() : null;
  const traffic = await sendServerHello(context, choice);
  if (early !== null)
    await context.readWith('early', await context.schedule!.clientEarlyTraffic(await early));
  else await context.readWith('handshake', traffic.client);
  context.reader.allowsPlaintextAlert = true;
  await context.writeWith('handshake', traffic.server);

  sendEncryptedExtensions(context, choice);
  const requestsCertificate = choice.resumption === null && config.clientCertificate !== 'none';
  if (choice.credential !== null) {
    if (requestsCertificate) sendCertificateRequest(context, config);
    await presentCredential(context, choice.credential, offer.signatureAlgorithms);
  }
  await sendFinished(context, traffic.server.secret);
  const application = await context.schedule!.application(await context.transcript.current());
  await context.writeWith('application', application.server);

  const handshake: ServerHandshake = { choice, traffic, application, requestsCertificate };
  if (early === null) return underHandshakeKeys(context, handshake);
  return new ExpectEndOfEarlyData(context, choice.resumption!.state.maxEarlyData, async () => {
    await context.readWith('handshake', traffic.client);
    return underHandshakeKeys(context, handshake);
  });
}

/** What is to come from the client, under handshake keys. */
function underHandshakeKeys(context: ConnectionContext, handshake: ServerHandshake): ConnectionState {
  if (handshake.requestsCertificate) return new ExpectClientCertificate(context, handshake);
  return new ExpectClientFinished(context, handshake, resumedPeer(handshake.choice));
}

function resumedPeer({ config, resumption }: ServerChoice): ClientPeer {
  const parse = config.parseCertificate ?? parseCertificate;
  const { peerChain = [], peerIdentity = null } = resumption?.state ?? {};
  return { chain: peerChain.map((der) => parse(der)), identity: peerIdentity, scheme: null };
}

async function sendServerHello(context: ConnectionContext, choice: ServerChoice) {
  const { config, offer, suite, group, resumption } = choice;
  const random = randomBytes(context.provider, 32);
  const own = await generateKeyShare(context.provider, group);
  const shared = await agree(context.provider, own, choice.peerShare);
  const extensions: (Extension | null)[] = [
    resumption === null ? null : { type: 'selected_identity', index: 0 },
    { type: 'selected_key_share', share: { group: namedGroups[group], keyExchange: own.publicKey } },
    { type: 'selected_version', version: TLS13 },
  ];
  context.send({
    type: 'ServerHello',
    legacyVersion: TLS12,
    random,
    sessionId: offer.hello.sessionId,
    cipherSuite: suite.code,
    compressionMethod: 0,
    extensions: arrange(config, 'ServerHello', extensions),
  });
  context.writer.flush();
  if (offer.hello.sessionId.length > 0 && !choice.retried) context.writer.changeCipherSpec();
  if (resumption === null) {
    context.schedule = context.newSchedule(suite);
    await context.schedule.extractEarly(null);
  }
  return context.schedule!.handshake(shared, await context.transcript.current());
}

function sendEncryptedExtensions(context: ConnectionContext, choice: ServerChoice): void {
  const { config, offer, alpn, earlyData, resumption } = choice;
  const acknowledges = (config.acknowledgeServerName ?? true) && offer.serverName !== null;
  const extensions: (Extension | null)[] = [
    acknowledges && resumption === null ? { type: 'server_name_acknowledgement' } : null,
    alpn === null ? null : { type: 'application_layer_protocol_negotiation', protocols: [alpn] },
    earlyData === 'accepted' ? { type: 'early_data' } : null,
  ];
  context.send({
    type: 'EncryptedExtensions',
    extensions: arrange(config, 'EncryptedExtensions', extensions),
  });
}

function sendCertificateRequest(context: ConnectionContext, config: TlsServerConfig): void {
  const names = config.certificateAuthorities ?? [];
  const extensions: (Extension | null)[] = [
    { type: 'signature_algorithms', schemes: offeredSchemes(config) },
    names.length === 0 ? null : { type: 'certificate_authorities', names: names.map(asBytes) },
  ];
  context.send({
    type: 'CertificateRequest',
    context: new Uint8Array(0),
    extensions: arrange(config, 'CertificateRequest', extensions),
  });
}

function arrange(
  config: TlsServerConfig,
  message: ArrangedMessage,
  extensions: readonly (Extension | null)[],
): readonly Extension[] {
  const present = extensions.filter((extension) => extension !== null);
  return config.arrangeExtensions?.(message, present) ?? present;
}
