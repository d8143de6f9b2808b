import type { Certificate } from './certificate.ts';
import { type ChainError, type ChainPurpose, labelOf } from './chain.ts';
import type { KeyUsage } from './known-extensions.ts';
import { OID } from './oid.ts';

/** Smallest RSA modulus accepted (NIST SP 800-131A; Envoy and Go's minimum too). */
const MIN_RSA_BITS = 2048;

const PROCESSED: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.extKeyUsage,
  OID.basicConstraints,
  OID.subjectAltName,
  OID.nameConstraints,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.certificatePolicies,
  OID.policyMappings,
  OID.policyConstraints,
  OID.inhibitAnyPolicy,
  OID.cRLDistributionPoints,
]);

/** Whether the certificate's own key is one that is accepted (not RFC 5280 but NIST SP 800-131A, CA/B BR 6.1.5). */
export function checkKey(certificate: Certificate, depth: number): ChainError | null {
  const { publicKey } = certificate;
  const refusal = { kind: 'key-refused', key: describeKey(certificate), ...at(certificate, depth) } as const;
  if (publicKey.kind === 'other') return { ...refusal, reason: 'unknown' };
  if (publicKey.kind !== 'rsa') return null;
  if (publicKey.modulusBits < MIN_RSA_BITS) return { ...refusal, reason: 'weak' };
  // CA/Browser Forum 6.1.5; OpenSSL and Go cannot make others.
  const isOdd = publicKey.modulusBits % 8 !== 0;
  return isOdd || publicKey.unusable !== null ? { ...refusal, reason: 'unusable' } : null;
}

export function describeKey({ publicKey }: Certificate): string {
  if (publicKey.kind === 'ec') return `ECDSA ${publicKey.curve}`;
  if (publicKey.kind === 'ed25519') return 'Ed25519';
  return publicKey.kind === 'rsa' ? `RSA ${publicKey.modulusBits}` : `key of kind ${publicKey.algorithm}`;
}

/** RFC 5280 6.1.3 (a)(2): both ends belong to the period. */
export function checkValidity(certificate: Certificate, now: Date, depth: number): ChainError | null {
  const { notBefore, notAfter } = certificate;
  const where = at(certificate, depth);
  if (now < notBefore) return { kind: 'certificate-not-yet-valid', notBefore, at: now, ...where };
  return now > notAfter ? { kind: 'certificate-expired', notAfter, at: now, ...where } : null;
}

/** RFC 5280 6.1.4 (k). */
export function checkIsCa(certificate: Certificate, depth: number): ChainError | null {
  const { basicConstraints, version } = certificate;
  const refusal = { kind: 'not-a-ca', ...at(certificate, depth) } as const;
  if (version !== 3) return { ...refusal, reason: 'version' };
  if (basicConstraints === null) return { ...refusal, reason: 'no-basic-constraints' };
  return basicConstraints.ca ? null : { ...refusal, reason: 'ca-false' };
}

/** RFC 5280 6.1.4 (n), and for a leaf what its protocol asks: each usage, where there is a keyUsage at all. */
export function checkUsage(
  certificate: Certificate,
  needed: readonly KeyUsage[],
  depth: number,
): ChainError | null {
  const { keyUsage } = certificate;
  const missing = needed.find((usage) => !(keyUsage?.includes(usage) ?? true));
  return missing === undefined
    ? null
    : { kind: 'key-usage-missing', needed: missing, found: keyUsage ?? [], ...at(certificate, depth) };
}

/**
 * RFC 5280 4.2.1.12, nested through the CAs as OpenSSL, BoringSSL and Go do. A CA with anyExtendedKeyUsage does not
 * restrict; for the leaf the purpose itself has to be there, which 4.2.1.12 allows and OpenSSL and BoringSSL do.
 */
export function checkPurpose(
  certificate: Certificate,
  purpose: ChainPurpose,
  depth: number,
): ChainError | null {
  const { extKeyUsage } = certificate;
  if (extKeyUsage === null || purpose === 'any' || extKeyUsage.includes(purpose)) return null;
  if (depth > 0 && extKeyUsage.includes('anyExtendedKeyUsage')) return null;
  return { kind: 'wrong-purpose', needed: purpose, found: extKeyUsage, ...at(certificate, depth) };
}

/** RFC 5280 4.2 and 6.1.4 (o). */
export function checkCritical(certificate: Certificate, depth: number): ChainError | null {
  const unknown = certificate.extensions.find(({ oid, critical }) => critical && !PROCESSED.has(oid));
  if (unknown === undefined) return null;
  const { oid, name } = unknown;
  return { kind: 'unknown-critical-extension', oid, name, ...at(certificate, depth) };
}

function at(
  certificate: Certificate,
  depth: number,
): { readonly depth: number; readonly certificate: string } {
  return { depth, certificate: labelOf(certificate) };
}
