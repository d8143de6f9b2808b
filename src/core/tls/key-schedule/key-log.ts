import { toHex } from '../../bytes/index.ts';
import type { TlsEvent } from '../event.ts';

/**
 * The line of the NSS key log for an event (draft-ietf-tls-keylogfile), without its line end; null for events that
 * have none. Wireshark derives later generations of traffic secrets itself.
 */
export function keyLogLine(event: TlsEvent): string | null {
  if (event.kind !== 'secret' || event.keyLogLabel === null) return null;
  return `${event.keyLogLabel} ${toHex(event.clientRandom)} ${toHex(event.value)}`;
}
