import { randomBytes } from '../../crypto/index.ts';
import type { Bytes } from '../../bytes/index.ts';
import type { TlsClientConfig } from '../config.ts';
import type { ConnectionContext } from '../connection/context.ts';
import type { ConnectionState } from '../connection/state.ts';
import { generateKeyShare } from '../key-schedule/key-exchange.ts';
import { cipherSuites } from '../names.ts';
import type { TlsTicket } from '../session.ts';
import { authenticationLeft } from '../tickets/lifetime.ts';
import { groupsOf, type HelloParts, suitesOf } from './client-hello.ts';
import { ExpectServerHello } from './expect-server-hello.ts';
import { type OfferedPsk, offerPsk } from './offered-psk.ts';
import { sendClientHello } from './send-client-hello.ts';

const NONE = new Uint8Array(0);

/** Writes the first ClientHello, and early data after it. */
export async function startClient(
  context: ConnectionContext,
  config: TlsClientConfig,
): Promise<ConnectionState> {
  const { provider } = config;
  const random = randomBytes(provider, 32);
  context.clientRandom = random;
  const sessionId = (config.middleboxCompatibility ?? true) ? randomBytes(provider, 32) : NONE;
  const groups = config.keyShares ?? groupsOf(config).slice(0, 1);
  const shares = await Promise.all(groups.map((group) => generateKeyShare(provider, group)));
  const ticket = usableTicket(config);
  const earlyData = earlyDataToSend(context, config, ticket);
  const psk = ticket === null ? null : await offerPsk(context, ticket);
  const parts: HelloParts = { random, sessionId, shares, cookie: null, earlyData: earlyData !== null };
  const offer = await sendClientHello(context, config, parts, psk);
  context.reader.allowsChangeCipherSpec = true;
  if (earlyData !== null && psk !== null) await sendEarlyData(context, psk, sessionId, earlyData);
  return new ExpectServerHello(context, offer, false);
}

/** A ticket is offered while it lives and where a suite with its hash is (RFC 9846 section 4.2.11). */
function usableTicket(config: TlsClientConfig): TlsTicket | null {
  const ticket = config.ticket ?? null;
  if (ticket === null) return null;
  const nowMs = config.nowMs();
  if (nowMs - ticket.receivedAtMs > ticket.lifetimeSeconds * 1000) return null;
  if (authenticationLeft(ticket.authenticatedAtMs, nowMs) === 0) return null;
  const { hash } = cipherSuites[ticket.cipherSuite];
  return suitesOf(config).some((name) => cipherSuites[name].hash === hash) ? ticket : null;
}

function earlyDataToSend(
  context: ConnectionContext,
  config: TlsClientConfig,
  ticket: TlsTicket | null,
): Uint8Array | null {
  const data = config.earlyData ?? null;
  if (data === null || data.length === 0) return null;
  const reason =
    ticket === null
      ? 'there is no ticket to send it with'
      : data.length > ticket.maxEarlyData
        ? `${data.length} octets, the ticket allows ${ticket.maxEarlyData}`
        : suitesOf(config).includes(ticket.cipherSuite)
          ? null
          : `the ticket is for ${ticket.cipherSuite}, which is not offered`;
  if (reason === null) return data;
  context.emit({ kind: 'early-data', accepted: false, reason });
  return null;
}

async function sendEarlyData(
  context: ConnectionContext,
  psk: OfferedPsk,
  sessionId: Bytes,
  data: Uint8Array,
): Promise<void> {
  if (sessionId.length > 0) context.writer.changeCipherSpec();
  context.transcript.setHash(psk.suite.hash);
  const secret = await context.schedule!.clientEarlyTraffic(await context.transcript.current());
  await context.writeWith('early', secret);
  context.writer.data(data);
}
