import type { CryptoProvider } from '../../crypto/index.ts';
import {
  type Certificate,
  type ChainError,
  type Check,
  type RevocationSettings,
  type SpiffePeerError,
  tlsVerdict,
  verifyChain,
  verifySpiffePeer,
} from '../../pki/index.ts';
import type { AlertDescription } from '../alert.ts';
import type { PeerVerdict, VerifyPeer } from './verdict.ts';

export interface SpiffePeerRules {
  readonly provider: CryptoProvider;
  /** Trust domain → its roots. */
  readonly bundles: ReadonlyMap<string, readonly Certificate[]>;
  /** The time at which certificates must be valid. */
  readonly now: () => Date;
  /** IDs that are accepted, exactly (secure naming); null: any ID of a known trust domain. */
  readonly ids: readonly string[] | null;
  /** See `verifyChain`; default false, as Envoy. */
  readonly strict?: boolean;
  /** Lists by which certificates of a chain may be revoked; none are asked unless given. */
  readonly revocation?: RevocationSettings;
}

/**
 * Accepts a valid X.509-SVID of one of the IDs: path validation first, then the name, as Envoy's default validator.
 * A refusal has the alert BoringSSL sends (ssl/ssl_x509.cc), and certificate_unknown for a name (default_validator.cc).
 */
export function spiffePeerVerifier(rules: SpiffePeerRules): VerifyPeer {
  return async ({ chain, purpose }) => {
    const { provider, bundles, ids, strict = false, revocation } = rules;
    const result = await verifySpiffePeer(provider, {
      chain,
      bundles,
      at: rules.now(),
      purpose,
      strict,
      ...(revocation === undefined ? {} : { revocation }),
    });
    if (result.error !== null) return refusal(result.path, result.checks, result.error);
    const found = result.spiffeId === null ? [] : [result.spiffeId];
    return ids === null
      ? { ok: true, identity: result.spiffeId, path: result.path, checks: result.checks }
      : matchName(result, found, ids, found, sanMismatch(ids, found));
  };
}

/** As Envoy writes it (source/common/tls/cert_validator/default_validator.cc). */
function sanMismatch(expected: readonly string[], found: readonly string[]) {
  const text = `verify cert failed: verify SAN list, expected SANs: [${expected.join(', ')}], certificate SANs: [${found.join(', ')}]`;
  return { alert: 'certificate_unknown' as const, text, code: null };
}

export interface DnsPeerRules {
  readonly provider: CryptoProvider;
  readonly roots: readonly Certificate[];
  readonly now: () => Date;
  /** The name the certificate must be for; null: the name the client asked for (SNI). */
  readonly dnsName: string | null;
  readonly strict?: boolean;
}

/** Accepts a valid chain whose leaf is for a DNS name (RFC 9525: subject alternative names only). */
export function dnsPeerVerifier(rules: DnsPeerRules): VerifyPeer {
  return async ({ chain, purpose, serverName }) => {
    const { provider, roots, strict = false } = rules;
    const leafKeyUsage = ['digitalSignature'] as const;
    const input = { chain, roots, at: rules.now(), purpose, strict, leafKeyUsage };
    const result = await verifyChain(provider, input);
    if (result.error !== null) return refusal(result.path, result.checks, result.error);
    const found = chain[0]!.subjectAltNames.filter(({ type }) => type === 'dns').map(({ value }) => value);
    const name = rules.dnsName ?? serverName;
    const expected = name === null ? [] : [name];
    const matching = found.filter((pattern) => name !== null && isDnsMatch(pattern, name));
    const mismatch = { alert: 'bad_certificate' as const, text: 'Hostname mismatch', code: 62 };
    return matchName(result, found, expected, matching.length > 0 ? expected : [], mismatch);
  };
}

/** A wildcard stands for one whole label, the first (RFC 9525 section 6.3). */
function isDnsMatch(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase().replace(/\.$/, '')];
  if (!wanted.startsWith('*.')) return wanted === given;
  const dot = given.indexOf('.');
  return dot > 0 && wanted.indexOf('.', 2) > 0 && given.slice(dot) === wanted.slice(1);
}

interface Mismatch {
  readonly alert: AlertDescription;
  readonly text: string;
  readonly code: number | null;
}

function matchName(
  result: { readonly path: readonly Certificate[]; readonly checks: readonly Check[] },
  found: readonly string[],
  expected: readonly string[],
  candidates: readonly string[],
  mismatch: Mismatch,
): PeerVerdict {
  const identity = candidates.find((name) => expected.includes(name)) ?? null;
  const detail = `expected ${expected.join(', ') || '(none)'}; found ${found.join(', ') || '(none)'}`;
  const checks = [...result.checks, { id: 'peer.name', ok: identity !== null, detail }];
  if (identity !== null) return { ok: true, identity, path: result.path, checks };
  const error = { kind: 'name-mismatch' as const, expected, found };
  return { ok: false, path: result.path, checks, ...mismatch, error };
}

function refusal(
  path: readonly Certificate[],
  checks: readonly Check[],
  error: ChainError | SpiffePeerError,
): PeerVerdict {
  const verdict = tlsVerdict(error);
  const depth = `error at depth ${verdict.depth}: ${verdict.text}`;
  const text =
    verdict.code === null
      ? `verify cert failed: ${verdict.text}`
      : `verify cert failed: X509_verify_cert: certificate verification ${depth}`;
  const alert = isWeaklySigned(error) ? 'bad_certificate' : (verdict.alert.name as AlertDescription);
  return { ok: false, path, checks, alert, text, code: verdict.code, error };
}

/** RFC 9846 section 4.4.2.4 names the alert for MD5 and SHA-1; BoringSSL has one for all bad signatures. */
function isWeaklySigned(error: ChainError | SpiffePeerError): boolean {
  return error.kind === 'signature-algorithm-refused' && error.reason === 'weak';
}
