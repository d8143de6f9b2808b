import { type CryptoProvider, nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  createTicketProtector,
  createTlsClient,
  createTlsServer,
  spiffePeerVerifier,
  type TlsClientConfig,
  type TlsConnection,
  type TlsOutput,
  type TlsServerConfig,
} from '../../../src/core/tls/index.ts';
import type { Identity, World } from '../../support/istiod.ts';

export interface Configs {
  readonly client: TlsClientConfig;
  readonly server: TlsServerConfig;
}

/** Two Envoys of one mesh: each has a certificate and asks for that of one workload. */
export async function meshConfigs(world: World, provider: CryptoProvider = nativeCrypto): Promise<Configs> {
  const bundles = new Map([['cluster.local', world.roots]]);
  const common = (own: Identity, peer: Identity) => ({
    provider,
    nowMs: () => Date.now(),
    annotate: false,
    alpn: ['istio'],
    credential: { chain: own.chain, keyPair: own.keyPair },
    verifyPeer: spiffePeerVerifier({ provider, bundles, now: () => new Date(), ids: [peer.spiffeId] }),
  });
  return {
    client: common(world.web, world.order),
    server: {
      ...common(world.order, world.web),
      clientCertificate: 'require',
      tickets: { protector: await createTicketProtector(provider) },
    },
  };
}

export interface Pair {
  readonly client: TlsConnection;
  readonly server: TlsConnection;
}

/** A handshake in memory: bytes go from one side to the other until both are connected and silent. */
export async function shakeHands({ client: clientConfig, server: serverConfig }: Configs): Promise<Pair> {
  const pair = { client: createTlsClient(clientConfig), server: createTlsServer(serverConfig) };
  await deliver(pair, await pair.client.start(), 'server');
  if (pair.client.state !== 'Connected' || pair.server.state !== 'Connected')
    throw new Error(`${pair.client.state}, ${pair.server.state}`);
  return pair;
}

/** Hands over what a call gave, and what that brings about in turn. */
export async function deliver(pair: Pair, output: TlsOutput, to: keyof Pair): Promise<void> {
  let next = to;
  for (let { bytes } = output; bytes.length > 0; next = next === 'server' ? 'client' : 'server')
    ({ bytes } = await pair[next].receive(bytes));
}
