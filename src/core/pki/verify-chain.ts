import type { CryptoProvider } from '../crypto/index.ts';
import type { Certificate } from './certificate.ts';
import {
  type ChainError,
  type ChainErrorKind,
  type ChainResult,
  type ChainToVerify,
  type Check,
  labelOf,
  type TriedPath,
} from './chain.ts';
import { PathSearch } from './path-search.ts';
import { validatePath } from './path-validation.ts';
import { checkReferenceName } from './reference-name.ts';
import { RevocationCheck } from './revocation.ts';
import { SignatureChecks } from './signature-checks.ts';

/** A CRL's signer may need a path of its own, and its CRL's signer another; no real PKI goes on. */
const MAX_NESTING = 2;

/**
 * Builds a path from the leaf to a trust anchor and validates it by RFC 5280 section 6.1. Where several paths are
 * possible (cross-signing, roots in rotation) each is tried until one is valid, within limits that no input can
 * exceed: 102 certificates in a path, 256 paths, 16,384 issuers looked at, 2,048 signatures checked.
 *
 * @returns every check in the order it was made, and for a refusal the error of the path that came furthest
 */
export function verifyChain(provider: CryptoProvider, input: ChainToVerify): Promise<ChainResult> {
  return verifyNested(provider, input, new SignatureChecks(provider), 0);
}

async function verifyNested(
  provider: CryptoProvider,
  input: ChainToVerify,
  signatures: SignatureChecks,
  nesting: number,
): Promise<ChainResult> {
  const [leaf, ...intermediates] = input.chain;
  if (leaf === undefined) {
    const checks = [{ id: 'path.found', ok: false, detail: 'no certificate' }];
    return { ok: false, path: [], checks, tried: [], error: { kind: 'empty-chain' } };
  }
  const checks: Check[] = [];
  const { roots, at } = input;
  const search = new PathSearch({ leaf, intermediates, roots, at }, signatures, checks);
  const revocation = revocationCheck(provider, input, signatures, nesting);
  const context = { rules: input, search, signatures, revocation, checks };
  const tried: TriedPath[] = [];
  for await (const path of search.paths()) {
    const before = checks.length;
    checks.push({ id: 'path.found', ok: true, detail: path.map(labelOf).join(' ← ') });
    const error = (await validatePath(context, path)) ?? checkName(input, leaf, checks);
    tried.push({ path, checks: checks.slice(before), error });
    if (error === null) return { ok: true, path, checks, tried, error };
    if (error.kind === 'search-limit' && error.limit === SignatureChecks.limit) break;
    if (IN_ITSELF.has(error.kind) && 'depth' in error) search.exclude(path[error.depth]!);
    if (error.kind === 'name-mismatch') break;
  }
  return refusal(search, checks, tried);
}

/** What is refused in a certificate whatever path it stands in. */
const IN_ITSELF: ReadonlySet<ChainErrorKind> = new Set<ChainErrorKind>([
  'malformed-certificate',
  'signature-algorithm-mismatch',
  'certificate-expired',
  'certificate-not-yet-valid',
  'key-refused',
  'not-a-ca',
  'key-usage-missing',
  'wrong-purpose',
  'unknown-critical-extension',
]);

function checkName({ name }: ChainToVerify, leaf: Certificate, checks: Check[]): ChainError | null {
  if (name === undefined) return null;
  const error = checkReferenceName(leaf, name);
  const detail = `${labelOf(leaf)}: ${name.type} ${name.value}`;
  checks.push({ id: 'leaf.name', ok: error === null, detail, depth: 0 });
  return error;
}

function refusal(search: PathSearch, checks: readonly Check[], tried: readonly TriedPath[]): ChainResult {
  const [best] = [...tried].sort((a, b) => passedIn(b) - passedIn(a));
  const failed = { ok: false, checks, tried } as const;
  if (search.exhausted !== null)
    return { ...failed, path: best?.path ?? [], error: { kind: 'search-limit', limit: search.exhausted } };
  if (best !== undefined) return { ...failed, path: best.path, error: best.error };
  const { path, error } = search.deadEnd();
  const missing = { id: 'path.found', ok: false, detail: `no trusted issuer for ${error.certificate}` };
  return { ...failed, checks: [...checks, missing], path, error };
}

function passedIn({ checks, error }: TriedPath): number {
  return error?.kind === 'search-limit' ? -1 : checks.length;
}

function revocationCheck(
  provider: CryptoProvider,
  input: ChainToVerify,
  signatures: SignatureChecks,
  nesting: number,
): RevocationCheck | null {
  const { revocation, chain, roots, at, strict = true } = input;
  if (revocation === undefined || nesting > MAX_NESTING) return null;
  const certificates = [...chain.slice(1), ...roots];
  // A signer's own status is asked where it can be had: it may be its own list that says so.
  const settings = { mode: 'soft', crls: revocation.crls } as const;
  const isTrusted = async (signer: Certificate, anchor: Certificate): Promise<boolean> => {
    const rules = { chain: [signer, ...certificates], roots: [anchor], at, strict } as const;
    const signerInput: ChainToVerify = { ...rules, purpose: 'any', revocation: settings };
    return (await verifyNested(provider, signerInput, signatures, nesting + 1)).ok;
  };
  return new RevocationCheck(provider, revocation, { at, strict, signatures, certificates, isTrusted });
}
