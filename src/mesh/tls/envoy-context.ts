import type { KeyPair } from '../../core/pki/index.ts';
import { importPrivateKeyPem, type Certificate } from '../../core/pki/index.ts';
import {
  createTicketProtector,
  createTlsClient,
  createTlsServer,
  type TicketProtector,
  type TlsConnection,
  type TlsCredential,
  type TlsTicket,
  type VerifyPeer,
} from '../../core/tls/index.ts';
import type { ArtefactId } from '../../trace/index.ts';
import type { EnvoySecret, PodRuntime } from '../runtime.ts';
import { acceptedTrustDomains, type ControlPlane, type KeptCrl } from '../trust/control-plane.ts';
import type { World } from '../world.ts';
import type { TlsMaterial } from './tls-end.ts';
import { workloadVerifier } from './verify-peer.ts';

/**
 * What an inbound chain asks of clients. Simplified: a switch of svidlab's, to show what one-way TLS and 0-RTT would mean;
 * Istio asks for a certificate and takes no 0-RTT, always.
 */
export interface InboundSettings {
  readonly clientCertificate: 'require' | 'none';
  readonly earlyData: boolean;
}

export const istioInbound: InboundSettings = { clientCertificate: 'require', earlyData: false };
/** BoringSSL's limit of early data, octets. */
const maxEarlyData = 14_336;

/** What an Envoy in an attacker's hands shows. */
export interface PresentedCredential {
  /** Answers a ClientHello in plaintext. */
  readonly isPlaintext: boolean;
  /** Empty: no certificate. */
  readonly chain: readonly Certificate[];
  readonly keyPair: KeyPair | null;
  readonly certificateArtefact: ArtefactId | null;
}

/**
 * A pair of TLS contexts as Envoy makes them of its two secrets. An update of a secret makes new ones: sockets made
 * before keep theirs, ticket keys and kept sessions of the old are gone (source/common/tls/context_config_impl.cc).
 */
export interface TlsContext {
  readonly secret: EnvoySecret;
  readonly roots: readonly Certificate[];
  readonly crls: readonly KeptCrl[];
  readonly presented: PresentedCredential | null;
  readonly serving: InboundSettings;
  /** What this side shows, if anything. */
  readonly certificateArtefact: ArtefactId | null;
  /** Latest session by upstream cluster: `max_session_keys` is 1, and a ticket is used once. */
  readonly sessions: Map<string, TlsTicket>;
  ticketKeys: TicketProtector | null;
}

/** ALPN that istio's filter sets for a request of HTTP/1.1 (pilot/pkg/xds/filters/filters.go). */
export const meshAlpn = ['istio-http/1.1', 'istio', 'http/1.1'] as const;
/** ALPN of an inbound HTTP chain (pilot/pkg/networking/util/util.go). */
export const inboundAlpn = ['h2', 'http/1.1'] as const;
const groups = ['x25519', 'secp256r1'] as const;

/** The contexts in force; null while a secret is missing. */
export function tlsContext(runtime: PodRuntime): TlsContext | null {
  const { envoy, envoyRoots, envoyCrls, presented, serving, tls } = runtime;
  if (envoy === null || envoyRoots === null) return null;
  const isCurrent = tls?.secret === envoy && tls.roots === envoyRoots && tls.crls === envoyCrls;
  if (isCurrent && tls.presented === presented && tls.serving === serving) return tls;
  runtime.tls = {
    secret: envoy,
    roots: envoyRoots,
    crls: envoyCrls,
    presented,
    serving,
    certificateArtefact: presented === null ? envoy.certificateArtefact : presented.certificateArtefact,
    sessions: new Map(),
    ticketKeys: null,
  };
  return runtime.tls;
}

/** What a server of this context needs before its first handshake; `done` may be called at once. */
export function withTicketKeys(world: World, context: TlsContext, done: () => void): void {
  if (context.ticketKeys !== null) {
    done();
    return;
  }
  world.gate.run(
    'tls.ticket-keys',
    () => createTicketProtector(world.provider),
    (result) => {
      if (!result.ok) throw result.error;
      context.ticketKeys ??= result.value;
      done();
    },
  );
}

export interface ClientPlan {
  readonly serverName: string | null;
  /** SPIFFE IDs of the service's accounts; none: no name is checked. */
  readonly expects: readonly string[];
  readonly ticket: TlsTicket | null;
  /** Sent as 0-RTT where the ticket allows as much. */
  readonly earlyData: Uint8Array | null;
}

