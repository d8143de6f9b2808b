import type { TlsRole } from '../session.ts';
import type { ConnectionContext } from './context.ts';
import type { ConnectionState } from './state.ts';

/** A role's part in a connection: its first state, and the one after it has spoken first. */
export interface RoleDriver {
  readonly role: TlsRole;
  readonly begin: (context: ConnectionContext) => ConnectionState;
  readonly start?: (context: ConnectionContext) => Promise<ConnectionState>;
}
