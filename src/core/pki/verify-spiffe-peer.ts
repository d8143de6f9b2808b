import type { CryptoProvider } from '../crypto/index.ts';
import { SpiffeId, type SpiffeIdRule } from '../spiffe/index.ts';
import type { Certificate } from './certificate.ts';
import type { ChainError, ChainPurpose, ChainToVerify, Check, TriedPath } from './chain.ts';
import type { PolicySettings } from './policy-processing.ts';
import type { RevocationSettings } from './revocation.ts';
import { verifyChain } from './verify-chain.ts';

/** Why a peer's chain does not prove a SPIFFE ID. `message` is what go-spiffe says, without `x509svid: `. */
export type SpiffePeerError =
  | { readonly kind: 'no-uri-san'; readonly message: string }
  | { readonly kind: 'several-uri-sans'; readonly uris: readonly string[]; readonly message: string }
  | {
      readonly kind: 'bad-spiffe-id';
      readonly uri: string;
      readonly rule: SpiffeIdRule;
      readonly position: number;
      readonly message: string;
    }
  | { readonly kind: 'leaf-is-ca'; readonly message: string }
  | { readonly kind: 'leaf-may-sign'; readonly usage: 'keyCertSign' | 'cRLSign'; readonly message: string }
  | {
      readonly kind: 'no-bundle';
      readonly trustDomain: string;
      readonly known: readonly string[];
      readonly message: string;
    }
  | {
      readonly kind: 'id-mismatch';
      readonly expected: string;
      readonly found: string;
      readonly message: string;
    }
  | ChainError;

export interface SpiffePeer {
  /** Leaf first. */
  readonly chain: readonly Certificate[];
  /** Trust domain → its roots. Never pooled: the leaf's own trust domain decides which roots count. */
  readonly bundles: ReadonlyMap<string, readonly Certificate[]>;
  readonly at: Date;
  /** Default `any`, as go-spiffe. Envoy's default validator enforces a purpose; then digitalSignature is needed too. */
  readonly purpose?: ChainPurpose;
  /** See {@link verifyChain}. */
  readonly strict?: boolean;
  readonly maxPathLength?: number;
  readonly policies?: PolicySettings;
  readonly revocation?: RevocationSettings;
  /** The SPIFFE ID the peer has to have; any of the bundles' trust domains unless given. */
  readonly expectedId?: string;
}

export interface SpiffePeerResult {
  readonly ok: boolean;
  /** The ID that was proven; null where none was. */
  readonly spiffeId: string | null;
  /** Leaf first, root last, as {@link verifyChain} found it. */
  readonly path: readonly Certificate[];
  readonly checks: readonly Check[];
  /** Paths that were tried, see {@link verifyChain}. */
  readonly tried: readonly TriedPath[];
  readonly error: SpiffePeerError | null;
}

/**
 * Verifies an X.509-SVID (X509-SVID.md section 5) in the order of go-spiffe's `x509svid.Verify`: one URI SAN that is a
 * SPIFFE ID, no CA, no signing usages, the bundle of its trust domain, RFC 5280 path validation against it.
 */
export async function verifySpiffePeer(
  provider: CryptoProvider,
  peer: SpiffePeer,
): Promise<SpiffePeerResult> {
  const checks: Check[] = [];
  const leaf = peer.chain[0];
  checks.push({ id: 'svid.chain', ok: leaf !== undefined, detail: `${peer.chain.length} certificates` });
  if (leaf === undefined) return refused(checks, { kind: 'empty-chain' });
  const identity = readIdentity(leaf, checks);
  if ('kind' in identity) return refused(checks, identity);
  const signing = checkCannotSign(leaf, checks);
  if (signing !== null) return refused(checks, signing);

  const trustDomain = identity.trustDomain.name;
  const roots = peer.bundles.get(trustDomain);
  checks.push({ id: 'svid.bundle', ok: roots !== undefined, detail: trustDomain });
  if (roots === undefined) {
    const message = `could not get X509 bundle: x509bundle: no X.509 bundle for trust domain "${trustDomain}"`;
    return refused(checks, { kind: 'no-bundle', trustDomain, known: [...peer.bundles.keys()], message });
  }
  const result = await verifyChain(provider, rulesFor(peer, roots));
  checks.push(...result.checks);
  const { ok, path, tried } = result;
  if (!ok) return { ok, spiffeId: null, path, checks, tried, error: result.error };
  const spiffeId = identity.toString();
  const mismatch = checkExpected(spiffeId, peer.expectedId, checks);
  if (mismatch !== null) return { ok: false, spiffeId: null, path, checks, tried, error: mismatch };
  return { ok, spiffeId, path, checks, tried, error: null };
}

