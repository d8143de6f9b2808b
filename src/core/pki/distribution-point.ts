import { type Bytes, equalBytes } from '../bytes/bytes.ts';
import { DerError, type DerReader } from '../bytes/der-reader.ts';
import { contextTag, TAG } from '../bytes/der.ts';
import { strictBoolean } from './extension.ts';
import { type GeneralName, readGeneralName } from './general-name.ts';
import { Name } from './name.ts';

/** ReasonFlags (RFC 5280 4.2.1.13) as a mask: bit n of the BIT STRING is 1 << n. */
export type ReasonMask = number;

/** Bits 1 to 8: every reason there is. */
export const ALL_REASONS: ReasonMask = 0x1fe;

/** DistributionPointName: full names, or an RDN below the CRL issuer's name (content octets of its SET). */
export type DistributionPointName =
  | { readonly kind: 'full'; readonly names: readonly GeneralName[] }
  | { readonly kind: 'relative'; readonly rdn: Bytes };

/** DistributionPoint (RFC 5280 4.2.1.13). */
export interface DistributionPoint {
  readonly name: DistributionPointName | null;
  readonly reasons: ReasonMask | null;
  readonly cRLIssuer: readonly GeneralName[] | null;
}

/** IssuingDistributionPoint (RFC 5280 5.2.5): which certificates a CRL speaks of. */
export interface IssuingDistributionPoint {
  readonly name: DistributionPointName | null;
  readonly onlyContainsUserCerts: boolean;
  readonly onlyContainsCACerts: boolean;
  readonly onlySomeReasons: ReasonMask | null;
  readonly indirectCRL: boolean;
  readonly onlyContainsAttributeCerts: boolean;
  /** The value as it stands: a delta belongs to a base with the same. */
  readonly der: Bytes;
}

/** CRLDistributionPoints (RFC 5280 4.2.1.13). */
export function readDistributionPoints(reader: DerReader): readonly DistributionPoint[] {
  const list = reader.enter(TAG.sequence, 'cRLDistributionPoints');
  reader.finish('cRLDistributionPoints');
  if (list.done) throw new DerError('cRLDistributionPoints: the sequence is empty', reader.start);
  const points: DistributionPoint[] = [];
  while (!list.done) {
    const point = list.enter(TAG.sequence, 'distributionPoint');
    const name = point.nextIs(contextTag(0, true)) ? readPointName(point.enter()) : null;
    const reasons = point.optional(contextTag(1, false)) ? readReasons(point) : null;
    const cRLIssuer = point.nextIs(contextTag(2, true)) ? readNames(point.enter()) : null;
    point.finish('distributionPoint');
    if (name === null && cRLIssuer === null)
      throw new DerError('distributionPoint: neither a name nor a CRL issuer', list.start);
    points.push({ name, reasons, cRLIssuer });
  }
  return points;
}

/** IssuingDistributionPoint (RFC 5280 5.2.5). */
export function readIssuingDistributionPoint(reader: DerReader): IssuingDistributionPoint {
  const inside = reader.enter(TAG.sequence, 'issuingDistributionPoint');
  const der = reader.element();
  reader.finish('issuingDistributionPoint');
  const flag = (n: number): boolean => inside.optional(contextTag(n, false)) && strictBoolean(inside);
  const name = inside.nextIs(contextTag(0, true)) ? readPointName(inside.enter()) : null;
  const onlyContainsUserCerts = flag(1);
  const onlyContainsCACerts = flag(2);
  const onlySomeReasons = inside.optional(contextTag(3, false)) ? readReasons(inside) : null;
  const indirectCRL = flag(4);
  const onlyContainsAttributeCerts = flag(5);
  inside.finish('issuingDistributionPoint');
  return {
    name,
    onlyContainsUserCerts,
    onlyContainsCACerts,
    onlySomeReasons,
    indirectCRL,
    onlyContainsAttributeCerts,
    der,
  };
}

/** The names a point stands for; a relative one is put below each of `issuers`. */
export function namesOfPoint(
  name: DistributionPointName,
  issuers: readonly Name[],
): readonly (GeneralName | Name)[] {
  return name.kind === 'full' ? name.names : issuers.map((issuer) => issuer.below(name.rdn));
}

/** Whether two such names are one: directory names by RFC 5280 7.1, others octet by octet. */
export function isSamePointName(a: GeneralName | Name, b: GeneralName | Name): boolean {
  const [first, second] = [directoryOf(a), directoryOf(b)];
  if (first !== null || second !== null) return first !== null && second !== null && first.equals(second);
  return !(a instanceof Name) && !(b instanceof Name) && a.type === b.type && equalBytes(a.bytes, b.bytes);
}

/** The directory names among `names`. */
export function directoryNames(names: readonly GeneralName[]): readonly Name[] {
  return names.map(directoryOf).filter((name) => name !== null);
}

function directoryOf(name: GeneralName | Name): Name | null {
  if (name instanceof Name) return name;
  return name.type === 'directory' ? Name.fromDer(name.bytes) : null;
}

function readPointName(explicit: DerReader): DistributionPointName {
  if (explicit.nextIs(contextTag(0, true))) {
    const names = readNames(explicit.enter());
    explicit.finish('distributionPointName');
    return { kind: 'full', names };
  }
  const rdn = explicit.read(contextTag(1, true), 'nameRelativeToCRLIssuer').content();
  explicit.finish('distributionPointName');
  return { kind: 'relative', rdn };
}

function readNames(list: DerReader): readonly GeneralName[] {
  const names: GeneralName[] = [];
  while (!list.done) names.push(readGeneralName(list));
  return names;
}

function readReasons(reader: DerReader): ReasonMask {
  const { content } = reader.bitString();
  let mask = 0;
  for (let bit = 0; bit < 9; bit++)
    if (((content[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) mask |= 1 << bit;
  return mask;
}
