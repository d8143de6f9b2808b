import type { Bytes } from '../../bytes/index.ts';
import type { TlsCredential, TlsServerConfig } from '../config.ts';
import type { CipherSuiteParameters, NamedGroup } from '../names.ts';
import type { ClientOffer } from './client-offer.ts';
import type { Resumption } from './resume.ts';

/** Everything the ClientHello decides. */
export interface ServerChoice {
  readonly config: TlsServerConfig;
  readonly offer: ClientOffer;
  readonly suite: CipherSuiteParameters;
  readonly group: NamedGroup;
  readonly peerShare: Bytes;
  readonly alpn: string | null;
  /** Null where the session is resumed: nobody presents anything then. */
  readonly credential: TlsCredential | null;
  readonly resumption: Resumption | null;
  readonly earlyData: 'not-offered' | 'accepted' | 'rejected';
  readonly retried: boolean;
}
