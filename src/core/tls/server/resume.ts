import { ByteError, type Bytes } from '../../bytes/index.ts';
import { bindersLength } from '../client/offered-psk.ts';
import type { TlsServerConfig } from '../config.ts';
import type { ConnectionContext } from '../connection/context.ts';
import type { CipherSuiteParameters } from '../names.ts';
import { checkBinder } from '../peer/verify-data.ts';
import { readSessionState, type SessionState } from '../tickets/session-state.ts';
import type { ClientOffer } from './client-offer.ts';

/** How far the client's idea of a ticket's age may be off for early data; BoringSSL's kMaxTicketAgeSkewSeconds. */
const MAX_SKEW_MS = 60_000;

export interface Resumption {
  readonly state: SessionState;
  readonly ticket: Bytes;
  readonly binder: Bytes;
  /** How much older or younger than the server thinks the client says the ticket is. */
  readonly skewMs: number;
}

/**
 * The session the client's first ticket stands for; null for a full handshake. As BoringSSL: only the first identity is
 * looked at, and a ticket that is of no use is no fault. A ticket of ours with a wrong binder is one.
 *
 * @throws Fault decrypt_error for a wrong binder
 */
export async function tryResume(
  context: ConnectionContext,
  config: TlsServerConfig,
  offer: ClientOffer,
  suite: CipherSuiteParameters,
): Promise<Resumption | null> {
  const { tickets } = config;
  const [identity] = offer.psk?.identities ?? [];
  if (!offer.psk || identity === undefined) return null;
  const nowMs = config.nowMs();
  const state = tickets ? await openTicket(config, identity.identity) : null;
  const refusal =
    state === null ? 'the ticket is not one of this server' : unfit(state, config, suite, nowMs);
  if (state === null || refusal !== null) {
    context.emit({ kind: 'resumption', accepted: false, reason: refusal });
    return null;
  }
  context.schedule = context.newSchedule(suite);
  await context.schedule.extractEarly(state.psk);
  const binderSecret = await context.schedule.binderSecret();
  const hash = await context.transcript.withoutEnd(bindersLength(offer.psk.binders));
  const binder = offer.psk.binders[0]!;
  await checkBinder(context, binderSecret, hash, binder);
  context.emit({ kind: 'resumption', accepted: true, reason: null });
  const clientAgeMs = (identity.obfuscatedTicketAge - state.ageAdd + 2 ** 32) % 2 ** 32;
  return { state, ticket: identity.identity, binder, skewMs: clientAgeMs - (nowMs - state.issuedAtMs) };
}

async function openTicket(config: TlsServerConfig, ticket: Bytes): Promise<SessionState | null> {
  const bytes = await config.tickets!.protector.open(ticket);
  if (bytes === null) return null;
  try {
    return readSessionState(bytes);
  } catch (error) {
    if (error instanceof ByteError) return null;
    throw error;
  }
}

function unfit(
  state: SessionState,
  config: TlsServerConfig,
  suite: CipherSuiteParameters,
  nowMs: number,
): string | null {
  const ageMs = nowMs - state.issuedAtMs;
  if (ageMs < 0 || ageMs >= state.lifetimeSeconds * 1000) return 'the ticket is too old';
  if (state.suite.hash !== suite.hash)
    return `the ticket's ${state.suite.name} has another hash than ${suite.name}`;
  if (state.context !== (config.tickets?.context ?? ''))
    return 'the ticket was issued in another session context';
  if (config.clientCertificate === 'require' && state.peerChain.length === 0)
    return 'the session had no client certificate, and one is required';
  return null;
}

/** Why early data is not taken; null where it is (RFC 9846 section 4.2.10 and 8). */
export function earlyDataRefusal(
  config: TlsServerConfig,
  resumption: Resumption | null,
  negotiated: {
    readonly suite: CipherSuiteParameters;
    readonly alpn: string | null;
    readonly retried: boolean;
  },
): string | null {
  if (negotiated.retried) return 'after a HelloRetryRequest none is taken';
  if (!config.earlyData) return 'early data is switched off';
  if (resumption === null) return 'the session is not resumed';
  const { state, ticket, binder, skewMs } = resumption;
  if (state.maxEarlyData === 0) return 'the ticket does not allow it';
  if (state.suite !== negotiated.suite) return 'another cipher suite was chosen than the ticket has';
  if (state.alpn !== negotiated.alpn) return 'another protocol was chosen than the ticket has';
  if (Math.abs(skewMs) > MAX_SKEW_MS) return `the age of the ticket is off by ${skewMs} ms`;
  if (config.earlyData.accept?.({ ticket, binder }) === false) return 'it may be a replay';
  return null;
}
