import type { Certificate } from './certificate.ts';
import type { GeneralNameType } from './general-name.ts';
import type { NameConstraints } from './name-constraints.ts';
import { nameToCheck, type NameToCheck, type Subtree, subtreeOf } from './name-subtree.ts';
import { OID } from './oid.ts';

/** Constraints in force, and the CA that imposed them. */
export interface ImposedConstraints {
  readonly by: string;
  readonly constraints: NameConstraints;
}

export type ConstraintViolation =
  | {
      readonly kind: 'name-not-permitted' | 'name-excluded';
      readonly name: string;
      readonly constraints: readonly string[];
      readonly by: string;
    }
  | {
      readonly kind: 'name-constraint-unusable';
      readonly name: string;
      readonly reason: string;
      readonly by: string;
    }
  | { readonly kind: 'search-limit'; readonly limit: string };

/** BoringSSL's bound on names × constraints; beyond it a certificate is an attack. */
const MAX_COMPARISONS = 2 ** 20;

/**
 * Holds every name of a certificate (SAN, subject, e-mail address in the subject where there is no SAN) against the constraints of the
 * CAs above it (RFC 5280 6.1.3 b and c, 4.2.1.10). A name of a kind nobody constrains is free.
 *
 * @returns the first violation, or null
 */
export function checkNameConstraints(
  certificate: Certificate,
  imposed: readonly ImposedConstraints[],
): ConstraintViolation | null {
  const names = namesOf(certificate);
  let subtrees = 0;
  for (const { constraints } of imposed)
    subtrees += constraints.permitted.length + constraints.excluded.length;
  if (names.length * subtrees > MAX_COMPARISONS) {
    return { kind: 'search-limit', limit: `${MAX_COMPARISONS} name comparisons` };
  }
  for (const { constraints, by } of imposed) {
    const prepared = new Map<GeneralNameType, Prepared>();
    for (const name of names) {
      let ofType = prepared.get(name.type);
      if (ofType === undefined) prepared.set(name.type, (ofType = prepare(constraints, name.type)));
      const violation = checkName(name, ofType, by);
      if (violation !== null) return violation;
    }
  }
  return null;
}

function namesOf(certificate: Certificate): readonly NameToCheck[] {
  const { subject } = certificate;
  const names = certificate.subjectAltNames.map(nameToCheck);
  if (!subject.isEmpty) names.push({ type: 'directory', value: subject.toString(), name: subject });
  const isLegacy = certificate.subjectAltNames.length === 0;
  for (const { oid, value } of isLegacy ? subject.rdns.flat() : []) {
    if (oid === OID.emailAddress) names.push(nameToCheck({ type: 'email', value, bytes: subject.der }));
  }
  return names;
}

/** The constraints on names of one type. */
interface Prepared {
  readonly permitted: readonly Subtree[];
  readonly excluded: readonly Subtree[];
  /** Why no name of this type can be judged. */
  readonly unusable: string | null;
}

function prepare({ permitted, excluded, hasDistances }: NameConstraints, type: GeneralNameType): Prepared {
  const ofType = (bases: NameConstraints['permitted']) =>
    bases.filter((base) => base.type === type).map(subtreeOf);
  const [allowed, barred] = [ofType(permitted), ofType(excluded)];
  const unusable = [...barred, ...allowed].find((subtree) => typeof subtree === 'string');
  return {
    permitted: allowed.filter((subtree) => typeof subtree !== 'string'),
    excluded: barred.filter((subtree) => typeof subtree !== 'string'),
    unusable: hasDistances && allowed.length + barred.length > 0 ? DISTANCES : (unusable ?? null),
  };
}

const DISTANCES = 'a subtree has a minimum or maximum';

function checkName(name: NameToCheck, prepared: Prepared, by: string): ConstraintViolation | null {
  const { permitted, excluded, unusable } = prepared;
  if (permitted.length + excluded.length === 0 && unusable === null) return null;
  const reason = unusable ?? ('unusable' in name ? name.unusable : null);
  if (reason !== null) return { kind: 'name-constraint-unusable', name: name.value, reason, by };
  const hit = excluded.find((subtree) => subtree.contains(name) || subtree.touches(name));
  if (hit !== undefined) return { kind: 'name-excluded', name: name.value, constraints: [hit.text], by };
  if (permitted.length === 0 || permitted.some((subtree) => subtree.contains(name))) return null;
  return { kind: 'name-not-permitted', name: name.value, constraints: permitted.map(({ text }) => text), by };
}
