import type { Certificate } from '../../core/pki/index.ts';
import { spiffePeerVerifier, type PeerVerdict, type VerifyPeer } from '../../core/tls/index.ts';
import { SpiffeId } from '../../core/spiffe/index.ts';
import type { KeptCrl } from '../trust/control-plane.ts';
import type { World } from '../world.ts';

/** Which names a peer may have; an empty list asks for none. */
export interface SanMatch {
  readonly kind: 'exact' | 'prefix';
  readonly names: readonly string[];
}

/** What a validation context of Envoy holds. */
export interface Trusted {
  readonly roots: readonly Certificate[];
  /** With any, every certificate of a chain has to be on record as not revoked (CRL_CHECK_ALL). */
  readonly crls: readonly KeptCrl[];
}

/**
 * Envoy's default validator as Istio configures it: first the chain to ROOTCA, then the names
 * (source/common/tls/cert_validator/default_validator.cc). One pool of roots serves whatever trust domain a leaf names.
 */
export function workloadVerifier(
  world: World,
  { roots, crls }: Trusted,
  nowMs: () => number,
  match: SanMatch,
): VerifyPeer {
  return async (peer) => {
    const verifyChain = spiffePeerVerifier({
      provider: world.provider,
      bundles: new Map([[trustDomainOf(peer.chain[0]) ?? world.settings.trustDomain, roots]]),
      now: () => new Date(nowMs()),
      ids: null,
      ...(crls.length === 0
        ? {}
        : { revocation: { mode: 'hard', crls: crls.map(({ list }) => list) } as const }),
    });
    const verdict = await verifyChain(peer);
    return verdict.ok ? matchSans(verdict, match, peer.chain[0]?.uris ?? []) : verdict;
  };
}

function matchSans(
  verdict: Extract<PeerVerdict, { ok: true }>,
  { kind, names }: SanMatch,
  found: readonly string[],
): PeerVerdict {
  if (names.length === 0) return verdict;
  const ok = found.some((san) =>
    names.some((name) => (kind === 'exact' ? san === name : san.startsWith(name))),
  );
  const detail = `expected ${kind === 'exact' ? '' : 'prefix '}${names.join(', ')}; found ${found.join(', ') || '(none)'}`;
  const checks = [...verdict.checks, { id: 'peer.name', ok, detail }];
  if (ok) return { ...verdict, checks };
  return {
    ok: false,
    path: verdict.path,
    checks,
    alert: 'certificate_unknown',
    text: `verify cert failed: SAN matcher, certificate SANs are [${found.join(', ')}]`,
    code: null,
    error: { kind: 'name-mismatch', expected: names, found },
  };
}

function trustDomainOf(leaf: Certificate | undefined): string | null {
  const parsed = SpiffeId.parse(leaf?.uris[0] ?? '');
  return parsed.ok ? parsed.id.trustDomain.name : null;
}
