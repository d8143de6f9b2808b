import { asBytes, type Bytes, equalBytes } from '../bytes/bytes.ts';
import { DerError, DerReader } from '../bytes/der-reader.ts';
import { contextTag, TAG } from '../bytes/der.ts';
import { pemDecode, pemEncode } from '../bytes/pem.ts';
import { type IssuingDistributionPoint, readIssuingDistributionPoint } from './distribution-point.ts';
import { PkiError } from './error.ts';
import { type Extension, readExtensions } from './extension.ts';
import { readInteger } from './integer.ts';
import { readGeneralName } from './general-name.ts';
import { readAuthorityKeyIdentifier } from './known-extensions.ts';
import { Name } from './name.ts';
import { OID } from './oid.ts';
import { readSignatureValue } from './certificate.ts';
import { reading } from './reading.ts';
import { readSerial } from './serial-number.ts';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts';

/** CRLReason (RFC 5280 5.3.1) by code; 7 is not used. */
const REASONS = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
} as const;

export type CrlReason = (typeof REASONS)[keyof typeof REASONS];

/** The code of a reason. */
export function crlReasonCode(reason: CrlReason): number {
  return Number(Object.entries(REASONS).find(([, name]) => name === reason)![0]);
}

export interface RevokedCertificate {
  /** Lower-case hex without padding, as {@link Certificate.serialNumber}. */
  readonly serialNumber: string;
  readonly revokedAt: Date;
  /** As RFC 5280 names it (`keyCompromise`); null where none is given. */
  readonly reason: string | null;
  /** Whose certificate it is: the CRL's issuer, or another in an indirect CRL (RFC 5280 5.3.3). */
  readonly certificateIssuer: Name;
  readonly extensions: readonly Extension[];
}

/** A certificate revocation list, its fields as they stand. Nothing about it is verified here. */
export interface Crl {
  readonly der: Bytes;
  /** 1 or 2. */
  readonly version: number;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly issuer: Name;
  readonly thisUpdate: Date;
  /** Null where absent, which RFC 5280 does not allow. */
  readonly nextUpdate: Date | null;
  readonly revoked: readonly RevokedCertificate[];
  readonly extensions: readonly Extension[];
  /** Lower-case hex. */
  readonly crlNumber: string | null;
  readonly aki: string | null;
  readonly issuingDistributionPoint: IssuingDistributionPoint | null;
  /** Number of the base a delta CRL belongs to, lower-case hex; null for a complete CRL. */
  readonly baseCrlNumber: string | null;
  /** Whether the algorithm stands inside exactly as outside. */
  readonly isAlgorithmRepeated: boolean;
  readonly tbs: Bytes;
  readonly signature: Bytes;
  pem(): string;
}

/**
 * Reads a CRL (RFC 5280 section 5).
 *
 * @param input DER, or PEM text with an `X509 CRL` block
 * @throws PkiError with the offset for anything else
 */
export function parseCrl(input: Uint8Array | string): Crl {
  return reading('crl', () =>
    readCrl(typeof input === 'string' ? pemDecode(input, 'X509 CRL') : asBytes(input)),
  );
}

