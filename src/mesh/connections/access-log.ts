import { headerValue, type HttpRequest } from '../../core/http/index.ts';
import type { PodRef } from '../../trace/index.ts';
import type { World } from '../world.ts';

/** What one line of Envoy's access log is made of. */
export interface AccessRecord {
  readonly pod: PodRef;
  readonly direction: 'inbound' | 'outbound';
  readonly connection: string | null;
  /** Null where no request was read: the line of a connection. */
  readonly http: HttpRequest | null;
  readonly requestId: string;
  readonly status: number;
  readonly flags: string;
  readonly details: string;
  readonly transportFailure: string | null;
  readonly sentBytes: number;
  readonly startedAtMs: number;
  /** Whether an upstream answered. */
  readonly isUpstream: boolean;
  readonly upstreamHost: string;
  readonly cluster: string;
  readonly upstreamLocal: string;
  readonly downstreamLocal: string;
  readonly downstreamRemote: string;
  readonly serverName: string | null;
  readonly route: string;
}

/**
 * Appends a line in Istio's default text format (pilot/pkg/model/telemetry_logging.go):
 * `[START] "METHOD PATH PROTO" CODE FLAGS DETAILS TERMINATION "TRANSPORT_FAILURE" RX TX DURATION UPSTREAM_TIME "XFF" "UA"
 * "REQ_ID" "AUTHORITY" "UPSTREAM_HOST" CLUSTER UP_LOCAL DOWN_LOCAL DOWN_REMOTE SNI ROUTE`.
 */
export function logAccess(world: World, record: AccessRecord): void {
  if (world.tlsEvidence === 'none') return;
  const { pod, direction, connection, status, flags, transportFailure } = record;
  const details = underscored(record.details);
  const line = accessLine(world, record, details);
  world.trace.append(`envoy:${pod}`, 'access.logged', {
    pod,
    direction,
    connection,
    status,
    flags,
    details,
    transportFailure: transportFailure === null ? null : underscored(transportFailure),
    line,
  });
}

function accessLine(world: World, record: AccessRecord, details: string): string {
  const { http, status, flags, transportFailure, startedAtMs } = record;
  const start = new Date(world.epochMs + startedAtMs).toISOString();
  const durationMs = world.clock.now() - startedAtMs;
  const field = (name: string): string => (http === null ? '-' : (headerValue(http.headers, name) ?? '-'));
  return [
    `[${start}]`,
    http === null ? '"- - -"' : `"${http.method} ${http.target} HTTP/1.1"`,
    status,
    flags,
    details,
    '-',
    `"${transportFailure === null ? '-' : underscored(transportFailure)}"`,
    http?.body.length ?? 0,
    record.sentBytes,
    durationMs,
    record.isUpstream ? durationMs : '-',
    `"${field('x-forwarded-for')}"`,
    `"${field('user-agent')}"`,
    `"${record.requestId}"`,
    `"${field('host')}"`,
    `"${record.upstreamHost}"`,
    record.cluster,
    record.upstreamLocal,
    record.downstreamLocal,
    record.downstreamRemote,
    record.serverName ?? '-',
    record.route,
  ].join(' ');
}

/** Envoy writes spaces in its reasons as underscores, so that fields stay apart. */
function underscored(text: string): string {
  return text.replaceAll(' ', '_');
}
