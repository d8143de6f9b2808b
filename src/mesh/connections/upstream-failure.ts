import type { DecisionPoint } from '../../trace/index.ts';

/** How a request failed on its way, in the words of Envoy and, where there is none, of curl. */
export interface UpstreamFailure {
  readonly outcome: 'refused' | 'failed';
  readonly by: DecisionPoint | null;
  /** Envoy's response flags (source/common/stream_info/utility.h). */
  readonly flags: string;
  /** Inside `upstream_reset_before_response_started{…}`. */
  readonly cause: string;
  readonly transportFailure: string | null;
  /** What the narrator knows beyond Envoy's words. */
  readonly note: string | null;
  readonly curl: string;
  /** Body of Envoy's own answer. */
  readonly body: string;
}

const resetByPeer = 'curl: (56) Recv failure: Connection reset by peer';
const bodyOf = (reason: string, isRetried: boolean): string =>
  `upstream connect error or disconnect/reset before headers. ${isRetried ? 'retried and the latest reset reason' : 'reset reason'}: ${reason}`;

/** TLS or TCP never came about. Simplified: URX is shown without the two attempts before it. */
export function connectionFailure(
  flags: string,
  transportFailure: string,
  outcome: UpstreamFailure['outcome'],
  by: DecisionPoint | null,
): UpstreamFailure {
  const cause = `remote connection failure|${transportFailure}`;
  const body = bodyOf('remote connection failure', flags.startsWith('URX'));
  return { outcome, by, flags, cause, transportFailure, note: null, curl: resetByPeer, body };
}

/** An open connection ended under its request. */
export function termination(
  outcome: UpstreamFailure['outcome'],
  by: DecisionPoint | null,
  note: string,
  transportFailure: string | null,
): UpstreamFailure {
  const cause = 'connection termination';
  return {
    outcome,
    by,
    flags: 'UC',
    cause,
    transportFailure,
    note,
    curl: resetByPeer,
    body: bodyOf(cause, false),
  };
}

export function timedOut(
  dropped: { readonly by: DecisionPoint; readonly reason: string } | null,
): UpstreamFailure {
  const cause = 'connection timeout';
  return {
    outcome: dropped === null ? 'failed' : 'refused',
    by: dropped?.by ?? null,
    flags: 'UF',
    cause,
    transportFailure: null,
    note: dropped?.reason ?? 'no answer',
    curl: 'curl: (28) connection timed out',
    body: bodyOf(cause, false),
  };
}

export const connectionRefused: UpstreamFailure = {
  ...connectionFailure('URX,UF', 'delayed connect error: Connection refused', 'failed', 'Endpoint'),
  curl: 'curl: (7) Failed to connect: Connection refused',
};

export const protocolError: UpstreamFailure = {
  outcome: 'failed',
  by: 'Endpoint',
  flags: 'UPE',
  cause: 'protocol error',
  transportFailure: null,
  note: null,
  curl: 'curl: (1) Received HTTP/0.9 when not allowed',
  body: bodyOf('protocol error', false),
};
