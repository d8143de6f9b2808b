import type { CryptoProvider } from '../../core/crypto/index.ts';
import {
  generateKeyPair,
  issueServerCertificate,
  issuingChain,
  type Certificate,
  type KeyPair,
  type SigningCa,
} from '../../core/pki/index.ts';
import type { MeshSettings } from '../settings.ts';

/** What istiod shows on port 15012. */
export interface IstiodCredential {
  readonly chain: readonly Certificate[];
  readonly keyPair: KeyPair;
}

/** The name agents know istiod by. */
export const istiodName = 'istiod.istio-system.svc';
const names = [istiodName, 'istiod-remote.istio-system.svc', 'istio-pilot.istio-system.svc'];

/** istiod signs a certificate for itself, for as long as its root lives (pilot/pkg/bootstrap/certcontroller.go). */
export async function istiodCredential(
  provider: CryptoProvider,
  ca: SigningCa,
  { rootKeyType, rootTtlMs }: Pick<MeshSettings, 'rootKeyType' | 'rootTtlMs'>,
  now: Date,
  serial: Uint8Array,
): Promise<IstiodCredential> {
  const keyPair = await generateKeyPair(provider, rootKeyType);
  const { spki } = keyPair;
  const request = { spki, dnsNames: names, now, ttlMs: rootTtlMs, serial };
  const leaf = await issueServerCertificate(provider, ca, request);
  return { chain: [leaf, ...issuingChain(ca)], keyPair };
}
