import { asBytes, type Bytes, equalBytes } from '../bytes/bytes.ts';
import { DerError, DerReader } from '../bytes/der-reader.ts';
import { contextTag, TAG } from '../bytes/der.ts';
import { pemDecodeAll, pemEncode } from '../bytes/pem.ts';
import { type DistributionPoint, readDistributionPoints } from './distribution-point.ts';
import { PkiError } from './error.ts';
import { type Extension, readExtensions } from './extension.ts';
import type { GeneralName } from './general-name.ts';
import { readInteger } from './integer.ts';
import { type KeyType, keyTypeOf, type PublicKeyInfo, readPublicKey } from './key-type.ts';
import {
  type BasicConstraints,
  checkAuthorityInfoAccess,
  type KeyUsage,
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readExtKeyUsage,
  readKeyUsage,
  readSubjectAltName,
  readSubjectKeyIdentifier,
} from './known-extensions.ts';
import { Name } from './name.ts';
import { type NameConstraints, readNameConstraints } from './name-constraints.ts';
import { OID } from './oid.ts';
import {
  type PolicyConstraints,
  type PolicyMapping,
  readCertificatePolicies,
  readInhibitAnyPolicy,
  readPolicyConstraints,
  readPolicyMappings,
} from './policy-extensions.ts';
import { reading } from './reading.ts';
import { readSerial } from './serial-number.ts';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts';

/**
 * A certificate, read once. Everything its DER says is here, also where RFC 5280 forbids it: reading answers
 * "what does it say", {@link verifyChain} answers "is it to be trusted".
 */
export interface Certificate {
  readonly der: Bytes;
  /** 1, 2 or 3. */
  readonly version: number;
  /** Lower-case hex without padding; a leading `-` where negative. */
  readonly serialNumber: string;
  /** The algorithm inside the signed part. */
  readonly innerSignatureAlgorithm: SignatureAlgorithm;
  /** Whether it stands there exactly as outside, as RFC 5280 4.1.2.3 wants. */
  readonly isAlgorithmRepeated: boolean;
  readonly issuer: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subject: Name;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Bytes;
  readonly publicKey: PublicKeyInfo;
  readonly keyType: KeyType | null;
  readonly extensions: readonly Extension[];
  readonly keyUsage: readonly KeyUsage[] | null;
  readonly extKeyUsage: readonly string[] | null;
  readonly basicConstraints: BasicConstraints | null;
  /** Subject key identifier, lower-case hex. */
  readonly ski: string | null;
  /** Key identifier of the authority key identifier, lower-case hex. */
  readonly aki: string | null;
  readonly subjectAltNames: readonly GeneralName[];
  /** The URIs among the subject alternative names; for an SVID, its SPIFFE ID. */
  readonly uris: readonly string[];
  readonly nameConstraints: NameConstraints | null;
  /** Policies as dotted oids. */
  readonly certificatePolicies: readonly string[] | null;
  readonly policyMappings: readonly PolicyMapping[] | null;
  readonly policyConstraints: PolicyConstraints | null;
  /** How many certificates may follow before anyPolicy stops counting. */
  readonly inhibitAnyPolicy: number | null;
  readonly cRLDistributionPoints: readonly DistributionPoint[] | null;
  /** Issuer and subject are the same name (RFC 5280 3.2); says nothing about the signature. */
  readonly isSelfIssued: boolean;
  /** What is signed. */
  readonly tbs: Bytes;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Bytes;
  /** PEM block, ending in a newline. */
  pem(): string;
}

/**
 * Reads one certificate (RFC 5280 4.1) in strict DER.
 *
 * @throws PkiError with the offset for anything else
 */
export function parseCertificate(der: Uint8Array): Certificate {
  return reading('certificate', () => new ParsedCertificate(asBytes(der)));
}

/**
 * Reads every `CERTIFICATE` block of a PEM text, in order; other blocks are passed over.
 *
 * @throws PkiError for a broken block and where there is none
 */
export function parseCertificates(pemText: string): Certificate[] {
  const blocks = reading('certificate', () => pemDecodeAll(pemText));
  const certificates = blocks
    .filter((block) => block.label === 'CERTIFICATE')
    .map((block) => parseCertificate(block.der));
  if (certificates.length > 0) return certificates;
  const found = blocks.length > 0 ? ` (found ${blocks.map((block) => block.label).join(', ')})` : '';
  throw new PkiError('certificate.pem', `certificate: no "CERTIFICATE" block${found}`);
}

class ParsedCertificate implements Certificate {
  readonly der: Bytes;
  readonly version: number;
  readonly serialNumber: string;
  readonly innerSignatureAlgorithm: SignatureAlgorithm;
  readonly isAlgorithmRepeated: boolean;
  readonly issuer: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subject: Name;
  readonly spki: Bytes;
  readonly publicKey: PublicKeyInfo;
  readonly extensions: readonly Extension[];
  keyUsage: readonly KeyUsage[] | null = null;
  extKeyUsage: readonly string[] | null = null;
  basicConstraints: BasicConstraints | null = null;
  ski: string | null = null;
  aki: string | null = null;
  subjectAltNames: readonly GeneralName[] = [];
  nameConstraints: NameConstraints | null = null;
  certificatePolicies: readonly string[] | null = null;
  policyMappings: readonly PolicyMapping[] | null = null;
  policyConstraints: PolicyConstraints | null = null;
  inhibitAnyPolicy: number | null = null;
  cRLDistributionPoints: readonly DistributionPoint[] | null = null;
  readonly tbs: Bytes;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Bytes;
  #uris: readonly string[] | null = null;
  #selfIssued: boolean | null = null;
  #pem: string | null = null;

