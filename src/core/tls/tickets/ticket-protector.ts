import type { Bytes } from '../../bytes/index.ts';

/** Keeps the state of a session inside its ticket, under a key only the server has (RFC 5077 section 4). */
export interface TicketProtector {
  seal(state: Uint8Array): Promise<Bytes>;
  /** Null for what this protector did not make. */
  open(ticket: Uint8Array): Promise<Bytes | null>;
}
