import type { CryptoProvider } from '../../../../src/core/crypto/index.ts';
import { nativeCrypto } from '../../../../src/core/crypto/index.ts';
import {
  createSelfSignedRoot,
  issueWorkloadCertificate,
  issuingChain,
  type KeyType,
  type SigningCa,
} from '../../../../src/core/pki/index.ts';
import {
  spiffePeerVerifier,
  type TlsClientConfig,
  type TlsCredential,
  type TlsServerConfig,
} from '../../../../src/core/tls/index.ts';
import { sharedKey } from '../../pki/keys.ts';

export const now = new Date('2026-03-02T09:00:00Z');
export const serverId = 'spiffe://cluster.local/ns/shop/sa/order';
export const clientId = 'spiffe://cluster.local/ns/shop/sa/web';
const HOUR = 3_600_000;

/** A small mesh: a root, and who holds which certificate. */
export interface World {
  readonly provider: CryptoProvider;
  readonly ca: SigningCa;
  readonly server: TlsCredential;
  readonly client: TlsCredential;
}

const worlds = new Map<string, Promise<World>>();

/** One world for a kind of key and a provider, made once. */
export function world(
  keyType: KeyType = 'ecdsa-p256',
  provider: CryptoProvider = nativeCrypto,
): Promise<World> {
  const id = `${keyType} ${provider.name}`;
  let made = worlds.get(id);
  if (made === undefined) worlds.set(id, (made = makeWorld(keyType, provider)));
  return made;
}

async function makeWorld(keyType: KeyType, provider: CryptoProvider): Promise<World> {
  const ca = await createSelfSignedRoot(provider, {
    organization: 'cluster.local',
    keyType: 'ecdsa-p256',
    now: new Date(now.getTime() - HOUR),
    serial: Uint8Array.of(1),
  });
  return {
    provider,
    ca,
    server: await issue(provider, ca, keyType, serverId, 2),
    client: await issue(provider, ca, keyType, clientId, 3),
  };
}

export async function issue(
  provider: CryptoProvider,
  ca: SigningCa,
  keyType: KeyType,
  spiffeId: string,
  serial: number,
  at = now,
): Promise<TlsCredential> {
  const keyPair = await sharedKey(provider, keyType);
  const leaf = await issueWorkloadCertificate(provider, ca, {
    spki: keyPair.spki,
    spiffeId,
    now: at,
    ttlMs: HOUR,
    serial: Uint8Array.of(serial),
  });
  return { chain: [leaf, ...issuingChain(ca)], keyPair };
}

export function trusting(of: World, ids: readonly string[] | null) {
  const bundles = new Map([['cluster.local', of.ca.roots]]);
  return spiffePeerVerifier({ provider: of.provider, bundles, now: () => now, ids });
}

export function clientConfig(of: World, more: Partial<TlsClientConfig> = {}): TlsClientConfig {
  return {
    provider: of.provider,
    nowMs: () => now.getTime(),
    verifyPeer: trusting(of, [serverId]),
    serverName: 'outbound_.8080_._.order.shop.svc.cluster.local',
    alpn: ['istio-http/1.1', 'istio', 'http/1.1'],
    credential: of.client,
    ...more,
  };
}

export function serverConfig(of: World, more: Partial<TlsServerConfig> = {}): TlsServerConfig {
  return {
    provider: of.provider,
    nowMs: () => now.getTime(),
    credential: of.server,
    clientCertificate: 'require',
    verifyPeer: trusting(of, null),
    alpn: ['h2', 'http/1.1'],
    ...more,
  };
}
