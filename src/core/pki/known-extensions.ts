import { DerError, type DerReader } from '../bytes/der-reader.ts';
import { contextTag, TAG } from '../bytes/der.ts';
import { toHex } from '../bytes/hex.ts';
import { strictBoolean } from './extension.ts';
import { type GeneralName, readGeneralName } from './general-name.ts';
import { readInteger } from './integer.ts';

export interface BasicConstraints {
  readonly ca: boolean;
  /** How many intermediates may follow; null where unlimited. */
  readonly pathLen: number | null;
}

const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof KEY_USAGES)[number];

const EXT_KEY_USAGES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.5.5.7.3.8': 'timeStamping',
  '1.3.6.1.5.5.7.3.9': 'OCSPSigning',
  '2.5.29.37.0': 'anyExtendedKeyUsage',
};

/** KeyUsage (RFC 5280 4.2.1.3): the names of the set bits, in their order. */
export function readKeyUsage(reader: DerReader): readonly KeyUsage[] {
  const { content, unusedBits } = reader.read(TAG.bitString, 'keyUsage').bitString();
  reader.finish('keyUsage');
  const last = content[content.length - 1] ?? 0;
  if ((last & ((1 << unusedBits) - 1)) !== 0)
    throw new DerError('keyUsage: unused bits are set', reader.start);
  return KEY_USAGES.filter((_, bit) => ((content[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

/** ExtKeyUsageSyntax (RFC 5280 4.2.1.12): names where known, else dotted oids. */
export function readExtKeyUsage(reader: DerReader): readonly string[] {
  const purposes = reader.enter(TAG.sequence, 'extKeyUsage');
  reader.finish('extKeyUsage');
  if (purposes.done) throw new DerError('extKeyUsage: the sequence is empty', reader.start);
  const names: string[] = [];
  while (!purposes.done) {
    const dotted = purposes.read(TAG.oid, 'keyPurposeId').oid();
    names.push(EXT_KEY_USAGES[dotted] ?? dotted);
  }
  return names;
}

/** BasicConstraints (RFC 5280 4.2.1.9). */
export function readBasicConstraints(reader: DerReader): BasicConstraints {
  const inside = reader.enter(TAG.sequence, 'basicConstraints');
  reader.finish('basicConstraints');
  const ca = inside.optional(TAG.boolean) && strictBoolean(inside);
  const pathLen = inside.nextIs(TAG.integer) ? readInteger(inside, 'pathLenConstraint').smallInteger() : null;
  inside.finish('basicConstraints');
  if (pathLen !== null && pathLen < 0) throw new DerError('pathLenConstraint is negative', inside.start);
  return { ca, pathLen };
}

/** SubjectKeyIdentifier (RFC 5280 4.2.1.2), lower-case hex. */
export function readSubjectKeyIdentifier(reader: DerReader): string {
  const id = toHex(reader.read(TAG.octetString, 'subjectKeyIdentifier').content());
  reader.finish('subjectKeyIdentifier');
  return id;
}

/**
 * The keyIdentifier of AuthorityKeyIdentifier (RFC 5280 4.2.1.1), lower-case hex; null where it names the
 * authority by issuer and serial number alone.
 */
export function readAuthorityKeyIdentifier(reader: DerReader): string | null {
  const inside = reader.enter(TAG.sequence, 'authorityKeyIdentifier');
  reader.finish('authorityKeyIdentifier');
  const id = inside.optional(contextTag(0, false)) ? toHex(inside.content()) : null;
  const issuer = inside.optional(contextTag(1, true));
  const serial = inside.optional(contextTag(2, false));
  inside.finish('authorityKeyIdentifier');
  if (issuer !== serial)
    throw new DerError('authorityKeyIdentifier: issuer and serial go together', reader.start);
  return id;
}

/** SubjectAltName (RFC 5280 4.2.1.6): its names in order. */
export function readSubjectAltName(reader: DerReader): readonly GeneralName[] {
  const list = reader.enter(TAG.sequence, 'subjectAltName');
  reader.finish('subjectAltName');
  if (list.done) throw new DerError('subjectAltName: the sequence is empty', reader.start);
  const names: GeneralName[] = [];
  while (!list.done) names.push(readGeneralName(list));
  return names;
}

/** AuthorityInfoAccess (RFC 5280 4.2.2.1): read for its form only, nothing is fetched. */
export function checkAuthorityInfoAccess(reader: DerReader): void {
  const list = reader.enter(TAG.sequence, 'authorityInfoAccess');
  reader.finish('authorityInfoAccess');
  if (list.done) throw new DerError('authorityInfoAccess: the sequence is empty', reader.start);
  while (!list.done) {
    const description = list.enter(TAG.sequence, 'accessDescription');
    description.read(TAG.oid, 'accessMethod').oid();
    readGeneralName(description);
    description.finish('accessDescription');
  }
}
