import type { Bytes } from '../bytes/bytes.ts';
import { DerError, type DerReader } from '../bytes/der-reader.ts';
import { bool, octets, oid, seq, TAG } from '../bytes/der.ts';
import { OID } from './oid.ts';

/** One extension as it stands (RFC 5280 4.2); duplicates are kept, verification refuses them. */
export interface Extension {
  readonly oid: string;
  /** Name as RFC 5280 writes it (`keyUsage`); the dotted oid where unknown. */
  readonly name: string;
  readonly critical: boolean;
  /** Content of the OCTET STRING. */
  readonly value: Bytes;
}

const NAMES: ReadonlyMap<string, string> = new Map([
  [OID.subjectKeyIdentifier, 'subjectKeyIdentifier'],
  [OID.keyUsage, 'keyUsage'],
  [OID.subjectAltName, 'subjectAltName'],
  [OID.issuerAltName, 'issuerAltName'],
  [OID.basicConstraints, 'basicConstraints'],
  [OID.cRLNumber, 'cRLNumber'],
  [OID.cRLReason, 'cRLReason'],
  [OID.invalidityDate, 'invalidityDate'],
  [OID.deltaCRLIndicator, 'deltaCRLIndicator'],
  [OID.issuingDistributionPoint, 'issuingDistributionPoint'],
  [OID.certificateIssuer, 'certificateIssuer'],
  [OID.nameConstraints, 'nameConstraints'],
  [OID.cRLDistributionPoints, 'cRLDistributionPoints'],
  [OID.certificatePolicies, 'certificatePolicies'],
  [OID.policyMappings, 'policyMappings'],
  [OID.authorityKeyIdentifier, 'authorityKeyIdentifier'],
  [OID.policyConstraints, 'policyConstraints'],
  [OID.extKeyUsage, 'extKeyUsage'],
  [OID.freshestCRL, 'freshestCRL'],
  [OID.inhibitAnyPolicy, 'inhibitAnyPolicy'],
  [OID.authorityInfoAccess, 'authorityInfoAccess'],
  ['1.3.6.1.5.5.7.1.11', 'subjectInfoAccess'],
]);

/** Called for each extension with a reader over its value, so that known ones are decoded in the same pass. */
export type ExtensionVisitor = (extension: Extension, value: DerReader) => void;

/**
 * Reads `Extensions` (a SEQUENCE of them).
 *
 * @param reader stands before the SEQUENCE
 * @throws DerError where it is none; an empty sequence included (RFC 5280 4.1: 1..MAX)
 */
export function readExtensions(reader: DerReader, visit?: ExtensionVisitor): readonly Extension[] {
  const list = reader.enter(TAG.sequence, 'extensions');
  if (list.done) throw new DerError('extensions: the sequence is empty', reader.start);
  const extensions: Extension[] = [];
  while (!list.done) {
    const item = list.enter(TAG.sequence, 'extension');
    const type = item.read(TAG.oid, 'extnID').oid();
    const critical = item.optional(TAG.boolean) && strictBoolean(item);
    const value = item.read(TAG.octetString, 'extnValue').content();
    item.finish('extension');
    const extension = { oid: type, name: NAMES.get(type) ?? type, critical, value };
    extensions.push(extension);
    visit?.(extension, item.inside());
  }
  return extensions;
}

/** Writes one extension; `critical` is left out where false (DER omits defaults). */
export function encodeExtension(type: string, critical: boolean, value: Uint8Array): Bytes {
  return critical ? seq(oid(type), bool(true), octets(value)) : seq(oid(type), octets(value));
}

/**
 * Value of the BOOLEAN the reader stands at. An explicit FALSE is accepted although DER leaves defaults out:
 * such certificates are common and every verifier takes them.
 *
 * @throws DerError for content other than 00 and FF
 */
export function strictBoolean(reader: DerReader): boolean {
  const value = reader.boolean();
  if (value && reader.bytes[reader.contentStart] !== 0xff)
    throw new DerError('BOOLEAN is neither 00 nor FF', reader.start);
  return value;
}