function readCrl(der: Bytes): Crl {
  const outer = new DerReader(der);
  const list = outer.enter(TAG.sequence, 'CertificateList');
  outer.finish('CertificateList');
  const tbs = list.read(TAG.sequence, 'tbsCertList').element();
  const inside = list.inside();
  const signatureAlgorithm = readSignatureAlgorithm(list, 'signatureAlgorithm');
  const outerAlgorithm = list.element();
  const signature = readSignatureValue(list);
  list.finish('CertificateList');

  const version = inside.nextIs(TAG.integer) ? readInteger(inside, 'version').smallInteger() + 1 : 1;
  if (version !== 1 && version !== 2)
    throw new PkiError('crl.version', `crl: no such version: ${version - 1}`, inside.start);
  const innerAlgorithm = inside.read(TAG.sequence, 'signature').element();
  const issuer = Name.read(inside, 'issuer');
  const thisUpdate = new Date(inside.read(undefined, 'thisUpdate').time());
  const hasNext = inside.nextIs(TAG.utcTime) || inside.nextIs(TAG.generalizedTime);
  const nextUpdate = hasNext ? new Date(inside.read().time()) : null;
  const revoked = inside.nextIs(TAG.sequence) ? readRevoked(inside.enter(), issuer) : [];
  const own = readOwnExtensions(inside);
  inside.finish('tbsCertList');
  const pem = () => pemEncode('X509 CRL', der);
  return {
    der,
    version,
    signatureAlgorithm,
    issuer,
    thisUpdate,
    nextUpdate,
    revoked,
    ...own,
    isAlgorithmRepeated: equalBytes(outerAlgorithm, innerAlgorithm),
    tbs,
    signature,
    pem,
  };
}

function readRevoked(list: DerReader, issuer: Name): readonly RevokedCertificate[] {
  const revoked: RevokedCertificate[] = [];
  let certificateIssuer = issuer;
  while (!list.done) {
    const entry = list.enter(TAG.sequence, 'revokedCertificate');
    const serialNumber = readSerial(entry, 'userCertificate');
    const revokedAt = new Date(entry.read(undefined, 'revocationDate').time());
    let reason: string | null = null;
    let extensions: readonly Extension[] = [];
    // Some tools write an empty list where RFC 5280 wants none.
    if (entry.nextIs(TAG.sequence) && entry.bytes[entry.pos + 1] === 0) entry.skip();
    else if (!entry.done) {
      extensions = readExtensions(entry, ({ name }, value) => {
        if (name === 'cRLReason') reason = readReason(value);
        if (name === 'certificateIssuer') certificateIssuer = readCertificateIssuer(value);
      });
    }
    entry.finish('revokedCertificate');
    revoked.push({ serialNumber, revokedAt, reason, certificateIssuer, extensions });
  }
  return revoked;
}

function readReason(value: DerReader): string {
  const code = value.read(TAG.enumerated, 'cRLReason').smallInteger();
  return REASONS[code as keyof typeof REASONS] ?? `reason ${code}`;
}

/** CertificateIssuer (RFC 5280 5.3.3): it stands until another entry names another. */
function readCertificateIssuer(value: DerReader): Name {
  const names = value.enter(TAG.sequence, 'certificateIssuer');
  while (!names.done) {
    const { type, bytes } = readGeneralName(names);
    if (type === 'directory') return Name.fromDer(bytes);
  }
  throw new DerError('certificateIssuer: no directory name', value.start);
}

type OwnExtensions = Pick<
  Crl,
  'extensions' | 'crlNumber' | 'aki' | 'issuingDistributionPoint' | 'baseCrlNumber'
>;

function readOwnExtensions(inside: DerReader): OwnExtensions {
  const own = {
    crlNumber: null as string | null,
    aki: null as string | null,
    issuingDistributionPoint: null as IssuingDistributionPoint | null,
    baseCrlNumber: null as string | null,
  };
  if (!inside.nextIs(contextTag(0, true))) return { ...own, extensions: [] };
  const explicit = inside.enter();
  const extensions = readExtensions(explicit, ({ oid }, value) => {
    if (oid === OID.cRLNumber) own.crlNumber = readSerial(value, 'cRLNumber');
    if (oid === OID.deltaCRLIndicator) own.baseCrlNumber = readSerial(value, 'baseCRLNumber');
    if (oid === OID.authorityKeyIdentifier) own.aki = readAuthorityKeyIdentifier(value);
    if (oid === OID.issuingDistributionPoint)
      own.issuingDistributionPoint = readIssuingDistributionPoint(value);
  });
  explicit.finish('crlExtensions');
  return { ...own, extensions };
}
