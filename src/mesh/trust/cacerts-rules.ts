import { labelOf, verifyChain, type Certificate } from '../../core/pki/index.ts';
import type { CryptoProvider } from '../../core/crypto/index.ts';
import type { ArtefactId } from '../../trace/index.ts';
import type { Cacerts, ControlPlane } from './control-plane.ts';

/** Why istiod does not take a secret, with what its log says. */
export interface CacertsRefusal {
  readonly rule: string;
  readonly log: string;
}

/** A new root is taken only where several are allowed, and only as one bundle grows out of the other. */
export function refuseRootChange(
  { loaded, multiRoot }: Pick<ControlPlane, 'loaded' | 'multiRoot'>,
  next: Cacerts,
): CacertsRefusal | null {
  const before = new Set(loaded.roots.map(({ artefact }) => artefact));
  const after = new Set(next.roots.map(({ artefact }) => artefact));
  const isSubset = (a: ReadonlySet<ArtefactId>, b: ReadonlySet<ArtefactId>) =>
    [...a].every((id) => b.has(id));
  if (isSubset(before, after) && isSubset(after, before)) return null;
  if (!multiRoot)
    return { rule: 'cacerts.multi-root', log: 'Multi root is disabled, updating new ROOT-CA not supported' };
  if (isSubset(before, after) || isSubset(after, before)) return null;
  return { rule: 'cacerts.root-overlap', log: 'Updating new ROOT-CA not supported' };
}

/** The signing certificate must lead to the roots through the chain, and every CA on the way have a list where there is one. */
export async function refuseChain(
  provider: CryptoProvider,
  { signer, chain, roots, crls }: Cacerts,
  now: Date,
): Promise<CacertsRefusal | null> {
  if (!(signer.certificate.basicConstraints?.ca ?? false))
    return { rule: 'cacerts.ca', log: 'certificate is not authorized to sign other certificates' };
  const result = await verifyChain(provider, {
    chain: [signer, ...chain].map(({ certificate }) => certificate),
    roots: roots.map(({ certificate }) => certificate),
    at: now,
    purpose: 'any',
    strict: false,
  });
  if (!result.ok) {
    const reason = result.error?.kind ?? '';
    const log = `cannot verify the cert with the provided root chain and cert pool with error: ${reason}`;
    return { rule: 'cacerts.verify', log };
  }
  if (crls.length === 0) return null;
  const missing = result.path.filter((each) => !crls.some(({ list }) => isListOf(list, each)));
  if (missing.length === 0) return null;
  const names = missing.map(labelOf).join(' ');
  return { rule: 'cacerts.crl', log: `missing CRL signed by certificates: [${names}]` };
}

/** Simplified: a list is that of a CA by its name, where Istio tries the CA's key on its signature. */
function isListOf(list: { readonly issuer: { readonly der: Uint8Array } }, of: Certificate): boolean {
  return equal(list.issuer.der, of.subject.der);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, index) => octet === b[index]);
}
