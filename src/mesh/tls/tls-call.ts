import type { TlsConnection, TlsOutput } from '../../core/tls/index.ts';
import type { ArtefactId } from '../../trace/index.ts';
import type { Incoming, OutgoingMessage } from '../world.ts';

/** How a piece of application data is told of: as another message than the TLS records that carry it. */
export interface Told extends Pick<OutgoingMessage, 'protocol' | 'label'> {
  readonly artefact: ArtefactId;
}

/** A call of a connection as it waits for its turn, or as it was and can be made again. */
export type Call =
  | { readonly kind: 'start' | 'close' | 'transport-closed' }
  | { readonly kind: 'receive'; readonly bytes: Uint8Array; readonly incoming: Incoming }
  | {
      readonly kind: 'write';
      readonly bytes: Uint8Array;
      readonly told: Told | null;
      readonly request: string | null;
    }
  | { readonly kind: 'update'; readonly requestPeer: boolean };

export function perform(connection: TlsConnection, call: Call): Promise<TlsOutput> {
  switch (call.kind) {
    case 'start':
      return connection.start();
    case 'receive':
      return connection.receive(call.bytes);
    case 'write':
      return connection.write(call.bytes);
    case 'update':
      return connection.updateKeys(call.requestPeer);
    case 'close':
      return connection.close();
    case 'transport-closed':
      return connection.transportClosed();
  }
}
