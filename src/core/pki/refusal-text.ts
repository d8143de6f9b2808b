import type { ChainError, ProfileRule } from './chain.ts';
import type { SpiffePeerError } from './verify-spiffe-peer.ts';

/**
 * One English sentence for a refusal: what rule was broken, by what, with which values, and the clause. The stable code is
 * the error's `kind`.
 */
export function refusalText(error: ChainError | SpiffePeerError): string {
  const place = 'depth' in error ? `${placeOf(error.depth)} ${error.certificate}` : '';
  switch (error.kind) {
    case 'empty-chain':
      return 'There is no certificate to verify.';
    case 'unknown-issuer':
      return (
        `No trusted or given certificate is the issuer of ${place}: "${error.issuer}"` +
        (error.authorityKeyId === null ? '' : ` with key identifier ${error.authorityKeyId}`) +
        (error.sameNameKeyIds.length > 0 ? '; those of that name have other keys' : '') +
        ' (RFC 5280 6.1.3 a 4).'
      );
    case 'self-signed-untrusted':
      return `${place} is self-signed and is no trust anchor (RFC 5280 6.1.1 d).`;
    case 'bad-signature':
      return `The signature on ${place} is not that of ${error.issuer} (${error.algorithm}; RFC 5280 6.1.3 a 1).`;
    case 'signature-algorithm-mismatch':
      return `${place} names ${error.inner} inside and ${error.outer} outside, or with other parameters (RFC 5280 4.1.1.2).`;
    case 'signature-algorithm-refused':
      return `${place} is signed with ${error.algorithm}, ${ALGORITHM_REASONS[error.reason]}.`;
    case 'key-refused':
      return `The key of ${place} (${error.key}) ${KEY_REASONS[error.reason]}.`;
    case 'certificate-expired':
      return `${place} has expired: notAfter ${iso(error.notAfter)}, asked for ${iso(error.at)} (RFC 5280 6.1.3 a 2).`;
    case 'certificate-not-yet-valid':
      return `${place} is not yet valid: notBefore ${iso(error.notBefore)}, asked for ${iso(error.at)} (RFC 5280 6.1.3 a 2).`;
    case 'malformed-certificate':
      return `${place} breaks a rule for certificates: ${error.found} (RFC 5280 ${PROFILE_CLAUSES[error.rule]}).`;
    case 'not-a-ca':
      return `${place} issued a certificate and is no CA: ${CA_REASONS[error.reason]} (RFC 5280 6.1.4 k).`;
    case 'path-too-long':
      return `${place} is one CA more than the path length above it allows (RFC 5280 6.1.4 l).`;
    case 'key-usage-missing':
      return `The key of ${place} may not be used for ${error.needed}: keyUsage has ${list(error.found)} (RFC 5280 4.2.1.3).`;
    case 'wrong-purpose':
      return `${place} is not for ${error.needed}: extKeyUsage has ${list(error.found)} (RFC 5280 4.2.1.12).`;
    case 'name-not-permitted':
      return `${place} has the name ${error.name}, outside what ${error.by} may name: ${list(error.constraints)} (RFC 5280 6.1.3 b).`;
    case 'name-excluded':
      return `${place} has the name ${error.name}, which ${error.by} may not name: ${list(error.constraints)} (RFC 5280 6.1.3 c).`;
    case 'name-constraint-unusable':
      return `The name ${error.name} of ${place} cannot be held against the constraints of ${error.by}: ${error.reason} (RFC 5280 4.2.1.10).`;
    case 'unknown-critical-extension':
      return `${place} has the critical extension ${error.name}, which is not processed here (RFC 5280 4.2).`;
    case 'policy-required':
      return (
        `No acceptable certificate policy is left at ${place}: accepted ${list(error.accepted)}, ` +
        `valid ${list(error.found)} (RFC 5280 6.1.3 f and 6.1.5 g).`
      );
    case 'policy-mapping-invalid':
      return `${place} maps to or from anyPolicy (RFC 5280 6.1.4 a).`;
    case 'revoked':
      return (
        `${place}, serial ${error.serialNumber}, was revoked at ${iso(error.revokedAt)}` +
        `${error.reason === null ? '' : ` for ${error.reason}`}: ${error.by} (RFC 5280 6.1.3 a 3).`
      );
    case 'revocation-unknown':
      return `Whether ${place}, serial ${error.serialNumber}, is revoked cannot be told: ${error.reasons.join('; ')} (RFC 5280 6.3.3).`;
    case 'name-mismatch':
      return `${place} does not have the ${error.type} name ${error.expected}; it has ${list(error.found)} (RFC 9525 6).`;
    case 'search-limit':
      return `The search for a path was given up after ${error.limit}.`;
    default:
      return `${error.message}.`;
  }
}

function placeOf(depth: number): string {
  return depth === 0 ? 'Leaf' : `Certificate ${depth} above the leaf,`;
}

function list(values: readonly string[]): string {
  return values.length === 0 ? 'none' : values.join(', ');
}

function iso(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

const ALGORITHM_REASONS = {
  weak: 'which is too weak to be accepted (RFC 6151, RFC 8017 and NIST SP 800-131A)',
  unknown: 'which is not known here',
  malformed: 'with parameters it may not have (RFC 4055, RFC 5758)',
  'wrong-key': 'which is not for the kind of key its issuer has',
} as const;

const KEY_REASONS = {
  weak: 'is too weak to be accepted (NIST SP 800-131A: RSA from 2048 bits)',
  unknown: 'is of a kind that is not known here',
  unusable: 'cannot be used to verify',
} as const;

const CA_REASONS = {
  version: 'it is not of version 3',
  'no-basic-constraints': 'it has no basicConstraints',
  'ca-false': 'its basicConstraints say cA FALSE',
} as const;

const PROFILE_CLAUSES: Readonly<Record<ProfileRule, string>> = {
  version: '4.1.2.1',
  'duplicate-extension': '4.2',
  'serial-number': '4.1.2.2',
  'issuer-empty': '4.1.2.4',
  'subject-empty': '4.1.2.6',
  validity: '4.1.2.5',
  'extension-criticality': '4.2.1',
  'ca-extensions': '4.2.1.3 and 4.2.1.9',
  'key-identifier': '4.2.1.1 and 4.2.1.2',
  name: '4.2.1.6',
};
