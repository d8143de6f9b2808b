import type { Certificate } from './certificate.ts';
import type { Crl, RevokedCertificate } from './crl.ts';
import {
  ALL_REASONS,
  directoryNames,
  type DistributionPoint,
  isSamePointName,
  namesOfPoint,
  type ReasonMask,
} from './distribution-point.ts';
import type { Name } from './name.ts';
import { OID } from './oid.ts';

const PROCESSED: ReadonlySet<string> = new Set([
  OID.authorityKeyIdentifier,
  OID.cRLNumber,
  OID.deltaCRLIndicator,
  OID.issuingDistributionPoint,
]);

const PROCESSED_IN_ENTRIES: ReadonlySet<string> = new Set([
  OID.cRLReason,
  OID.invalidityDate,
  OID.certificateIssuer,
]);

/**
 * Why a CRL cannot be used for anything at `at`, whoever signed it (RFC 5280 section 5).
 *
 * @param strict also ask for the number that 5.2.3 wants in every CRL
 * @returns null where it can
 */
export function crlFault(crl: Crl, at: Date, strict: boolean): string | null {
  const { thisUpdate, nextUpdate } = crl;
  if (at < thisUpdate) return `the CRL is not valid before ${iso(thisUpdate)} (RFC 5280 5.1.2.4)`;
  if (nextUpdate === null) return 'the CRL has no nextUpdate (RFC 5280 5.1.2.5)';
  if (at > nextUpdate) return `the CRL has expired at ${iso(nextUpdate)} (RFC 5280 6.3.3 a)`;
  if (!crl.isAlgorithmRepeated) return 'the algorithms inside and outside differ (RFC 5280 5.1.1.2)';
  return extensionFault(crl, strict) ?? entryFault(crl) ?? scopeFault(crl);
}

function extensionFault({ version, extensions, crlNumber }: Crl, strict: boolean): string | null {
  if (version === 1 && extensions.length > 0) return 'a version 1 CRL with extensions (RFC 5280 5.1.2.1)';
  const seen = new Set<string>();
  for (const { oid, name, critical } of extensions) {
    if (seen.has(oid)) return `${name} stands twice (RFC 5280 4.2)`;
    seen.add(oid);
    if (critical && !PROCESSED.has(oid)) return `unknown critical extension ${name} (RFC 5280 5.2)`;
    if (critical && oid === OID.cRLNumber) return 'cRLNumber is critical (RFC 5280 5.2.3)';
  }
  if (crlNumber === null) return strict ? 'the CRL has no cRLNumber (RFC 5280 5.2.3)' : null;
  return crlNumber.startsWith('-') || crlNumber.length > 40
    ? 'cRLNumber is negative or longer than 20 octets (RFC 5280 5.2.3)'
    : null;
}

function entryFault({ version, revoked }: Crl): string | null {
  for (const { extensions } of revoked) {
    if (extensions.length > 0 && version === 1) return 'a version 1 CRL with extensions (RFC 5280 5.1.2.1)';
    const unknown = extensions.find(({ oid, critical }) => critical && !PROCESSED_IN_ENTRIES.has(oid));
    if (unknown !== undefined) return `unknown critical extension ${unknown.name} in an entry (RFC 5280 5.3)`;
  }
  return null;
}

function scopeFault({ issuingDistributionPoint }: Crl): string | null {
  if (issuingDistributionPoint === null) return null;
  const { onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts } = issuingDistributionPoint;
  const limits = [onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts];
  return limits.filter(Boolean).length > 1
    ? 'issuingDistributionPoint limits the CRL twice (RFC 5280 5.2.5)'
    : null;
}

/** The names in which a CRL for this point of the certificate has to be issued (RFC 5280 6.3.3 b 1). */
export function crlIssuersOf(point: DistributionPoint, certificate: Certificate): readonly Name[] {
  return point.cRLIssuer === null ? [certificate.issuer] : directoryNames(point.cRLIssuer);
}

/** Whether a CRL speaks of this certificate, found by this point (RFC 5280 6.3.3 b); null where it does. */
export function outOfScope(crl: Crl, point: DistributionPoint, certificate: Certificate): string | null {
  const idp = crl.issuingDistributionPoint;
  if (point.cRLIssuer !== null && !(idp?.indirectCRL ?? false))
    return 'the point names a CRL issuer and the CRL is not indirect';
  if (idp === null) return null;
  const isCa = certificate.basicConstraints?.ca ?? false;
  if (idp.onlyContainsUserCerts && isCa) return 'the CRL is for end entities only';
  if (idp.onlyContainsCACerts && !isCa) return 'the CRL is for CAs only';
  if (idp.onlyContainsAttributeCerts) return 'the CRL is for attribute certificates only';
  if (idp.name === null) return null;
  const issuers = crlIssuersOf(point, certificate);
  const theirs = namesOfPoint(idp.name, [crl.issuer]);
  // Without a point of its own, the certificate's issuer stands for the point's name (6.3.3, last paragraph).
  const ours = point.name === null ? (point.cRLIssuer ?? issuers) : namesOfPoint(point.name, issuers);
  const isNamed = theirs.some((their) => ours.some((our) => isSamePointName(their, our)));
  return isNamed ? null : 'the CRL is for another distribution point';
}

/** interim_reasons_mask (RFC 5280 6.3.3 d): the reasons a CRL covers for this point. */
export function reasonsCovered(crl: Crl, point: DistributionPoint): ReasonMask {
  const some = crl.issuingDistributionPoint?.onlySomeReasons ?? null;
  return (point.reasons ?? ALL_REASONS) & (some ?? ALL_REASONS) & ALL_REASONS;
}

/** Whether `delta` may be laid over `base` (RFC 5280 5.2.4): one issuer, scope and key, and numbers in order. */
export function isDeltaOf(delta: Crl, base: Crl): boolean {
  if (delta.baseCrlNumber === null || delta.crlNumber === null || base.crlNumber === null) return false;
  const [from, number, ours] = [delta.baseCrlNumber, delta.crlNumber, base.crlNumber].map(numberOf);
  return (
    from! <= ours! &&
    ours! < number! &&
    delta.issuer.equals(base.issuer) &&
    delta.aki === base.aki &&
    isSameScope(delta, base)
  );
}

/** The entry for a certificate, the last one where there are several. */
export function entryFor(crl: Crl, { serialNumber, issuer }: Certificate): RevokedCertificate | null {
  return (
    crl.revoked.findLast(
      (entry) => entry.serialNumber === serialNumber && entry.certificateIssuer.equals(issuer),
    ) ?? null
  );
}

function isSameScope(a: Crl, b: Crl): boolean {
  const [first, second] = [a.issuingDistributionPoint, b.issuingDistributionPoint];
  if (first === null || second === null) return first === second;
  return first.der.length === second.der.length && first.der.every((octet, at) => octet === second.der[at]);
}

function numberOf(hex: string): bigint {
  return hex.startsWith('-') ? -1n : BigInt(`0x${hex}`);
}

function iso(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
