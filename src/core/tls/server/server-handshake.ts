import type { Certificate } from '../../pki/index.ts';
import type { TrafficSecret } from '../key-schedule/traffic-secret.ts';
import type { SignatureSchemeName } from '../names.ts';
import type { ServerChoice } from './server-choice.ts';

/** What the server knows when its flight is out. */
export interface ServerHandshake {
  readonly choice: ServerChoice;
  readonly traffic: { readonly client: TrafficSecret; readonly server: TrafficSecret };
  readonly application: { readonly client: TrafficSecret; readonly server: TrafficSecret };
  readonly requestsCertificate: boolean;
}

/** Whom the server has found at the other end; an empty chain where nobody has been asked or has answered. */
export interface ClientPeer {
  readonly chain: readonly Certificate[];
  readonly identity: string | null;
  readonly scheme: SignatureSchemeName | null;
}
