import type { Application, Ended, Transport } from './transport.ts';

export interface TimeBounds {
  /** How long a handshake may take from its connection on, whatever comes in that time. */
  readonly handshakeMs: number;
  /** How long nothing may move on a connection. */
  readonly idleMs: number;
}

/** Serves a connection; a peer that does not finish its handshake, or falls silent, holds it no longer than allowed. */
export async function boundInTime(
  transport: Transport,
  application: Application,
  { handshakeMs, idleMs }: TimeBounds,
): Promise<Ended> {
  const deadline = setTimeout(() => transport.abort(), handshakeMs);
  transport.onIdle(idleMs, () => transport.expire());
  try {
    return await transport.run({
      ...application,
      onSession: async (session) => {
        clearTimeout(deadline);
        await application.onSession?.(session);
      },
    });
  } finally {
    clearTimeout(deadline);
  }
}