function rulesFor(peer: SpiffePeer, roots: readonly Certificate[]): ChainToVerify {
  const { chain, at, purpose = 'any', strict = true, maxPathLength, policies, revocation } = peer;
  const leafKeyUsage = purpose === 'any' ? [] : (['digitalSignature'] as const);
  return {
    chain,
    roots,
    at,
    purpose,
    strict,
    leafKeyUsage,
    ...(maxPathLength === undefined ? {} : { maxPathLength }),
    ...(policies === undefined ? {} : { policies }),
    ...(revocation === undefined ? {} : { revocation }),
  };
}

/** go-spiffe's authorizer `AuthorizeID` (spiffetls/tlsconfig/authorizer.go). */
function checkExpected(found: string, expected: string | undefined, checks: Check[]): SpiffePeerError | null {
  if (expected === undefined) return null;
  checks.push({ id: 'svid.expected', ok: found === expected, detail: `${expected}, found ${found}` });
  if (found === expected) return null;
  return { kind: 'id-mismatch', expected, found, message: `unexpected ID "${found}"` };
}

function readIdentity(leaf: Certificate, checks: Check[]): SpiffeId | SpiffePeerError {
  const { uris } = leaf;
  checks.push({ id: 'svid.uri', ok: uris.length === 1, detail: uris.join(', ') });
  const prefix = 'could not get leaf SPIFFE ID: ';
  if (uris.length > 1) {
    return { kind: 'several-uri-sans', uris, message: `${prefix}certificate contains more than one URI SAN` };
  }
  const [uri] = uris;
  if (uri === undefined) return { kind: 'no-uri-san', message: `${prefix}certificate contains no URI SAN` };
  const parsed = SpiffeId.parse(uri);
  checks.push({ id: 'svid.id', ok: parsed.ok, detail: parsed.ok ? uri : parsed.error.message });
  if (parsed.ok) return parsed.id;
  const { rule, position, message } = parsed.error;
  return { kind: 'bad-spiffe-id', uri, rule, position, message: prefix + message };
}

function checkCannotSign(leaf: Certificate, checks: Check[]): SpiffePeerError | null {
  const isCa = leaf.basicConstraints?.ca ?? false;
  checks.push({ id: 'svid.notCa', ok: !isCa, detail: `CA:${isCa ? 'TRUE' : 'FALSE'}` });
  if (isCa) return { kind: 'leaf-is-ca', message: 'leaf certificate with CA flag set to true' };
  for (const usage of ['keyCertSign', 'cRLSign'] as const) {
    const allowed = leaf.keyUsage?.includes(usage) ?? false;
    checks.push({ id: `svid.${usage}`, ok: !allowed, detail: (leaf.keyUsage ?? []).join(', ') });
    const word = usage === 'keyCertSign' ? 'KeyCertSign' : 'KeyCrlSign';
    if (allowed) return { kind: 'leaf-may-sign', usage, message: `leaf certificate with ${word} key usage` };
  }
  return null;
}

function refused(checks: readonly Check[], error: SpiffePeerError): SpiffePeerResult {
  return { ok: false, spiffeId: null, path: [], checks, tried: [], error };
}
