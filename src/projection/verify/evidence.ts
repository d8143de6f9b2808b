import type { CryptoProvider } from '../../core/crypto/index.ts';
import {
  type Certificate,
  type ChainPurpose,
  type ChainResult,
  type Crl,
  type OcspResponse,
  type PolicySettings,
  type ReferenceName,
  type RevocationSettings,
  type SpiffePeerResult,
  verifyChain,
  verifySpiffePeer,
} from '../../core/pki/index.ts';
import { SpiffeId } from '../../core/spiffe/index.ts';

/** `off`, or a mode of core/pki's revocation. */
export type RevocationMode = RevocationSettings['mode'] | 'off';

/** One chain to be judged, read. */
export interface VerifyCase {
  /** Leaf first, the others in any order. */
  readonly chain: readonly Certificate[];
  readonly roots: readonly Certificate[];
  readonly crls: readonly Crl[];
  readonly staple: OcspResponse | null;
  readonly at: Date;
  readonly purpose: ChainPurpose;
  readonly profile: 'rfc5280' | 'spiffe';
  readonly revocation: RevocationMode;
  readonly name?: ReferenceName;
  readonly policies?: PolicySettings;
  readonly maxDepth?: number;
  /** Default true; see core/pki's `verifyChain`. Envoy does without. */
  readonly strict?: boolean;
}

/** A case, and everything its verification has looked at. */
export interface Evidence {
  readonly input: VerifyCase;
  readonly result: ChainResult | SpiffePeerResult;
}

/** Judges a case by its profile. */
export async function gatherEvidence(provider: CryptoProvider, input: VerifyCase): Promise<Evidence> {
  return { input, result: await verify(provider, input) };
}

function verify(provider: CryptoProvider, input: VerifyCase): Promise<Evidence['result']> {
  const { chain, roots, at, purpose, maxDepth, policies, name, strict = true } = input;
  const revocation = revocationOf(input);
  const rules = {
    at,
    purpose,
    strict,
    ...(maxDepth === undefined ? {} : { maxPathLength: maxDepth }),
    ...(policies === undefined ? {} : { policies }),
    ...(revocation === undefined ? {} : { revocation }),
  };
  if (input.profile === 'rfc5280')
    return verifyChain(provider, { chain, roots, ...rules, ...(name === undefined ? {} : { name }) });
  // One bundle is given: that of the trust domain that is expected, or of whoever shows up.
  const trustDomain = trustDomainOf(name?.value) ?? trustDomainOf(chain[0]?.uris[0]) ?? '';
  return verifySpiffePeer(provider, {
    chain,
    bundles: new Map([[trustDomain, roots]]),
    ...rules,
    ...(name === undefined ? {} : { expectedId: name.value }),
  });
}

function revocationOf({ revocation: mode, crls, staple }: VerifyCase): RevocationSettings | undefined {
  return mode === 'off' ? undefined : { mode, crls, staple };
}

function trustDomainOf(id: string | undefined): string | null {
  const parsed = SpiffeId.parse(id ?? '');
  return parsed.ok ? parsed.id.trustDomain.name : null;
}
