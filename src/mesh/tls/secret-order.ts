import { toHex } from '../../core/bytes/index.ts';
import type { SecretEvent, SecretName, TlsEvent } from '../../core/tls/index.ts';

const names: readonly SecretName[] = [
  'early_secret',
  'binder_key',
  'binder_finished_key',
  'client_early_traffic_secret',
  'early_exporter_secret',
  'early_derived_secret',
  'ecdhe_shared_secret',
  'handshake_secret',
  'client_handshake_traffic_secret',
  'server_handshake_traffic_secret',
  'handshake_derived_secret',
  'main_secret',
  'server_finished_key',
  'client_application_traffic_secret',
  'server_application_traffic_secret',
  'exporter_secret',
  'client_finished_key',
  'resumption_secret',
  'resumption_psk',
];

/**
 * Secrets that come to exist in one step, in the order of RFC 9846 section 7.1: they are derived at the same time, and
 * which is done first is chance.
 */
export function inOrderOfSchedule(events: readonly TlsEvent[]): readonly TlsEvent[] {
  const ordered: TlsEvent[] = [];
  let step: SecretEvent[] = [];
  for (const event of events) {
    if (event.kind === 'secret') step.push(event);
    // Told with their flight, so that their place among the secrets says nothing.
    else if (event.kind === 'record' || event.kind === 'message') ordered.push(event);
    else {
      ordered.push(...step.sort(compare), event);
      step = [];
    }
  }
  return [...ordered, ...step.sort(compare)];
}

function compare(a: SecretEvent, b: SecretEvent): number {
  const byName = names.indexOf(a.name) - names.indexOf(b.name);
  if (byName !== 0 || a.context === null || b.context === null) return byName;
  return toHex(a.context) < toHex(b.context) ? -1 : 1;
}
