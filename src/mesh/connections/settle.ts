import type { World } from '../world.ts';
import type { PendingRequest, Verdict } from './connection.ts';

/** The request has ended: the app has its answer, or knows that there will be none. */
export function settle(world: World, pending: PendingRequest, status: number, verdict: Verdict | null): void {
  if (!world.connections.requests.delete(pending.id)) return;
  world.clock.clearTimeout(pending.timer);
  const { outcome, to, by, reason, peer, connection } = verdict ?? unanswered(pending);
  world.trace.append(`app:${pending.from}`, 'request.answered', {
    request: pending.id,
    from: pending.from,
    to,
    outcome,
    status,
    by,
    reason,
    peer,
    connection,
  });
}

/** What the app knows of a request that got no answer. */
export function unanswered({ command }: PendingRequest): Verdict {
  return {
    outcome: 'failed',
    to: command.to,
    by: null,
    reason: 'curl: (28) Operation timed out',
    peer: null,
    connection: null,
  };
}
