import { type Bytes } from '../../bytes/index.ts';
import { randomBytes } from '../../crypto/index.ts';
import type { ServerTickets } from '../config.ts';
import type { ConnectionContext } from '../connection/context.ts';
import type { Extension } from '../extensions/extension.ts';
import type { HkdfSecret } from '../key-schedule/hkdf.ts';
import type { NewSessionTicket } from '../messages/message.ts';
import type { TlsSession } from '../session.ts';
import { writeSessionState } from '../tickets/session-state.ts';
import { authenticationLeft, MAX_LIFETIME_SECONDS } from '../tickets/lifetime.ts';
import type { ServerChoice } from './server-choice.ts';

/** BoringSSL: two days for a session with (EC)DHE. */
const DEFAULT_LIFETIME = 172_800;

/** Sends NewSessionTicket, as many as are configured, where the client could use them (RFC 9846 section 4.6.1). */
export async function sendTickets(
  context: ConnectionContext,
  choice: ServerChoice,
  session: TlsSession,
  resumption: HkdfSecret,
): Promise<void> {
  const { tickets } = choice.config;
  if (!tickets || !choice.offer.canResume) return;
  const { count = 2, nonce = (index) => Uint8Array.of(index) } = tickets;
  const nonces = Array.from({ length: count }, (_, index) => nonce(index));
  const messages = await Promise.all(
    nonces.map((nonce) => makeTicket(context, choice, tickets, session, resumption, nonce)),
  );
  for (const message of messages) context.sendAfterHandshake(message);
}

async function makeTicket(
  context: ConnectionContext,
  choice: ServerChoice,
  tickets: ServerTickets,
  session: TlsSession,
  resumption: HkdfSecret,
  nonce: Bytes,
): Promise<NewSessionTicket> {
  const { config, suite, alpn } = choice;
  const nowMs = config.nowMs();
  const authenticatedAtMs = choice.resumption?.state.authenticatedAtMs ?? nowMs;
  const lifetimeSeconds = Math.min(
    tickets.lifetimeSeconds ?? DEFAULT_LIFETIME,
    MAX_LIFETIME_SECONDS,
    authenticationLeft(authenticatedAtMs, nowMs),
  );
  const ageAdd = new DataView(randomBytes(context.provider, 4).buffer).getUint32(0);
  const maxEarlyData = config.earlyData?.maxSize ?? 0;
  const psk = await context.schedule!.resumptionPsk(resumption, nonce);
  const ticket = await tickets.protector.seal(
    writeSessionState({
      suite,
      psk,
      issuedAtMs: nowMs,
      authenticatedAtMs,
      lifetimeSeconds,
      ageAdd,
      maxEarlyData,
      alpn,
      serverName: session.serverName,
      context: tickets.context ?? '',
      peerIdentity: session.peerIdentity,
      peerChain: session.peerChain.map(({ der }) => der),
    }),
  );
  const plain: readonly Extension[] =
    maxEarlyData > 0 ? [{ type: 'max_early_data_size', size: maxEarlyData }] : [];
  const extensions = config.arrangeExtensions?.('NewSessionTicket', plain) ?? plain;
  return { type: 'NewSessionTicket', lifetimeSeconds, ageAdd, nonce, ticket, extensions };
}
