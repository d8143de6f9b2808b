import type { Bytes } from '../../bytes/index.ts';
import type { ConnectionContext } from '../connection/context.ts';
import type { HkdfSecret } from '../key-schedule/hkdf.ts';
import { verifyData } from '../key-schedule/traffic-secret.ts';
import type { ClientHello } from '../messages/message.ts';
import { writeMessage } from '../messages/write.ts';
import { type CipherSuiteParameters, cipherSuites } from '../names.ts';
import type { TlsTicket } from '../session.ts';

/** A ticket on offer, with the schedule its PSK has begun. */
export interface OfferedPsk {
  readonly ticket: TlsTicket;
  readonly suite: CipherSuiteParameters;
  readonly binderSecret: HkdfSecret;
}

/** Begins the key schedule with the ticket's PSK. */
export async function offerPsk(context: ConnectionContext, ticket: TlsTicket): Promise<OfferedPsk> {
  const suite = cipherSuites[ticket.cipherSuite];
  context.schedule = context.newSchedule(suite);
  await context.schedule.extractEarly(ticket.psk);
  return { ticket, suite, binderSecret: await context.schedule.binderSecret() };
}

/**
 * Encodes a ClientHello with pre_shared_key: the binder covers the hello up to the list of binders, and so is made
 * after it (RFC 9846 section 4.2.11.2).
 */
export async function writeHelloWithPsk(
  context: ConnectionContext,
  hello: ClientHello,
  offer: OfferedPsk,
  nowMs: number,
): Promise<{
  readonly message: ClientHello;
  readonly bytes: Bytes;
  readonly spans: ReturnType<typeof writeMessage>['spans'];
}> {
  const { ticket, suite } = offer;
  const age = Math.max(0, Math.round(nowMs - ticket.receivedAtMs));
  const identity = { identity: ticket.ticket, obfuscatedTicketAge: (age + ticket.ageAdd) % 2 ** 32 };
  const binder = new Uint8Array(suite.hashLength);
  const message: ClientHello = {
    ...hello,
    extensions: [...hello.extensions, { type: 'pre_shared_key', identities: [identity], binders: [binder] }],
  };
  const { bytes, spans } = writeMessage(message, context.annotate);
  const truncated = bytes.subarray(0, bytes.length - bindersLength([binder]));
  const hash = await context.transcript.with(truncated, suite.hash);
  const { finishedKey, verifyData: value } = await verifyData(offer.binderSecret, hash);
  context.schedule!.announceFinishedKey('binder_finished_key', 'binder_key', finishedKey);
  binder.set(value);
  bytes.set(value, bytes.length - value.length);
  return { message, bytes, spans };
}

/** Octets of the list of binders with its length: what is left out of the hello they cover. */
export function bindersLength(binders: readonly Uint8Array[]): number {
  return binders.reduce((sum, binder) => sum + 1 + binder.length, 2);
}
