import { concatBytes, fromBase64, toBase64, utf8Decode, utf8Encode } from '../../core/bytes/index.ts';
import {
  importPrivateKeyPem,
  sign,
  tlsVerdict,
  verify,
  verifySpiffePeer,
  type Certificate,
  type SpiffePeerError,
} from '../../core/pki/index.ts';
import type { Check } from '../../trace/index.ts';
import type { EnvoySecret } from '../runtime.ts';
import { worldDate, type World } from '../world.ts';

/**
 * Simplified: the proof of identity between two Envoys. Where a mesh speaks TLS 1.3, these three messages carry what
 * its Certificate and CertificateVerify carry: each side's chain and a signature over both nonces. Nothing here
 * encrypts; a TLS handshake takes this place.
 */
export type PeerMessage =
  | { readonly type: 'hello'; readonly nonce: string }
  | { readonly type: 'challenge'; readonly nonce: string; readonly chain: string; readonly proof: string }
  | { readonly type: 'proof'; readonly chain: string; readonly proof: string }
  | { readonly type: 'refused'; readonly alert: string; readonly reason: string };

export function encodePeerMessage(message: PeerMessage): Uint8Array {
  return utf8Encode(JSON.stringify(message));
}

export function decodePeerMessage(bytes: Uint8Array): PeerMessage {
  return JSON.parse(utf8Decode(bytes)) as PeerMessage;
}

/** The bytes a side signs: who speaks, and the nonces of both. */
function proofInput(side: 'client' | 'server', clientNonce: Uint8Array, serverNonce: Uint8Array): Uint8Array {
  return concatBytes(utf8Encode(`svidlab peer identity, ${side}\0`), clientNonce, serverNonce);
}

export async function proveIdentity(
  world: World,
  secret: EnvoySecret,
  side: 'client' | 'server',
  clientNonce: Uint8Array,
  serverNonce: Uint8Array,
): Promise<string> {
  secret.key ??= (await importPrivateKeyPem(world.provider, secret.keyPem)).privateKey;
  return toBase64(await sign(world.provider, secret.key, proofInput(side, clientNonce, serverNonce)));
}

/** Why a peer is not accepted: its chain, its SPIFFE ID, or its proof. */
export type PeerError = SpiffePeerError | { readonly kind: 'bad-proof' };

export type PeerVerdict =
  | { readonly ok: true; readonly spiffeId: string; readonly checks: readonly Check[] }
  | { readonly ok: false; readonly error: PeerError; readonly checks: readonly Check[] };

/** Verifies the other side's chain against our bundle and its proof against the chain's leaf. */
export async function verifyPeer(
  world: World,
  roots: readonly Certificate[],
  peer: { readonly side: 'client' | 'server'; readonly chain: string; readonly proof: string },
  clientNonce: Uint8Array,
  serverNonce: Uint8Array,
): Promise<PeerVerdict> {
  const chain = world.certificates.parse(peer.chain);
  const verdict = await verifySpiffePeer(world.provider, {
    chain,
    bundles: new Map([[world.settings.trustDomain, roots]]),
    at: worldDate(world),
    purpose: peer.side === 'server' ? 'serverAuth' : 'clientAuth',
  });
  const [leaf] = chain;
  if (verdict.error !== null || verdict.spiffeId === null || leaf === undefined) {
    return { ok: false, error: verdict.error ?? { kind: 'empty-chain' }, checks: verdict.checks };
  }
  const proven = await verify(
    world.provider,
    leaf.spki,
    proofInput(peer.side, clientNonce, serverNonce),
    fromBase64(peer.proof),
  );
  const checks = [...verdict.checks, { id: 'peer.proof', ok: proven }];
  if (!proven) return { ok: false, error: { kind: 'bad-proof' }, checks };
  return { ok: true, spiffeId: verdict.spiffeId, checks };
}

export interface RefusalText {
  readonly alert: string;
  readonly reason: string;
  /** What BoringSSL says of the certificate. */
  readonly detail: string;
  /** Envoy's transport failure reason (source/common/tls/ssl_socket.cc). */
  readonly transportFailure: string;
}

/** How a refusal reads on the wire and in Envoy's log. */
export function refusalText(error: PeerError): RefusalText {
  if (error.kind === 'bad-proof') {
    return {
      alert: 'decrypt_error(51)',
      reason: error.kind,
      detail: 'bad signature',
      transportFailure: 'TLS_error:|268435579:SSL routines:OPENSSL_internal:BAD_SIGNATURE:TLS_error_end',
    };
  }
  const { alert, text, depth } = tlsVerdict(error);
  return {
    alert: `${alert.name}(${alert.code})`,
    reason: error.kind,
    detail: text,
    transportFailure:
      'TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify cert failed: ' +
      `X509_verify_cert: certificate verification error at depth ${depth}: ${text}:TLS_error_end`,
  };
}
