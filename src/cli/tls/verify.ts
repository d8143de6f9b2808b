import { nativeCrypto } from '../../core/crypto/index.ts';
import { type Certificate, tlsVerdict, verifyChain } from '../../core/pki/index.ts';
import { SpiffeId } from '../../core/spiffe/index.ts';
import {
  type AlertDescription,
  dnsPeerVerifier,
  type PeerVerdict,
  type PresentedPeer,
  spiffePeerVerifier,
  type VerifyPeer,
} from '../../core/tls/index.ts';

/** Who the peer has to be: one of these SPIFFE IDs, this DNS name, or anybody whose chain leads to a root. */
export type Expected =
  | { readonly kind: 'spiffe-ids'; readonly ids: readonly string[] }
  | { readonly kind: 'dns-name'; readonly name: string }
  | { readonly kind: 'anybody' };

/** How a command verifies its peers. */
export function verifierOf(roots: readonly Certificate[], expected: Expected, now: () => Date): VerifyPeer {
  const provider = nativeCrypto;
  switch (expected.kind) {
    case 'spiffe-ids': {
      const { ids } = expected;
      // A file of roots does not say of which trust domain they are: of those that are expected.
      const domains = ids.map((id) => SpiffeId.fromString(id).trustDomain.name);
      const bundles = new Map(domains.map((domain) => [domain, roots]));
      return spiffePeerVerifier({ provider, bundles, now, ids });
    }
    case 'dns-name':
      return dnsPeerVerifier({ provider, roots, now, dnsName: expected.name });
    case 'anybody':
      return (peer) => verifyAnybody(peer, roots, now());
  }
}

async function verifyAnybody(
  { chain, purpose }: PresentedPeer,
  roots: readonly Certificate[],
  at: Date,
): Promise<PeerVerdict> {
  const leafKeyUsage = ['digitalSignature'] as const;
  const input = { chain, roots, at, purpose, strict: false, leafKeyUsage };
  const { path, checks, error } = await verifyChain(nativeCrypto, input);
  if (error === null) return { ok: true, identity: nameOf(chain[0]), path, checks };
  const { text, code, alert } = tlsVerdict(error);
  return { ok: false, path, checks, error, text, code, alert: alert.name as AlertDescription };
}

/** What a certificate calls its owner: SPIFFE ID or other URI, DNS name, subject. */
function nameOf(leaf: Certificate | undefined): string | null {
  if (leaf === undefined) return null;
  const dns = leaf.subjectAltNames.find(({ type }) => type === 'dns');
  const subject = leaf.subject.toString();
  return leaf.uris[0] ?? dns?.value ?? (subject === '' ? null : subject);
}
