import { nativeCrypto } from '../../core/crypto/index.ts';
import {
  type Certificate,
  type ChainPurpose,
  type Check,
  type Crl,
  type OcspResponse,
  type PolicySettings,
  type ReferenceName,
  refusalText,
  type RevocationSettings,
  type TriedPath,
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
}

export interface Verdict {
  readonly ok: boolean;
  /** `valid`, or the stable code of the refusal. */
  readonly code: string;
  readonly message: string;
  readonly path: readonly Certificate[];
  readonly checks: readonly Check[];
  readonly tried: readonly TriedPath[];
}

/** Judges one case by its profile. */
export async function evaluate(input: VerifyCase): Promise<Verdict> {
  const { ok, path, checks, tried, error } = await verify(input);
  if (error !== null) return { ok, code: error.kind, message: refusalText(error), path, checks, tried };
  return {
    ok,
    code: 'valid',
    message: `A path of ${path.length} certificates is valid.`,
    path,
    checks,
    tried,
  };
}

function verify(input: VerifyCase) {
  const { chain, roots, at, purpose, maxDepth, policies, name } = input;
  const revocation = revocationOf(input);
  const rules = {
    at,
    purpose,
    ...(maxDepth === undefined ? {} : { maxPathLength: maxDepth }),
    ...(policies === undefined ? {} : { policies }),
    ...(revocation === undefined ? {} : { revocation }),
  };
  if (input.profile === 'rfc5280')
    return verifyChain(nativeCrypto, { chain, roots, ...rules, ...(name === undefined ? {} : { name }) });
  // One bundle is given: that of the trust domain that is expected, or of whoever shows up.
  const trustDomain = trustDomainOf(name?.value) ?? trustDomainOf(chain[0]?.uris[0]) ?? '';
  return verifySpiffePeer(nativeCrypto, {
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
