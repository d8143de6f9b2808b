import type { TlsClientConfig } from '../config.ts';
import type { TlsConnection } from '../connection.ts';
import { Engine } from '../connection/engine.ts';
import type { ConnectionState } from '../connection/state.ts';
import { startClient } from './start.ts';

/** Before `start`. */
const start: ConnectionState = {
  name: 'Start',
  accepts: [],
  handle: () => Promise.reject(new Error('client: received before start')),
};

/**
 * The client's end of a connection (RFC 9846); `start()` writes its ClientHello.
 *
 * @throws RangeError for a configuration that could never work
 */
export function createTlsClient(config: TlsClientConfig): TlsConnection {
  const groups = config.groups ?? ['x25519', 'secp256r1'];
  const stray = config.keyShares?.find((group) => !groups.includes(group));
  if (stray !== undefined) throw new RangeError(`keyShares: ${stray} is not among groups`);
  return new Engine(
    { role: 'client', begin: () => start, start: (context) => startClient(context, config) },
    config,
  );
}
