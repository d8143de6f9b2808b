import { concatBytes, fromBase64, toBase64, utf8Decode, utf8Encode } from '../../core/bytes/index.ts';
import {
  importPrivateKeyPem,
  sign,
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

export interface PeerVerdict {
  readonly ok: boolean;
  readonly spiffeId: string | null;
  readonly checks: readonly Check[];
  readonly error: PeerError | null;
}

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
  const leaf = chain[0];
  if (!verdict.ok || leaf === undefined) return { ...verdict, ok: false };
  const proven = await verify(
    world.provider,
    leaf.spki,
    proofInput(peer.side, clientNonce, serverNonce),
    fromBase64(peer.proof),
  );
  const checks = [...verdict.checks, { id: 'peer.proof', ok: proven }];
  return { ok: proven, spiffeId: verdict.spiffeId, checks, error: proven ? null : { kind: 'bad-proof' } };
}

/** How BoringSSL names a verdict on the wire and Envoy in its log (facts: alerts and reason strings). */
export function refusalText(error: PeerError | null): {
  readonly alert: string;
  readonly reason: string;
  readonly detail: string;
} {
  switch (error?.kind) {
    case 'certificate-expired':
      return {
        alert: 'certificate_expired(45)',
        reason: 'certificate-expired',
        detail: 'certificate has expired',
      };
    case 'certificate-not-yet-valid':
      return {
        alert: 'certificate_expired(45)',
        reason: 'certificate-not-yet-valid',
        detail: 'certificate is not yet valid',
      };
    case 'unknown-issuer':
      return {
        alert: 'unknown_ca(48)',
        reason: 'unknown-issuer',
        detail: 'unable to get local issuer certificate',
      };
    case 'bad-proof':
      return { alert: 'decrypt_error(51)', reason: 'bad-proof', detail: 'bad signature' };
    default:
      return {
        alert: 'certificate_unknown(46)',
        reason: error?.kind ?? 'unknown',
        detail: error?.kind ?? 'unknown',
      };
  }
}

/** Envoy's transport failure reason for a certificate it does not accept. */
export function transportFailure(detail: string): string {
  return (
    'TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify cert failed: ' +
    `X509_verify_cert: certificate verification error at depth 0: ${detail}:TLS_error_end`
  );
}
