import type { TlsServerConfig } from '../config.ts';
import type { TlsConnection } from '../connection.ts';
import { Engine } from '../connection/engine.ts';
import { ExpectClientHello } from './expect-client-hello.ts';

/**
 * The server's end of a connection (RFC 9846); it waits for a ClientHello.
 *
 * @throws RangeError for a configuration that could never work
 */
export function createTlsServer(config: TlsServerConfig): TlsConnection {
  if (config.clientCertificate !== 'none' && config.verifyPeer === undefined)
    throw new RangeError('clientCertificate: a client that is asked for one needs verifyPeer');
  return new Engine({ role: 'server', begin: (context) => new ExpectClientHello(context, config) }, config);
}