  constructor(der: Bytes) {
    const outer = new DerReader(der);
    const certificate = outer.enter(TAG.sequence, 'Certificate');
    outer.finish('Certificate');
    this.der = der;
    this.tbs = certificate.read(TAG.sequence, 'tbsCertificate').element();
    const tbs = certificate.inside();
    this.signatureAlgorithm = readSignatureAlgorithm(certificate, 'signatureAlgorithm');
    const outerAlgorithm = certificate.element();
    this.signature = readSignatureValue(certificate);
    certificate.finish('Certificate');

    this.version = readVersion(tbs);
    this.serialNumber = readSerial(tbs, 'serialNumber');
    this.innerSignatureAlgorithm = readSignatureAlgorithm(tbs, 'signature');
    this.isAlgorithmRepeated = equalBytes(outerAlgorithm, tbs.element());
    this.issuer = Name.read(tbs, 'issuer');
    const validity = tbs.enter(TAG.sequence, 'validity');
    this.notBefore = new Date(validity.read(undefined, 'notBefore').time());
    this.notAfter = new Date(validity.read(undefined, 'notAfter').time());
    validity.finish('validity');
    this.subject = Name.read(tbs, 'subject');
    this.publicKey = readPublicKey(tbs);
    this.spki = tbs.element();
    tbs.optional(contextTag(1, false));
    tbs.optional(contextTag(2, false));
    this.extensions = tbs.nextIs(contextTag(3, true)) ? this.readExtensions(tbs) : [];
    tbs.finish('tbsCertificate');
  }

  get keyType(): KeyType | null {
    return keyTypeOf(this.publicKey);
  }

  get uris(): readonly string[] {
    this.#uris ??= this.subjectAltNames.filter(({ type }) => type === 'uri').map(({ value }) => value);
    return this.#uris;
  }

  get isSelfIssued(): boolean {
    this.#selfIssued ??= this.issuer.equals(this.subject);
    return this.#selfIssued;
  }

  pem(): string {
    this.#pem ??= pemEncode('CERTIFICATE', this.der);
    return this.#pem;
  }

  private readExtensions(tbs: DerReader): readonly Extension[] {
    const explicit = tbs.enter(undefined, 'extensions');
    const seen = new Set<string>();
    const extensions = readExtensions(explicit, ({ oid }, value) => {
      // The first of two counts for display; verification refuses the certificate for having two.
      if (!seen.has(oid)) this.readKnown(oid, value);
      seen.add(oid);
    });
    explicit.finish('extensions');
    return extensions;
  }

  private readKnown(oid: string, value: DerReader): void {
    switch (oid) {
      case OID.keyUsage:
        this.keyUsage = readKeyUsage(value);
        break;
      case OID.extKeyUsage:
        this.extKeyUsage = readExtKeyUsage(value);
        break;
      case OID.basicConstraints:
        this.basicConstraints = readBasicConstraints(value);
        break;
      case OID.subjectKeyIdentifier:
        this.ski = readSubjectKeyIdentifier(value);
        break;
      case OID.authorityKeyIdentifier:
        this.aki = readAuthorityKeyIdentifier(value);
        break;
      case OID.subjectAltName:
        this.subjectAltNames = readSubjectAltName(value);
        break;
      case OID.nameConstraints:
        this.nameConstraints = readNameConstraints(value);
        break;
      case OID.certificatePolicies:
        this.certificatePolicies = readCertificatePolicies(value);
        break;
      case OID.policyMappings:
        this.policyMappings = readPolicyMappings(value);
        break;
      case OID.policyConstraints:
        this.policyConstraints = readPolicyConstraints(value);
        break;
      case OID.inhibitAnyPolicy:
        this.inhibitAnyPolicy = readInhibitAnyPolicy(value);
        break;
      case OID.cRLDistributionPoints:
        this.cRLDistributionPoints = readDistributionPoints(value);
        break;
      case OID.authorityInfoAccess:
        checkAuthorityInfoAccess(value);
        break;
    }
  }
}

/** Version ::= INTEGER { v1(0), v2(1), v3(2) }, v1 where absent. */
function readVersion(tbs: DerReader): number {
  if (!tbs.nextIs(contextTag(0, true))) return 1;
  const explicit = tbs.enter();
  const value = readInteger(explicit, 'version').smallInteger();
  explicit.finish('version');
  if (value !== 1 && value !== 2)
    throw new PkiError('certificate.version', `certificate: no such version: ${value}`, tbs.start);
  return value + 1;
}

/** BIT STRING of a signature: whole octets. */
export function readSignatureValue(reader: DerReader): Bytes {
  const { content, unusedBits } = reader.read(TAG.bitString, 'signatureValue').bitString();
  if (unusedBits !== 0) throw new DerError('signatureValue is not whole octets', reader.start);
  return content;
}
