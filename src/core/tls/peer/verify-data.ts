import { type Bytes, equalBytes } from '../../bytes/index.ts';
import type { ConnectionContext } from '../connection/context.ts';
import { Fault } from '../fault.ts';
import type { HkdfSecret } from '../key-schedule/hkdf.ts';
import { verifyData } from '../key-schedule/traffic-secret.ts';

/**
 * Checks a Finished (RFC 9846 section 4.4.4) and announces the check.
 *
 * @param base the peer's handshake traffic secret
 * @param transcriptHash of everything before it
 * @throws Fault decrypt_error
 */
export async function checkFinished(
  context: ConnectionContext,
  base: HkdfSecret,
  transcriptHash: Bytes,
  received: Bytes,
): Promise<void> {
  const from = context.role === 'client' ? 'server' : 'client';
  const { finishedKey, verifyData: expected } = await verifyData(base, transcriptHash);
  context.schedule!.announceFinishedKey(
    `${from}_finished_key`,
    `${from}_handshake_traffic_secret`,
    finishedKey,
  );
  compare(context, 'finished', expected, received);
}

/** Checks the binder of a PSK (RFC 9846 section 4.2.11.2) in the same way. */
export async function checkBinder(
  context: ConnectionContext,
  base: HkdfSecret,
  transcriptHash: Bytes,
  received: Bytes,
): Promise<void> {
  const { finishedKey, verifyData: expected } = await verifyData(base, transcriptHash);
  context.schedule!.announceFinishedKey('binder_finished_key', 'binder_key', finishedKey);
  compare(context, 'binder', expected, received);
}

function compare(
  context: ConnectionContext,
  of: 'finished' | 'binder',
  expected: Bytes,
  received: Bytes,
): void {
  const ok = equalBytes(expected, received);
  const checks = [{ id: `${of}.verifyData`, ok }];
  context.emit({ kind: 'verification', of, ok, expected, received, checks });
  if (ok) return;
  const what = of === 'finished' ? 'verify_data of the Finished' : 'the binder of the PSK';
  const reason = `${what} does not fit this handshake`;
  throw new Fault('decrypt_error', `${of}.verify-data`, reason, of === 'finished' ? '4.4.4' : '4.2.11');
}
