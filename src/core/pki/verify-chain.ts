import type { CryptoProvider } from '../crypto/index.ts';
import type { Certificate } from './certificate.ts';
import { type ChainError, type ChainPurpose, type ChainResult, type Check, labelOf } from './chain-result.ts';
import { PathSearch } from './path-search.ts';
import { validatePath } from './path-validation.ts';

export interface ChainToVerify {
  /** Leaf first; the others in any order, with more or fewer than needed. */
  readonly chain: readonly Certificate[];
  /** Trust anchors. Any certificate may be one, an intermediate too (Envoy sets OpenSSL's partial chain). */
  readonly roots: readonly Certificate[];
  readonly at: Date;
  /** What the leaf is to be used for; `any` leaves key usages of the leaf unchecked, as go-spiffe does. */
  readonly purpose: ChainPurpose;
  /**
   * `certificates` (the default) holds trust anchors to their own validity, constraints and extensions, as
   * OpenSSL, BoringSSL and Go do and RFC 5280 6.2 allows; `name-and-key` takes nothing else from them (6.1.1 d).
   */
  readonly anchors?: 'certificates' | 'name-and-key';
  /**
   * Also hold certificates to what RFC 5280 section 4 demands of those who issue (key identifiers, criticality,
   * serial numbers, syntax of names), as `openssl verify -x509_strict` does. Default true; Envoy does not.
   */
  readonly strict?: boolean;
}

/**
 * Builds a path from the leaf to a trust anchor and validates it by RFC 5280 section 6.1. Where several paths are
 * possible (cross-signing, roots in rotation) each is tried until one is valid.
 * Simplified: certificate policies are not processed; a critical policy constraint is refused as unknown.
 *
 * @returns every check in the order it was made, and for a refusal the error of the path that came furthest
 */
export async function verifyChain(provider: CryptoProvider, input: ChainToVerify): Promise<ChainResult> {
  const [leaf] = input.chain;
  if (leaf === undefined) return refused([], [], { kind: 'empty-chain' });
  const checks: Check[] = [];
  const search = new PathSearch(leaf, input.chain.slice(1), input.roots);
  let best: { passed: number; path: readonly Certificate[]; error: ChainError } | null = null;
  for (const path of search.paths()) {
    checks.push({ id: 'path.found', ok: true, detail: path.map(labelOf).join(' ← ') });
    const before = checks.length;
    const error = await validatePath(provider, path, input, search, checks);
    if (error === null) return { ok: true, path, checks, error: null };
    const passed = checks.length - before;
    if (best === null || passed > best.passed) best = { passed, path, error };
  }
  if (search.exhausted !== null)
    return refused(checks, best?.path ?? [], { kind: 'search-limit', limit: search.exhausted });
  if (best !== null) return refused(checks, best.path, best.error);
  const { path, error } = search.deadEnd();
  checks.push({ id: 'path.found', ok: false, detail: `no trusted issuer for ${error.certificate}` });
  return refused(checks, path, error);
}

function refused(checks: readonly Check[], path: readonly Certificate[], error: ChainError): ChainResult {
  const made =
    error.kind === 'empty-chain' ? [{ id: 'path.found', ok: false, detail: 'no certificate' }] : checks;
  return { ok: false, path, checks: made, error };
}
