import type { CryptoProvider } from '../crypto/index.ts';
import type { Certificate } from './certificate.ts';
import { type ChainError, type ChainResult, type ChainToVerify, type Check, labelOf } from './chain.ts';
import { PathSearch } from './path-search.ts';
import { validatePath } from './path-validation.ts';

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