/** The client of an outbound cluster (pilot/pkg/networking/core/cluster_tls.go). */
export async function meshClient(
  world: World,
  context: TlsContext,
  { serverName, expects, ticket, earlyData }: ClientPlan,
  material: TlsMaterial,
): Promise<TlsConnection> {
  const isHonest = context.presented === null;
  const match = { kind: 'exact', names: isHonest ? expects : [] } as const;
  const verify = workloadVerifier(world, context, material.nowMs, match);
  const verifyPeer = isHonest ? verify : credulous(verify);
  const stale =
    ticket === null || !(await verifyPeer({ chain: ticket.peerChain, purpose: 'serverAuth', serverName })).ok;
  return createTlsClient({
    ...material,
    groups,
    offerTls12: true,
    alpn: meshAlpn,
    credential: await credentialOf(world, context),
    verifyPeer,
    // Simplified: BoringSSL offers the session and looks at its chain again when the server takes it.
    ticket: stale ? null : ticket,
    earlyData: stale || ticket.maxEarlyData === 0 ? null : earlyData,
    ...(serverName === null ? {} : { serverName }),
  });
}

/** Who uses another's name does not ask whom it reaches: every server will do, though of some nothing is proven. */
function credulous(verify: VerifyPeer): VerifyPeer {
  return async (peer) => {
    const verdict = await verify(peer);
    return verdict.ok ? verdict : { ok: true, identity: null, path: peer.chain, checks: [] };
  };
}

/** The server of an inbound chain for mesh traffic (pilot/pkg/security/authn/utils/utils.go). */
export async function meshServer(
  world: World,
  context: TlsContext,
  plane: ControlPlane,
  material: TlsMaterial,
): Promise<TlsConnection> {
  const prefixes = acceptedPrefixes(plane);
  const credential = await credentialOf(world, context);
  return createTlsServer({
    ...material,
    groups,
    alpn: inboundAlpn,
    alpnMismatch: 'ignore',
    credential: credential ?? (() => 'handshake_failure'),
    clientCertificate: context.serving.clientCertificate,
    // Simplified: Envoy's TCP transport never takes early data; this is for showing what it would mean.
    earlyData: context.serving.earlyData ? { maxSize: maxEarlyData } : null,
    verifyPeer: workloadVerifier(world, context, material.nowMs, { kind: 'prefix', names: prefixes }),
    certificateAuthorities: context.roots.map(({ subject }) => subject.der),
    tickets:
      context.ticketKeys === null
        ? null
        : { protector: context.ticketKeys, context: sessionContext(context, prefixes) },
  });
}

/** SAN prefixes of which a client of the mesh must have one. */
export function acceptedPrefixes(plane: ControlPlane): string[] {
  return acceptedTrustDomains(plane).map((domain) => `spiffe://${domain}/`);
}

/** What Envoy hashes into its session-id context: own names and issuer, trusted roots, lists, SAN matchers. */
function sessionContext({ secret, roots, crls }: TlsContext, prefixes: readonly string[]): string {
  const [leaf] = secret.chain;
  const serials = roots.map(({ subject, serialNumber }) => `${subject.toString()} ${serialNumber}`);
  const lists = crls.map(({ list }) => `${list.issuer.toString()} ${list.crlNumber}`);
  return [secret.spiffeId, leaf?.issuer.toString() ?? '', ...serials, ...lists, ...prefixes].join('|');
}

async function credentialOf(world: World, context: TlsContext): Promise<TlsCredential | null> {
  const { presented, secret } = context;
  if (presented !== null) {
    const { chain, keyPair } = presented;
    return keyPair === null ? null : { chain, keyPair };
  }
  secret.keyPair ??= importPrivateKeyPem(world.provider, secret.keyPem);
  return { chain: secret.chain, keyPair: await secret.keyPair };
}

/**
 * The IDs of a service's accounts: those of the pods behind it, in the trust domain of the cluster that asks and its
 * aliases, whatever theirs is (pilot/pkg/model/push_context.go, pkg/spiffe/spiffe.go; pilot/pkg/model/push_context.go). */
export function accountsOf(
  { trustDomain, trustDomainAliases }: ControlPlane,
  pods: readonly { namespace: string; serviceAccount: string }[],
): string[] {
  const ids = pods.flatMap(({ namespace, serviceAccount }) =>
    [trustDomain, ...trustDomainAliases].map(
      (domain) => `spiffe://${domain}/ns/${namespace}/sa/${serviceAccount}`,
    ),
  );
  return [...new Set(ids)].sort();
}
