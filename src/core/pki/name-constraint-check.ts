import type { Certificate } from './certificate.ts';
import type { GeneralName, GeneralNameType } from './general-name.ts';
import { Name } from './name.ts';
import type { NameConstraints } from './name-constraints.ts';
import {
  hasPrefixMask,
  isDnsName,
  isHostName,
  isWithinDomain,
  isWithinNetwork,
  splitMailbox,
  uriHost,
} from './name-forms.ts';
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
 * Holds every name of a certificate (SAN, subject, e-mail address in the subject) against the constraints of the
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
  if (names.length * subtrees > MAX_COMPARISONS)
    return { kind: 'search-limit', limit: `${MAX_COMPARISONS} name comparisons` };
  for (const { constraints, by } of imposed) {
    for (const name of names) {
      const violation = checkName(name, constraints, by);
      if (violation !== null) return violation;
    }
  }
  return null;
}

interface NameToCheck extends GeneralName {
  readonly directory: Name | null;
}

function namesOf(certificate: Certificate): readonly NameToCheck[] {
  const names: NameToCheck[] = certificate.subjectAltNames.map((name) => ({
    ...name,
    directory: name.type === 'directory' ? Name.fromDer(name.bytes) : null,
  }));
  const { subject } = certificate;
  if (!subject.isEmpty)
    names.push({ type: 'directory', value: subject.toString(), bytes: subject.der, directory: subject });
  for (const { oid, value } of subject.rdns.flat()) {
    if (oid === OID.emailAddress) names.push({ type: 'email', value, bytes: subject.der, directory: null });
  }
  return names;
}

function checkName(name: NameToCheck, constraints: NameConstraints, by: string): ConstraintViolation | null {
  const excluded = constraints.excluded.filter(({ type }) => type === name.type);
  const permitted = constraints.permitted.filter(({ type }) => type === name.type);
  if (excluded.length + permitted.length === 0) return null;
  const reason = constraints.hasDistances
    ? 'a subtree has a minimum or maximum'
    : (unusableName(name) ?? firstOf([...excluded, ...permitted], unusableSubtree));
  if (reason !== null) return { kind: 'name-constraint-unusable', name: name.value, reason, by };
  const hit = excluded.find((subtree) => isWithin(name, subtree) || wildcardCovers(name, subtree));
  if (hit !== undefined) return { kind: 'name-excluded', name: name.value, constraints: [textOf(hit)], by };
  if (permitted.length === 0 || permitted.some((subtree) => isWithin(name, subtree))) return null;
  return { kind: 'name-not-permitted', name: name.value, constraints: permitted.map(textOf), by };
}

function isWithin(name: NameToCheck, subtree: GeneralName): boolean {
  switch (name.type) {
    case 'uri':
      return isWithinUriBase(uriHost(name.value)!, subtree.value);
    case 'dns':
      return isWithinDomain(name.value, subtree.value);
    case 'email':
      return isWithinMailBase(name.value, subtree.value);
    case 'ip':
      return isWithinNetwork(name.bytes, subtree.bytes);
    case 'directory':
      return name.directory!.startsWith(Name.fromDer(subtree.bytes));
    default:
      return false;
  }
}

/** A plain base is that host only; `.base` is every host below it and not itself. */
function isWithinUriBase(host: string, base: string): boolean {
  if (base.startsWith('.')) return host.toLowerCase().endsWith(base.toLowerCase());
  return host.toLowerCase() === base.toLowerCase();
}

function isWithinMailBase(mailbox: string, base: string): boolean {
  const { local, host } = splitMailbox(mailbox)!;
  if (!base.includes('@')) return isWithinUriBase(host, base);
  const [baseLocal, baseHost] = base.split('@');
  return local === baseLocal && host.toLowerCase() === baseHost!.toLowerCase();
}

/** `*.example.com` stands for `bar.example.com` too, so an exclusion of that one strikes it. */
function wildcardCovers(name: NameToCheck, subtree: GeneralName): boolean {
  if (name.type !== 'dns' || !name.value.startsWith('*.')) return false;
  const dot = subtree.value.indexOf('.');
  return dot > 0 && subtree.value.slice(dot + 1).toLowerCase() === name.value.slice(2).toLowerCase();
}

function unusableName(name: NameToCheck): string | null {
  switch (name.type) {
    case 'uri':
      return uriHost(name.value) === null ? 'the URI has no host that is a domain name' : null;
    case 'dns':
      return isDnsName(name.value) ? null : 'the DNS name has no valid syntax';
    case 'email':
      return splitMailbox(name.value) === null ? 'the e-mail address has no valid syntax' : null;
    case 'ip':
    case 'directory':
      return null;
    default:
      return `constraints on names of the kind ${name.type} are not supported`;
  }
}

function unusableSubtree({ type, value, bytes }: GeneralName): string | null {
  const host = value.replace(/^\./, '');
  switch (type) {
    case 'uri':
      return isHostName(host) ? null : `the URI constraint "${value}" is no host`;
    case 'dns':
      return value === '' || isHostName(value) ? null : `the DNS constraint "${value}" is no domain`;
    case 'email':
      return isHostName(host) || splitMailbox(value) !== null
        ? null
        : `the e-mail constraint "${value}" is none`;
    case 'ip':
      return hasPrefixMask(bytes) ? null : `the mask of ${value} is no prefix`;
    default:
      return null;
  }
}

function firstOf(
  subtrees: readonly GeneralName[],
  test: (subtree: GeneralName) => string | null,
): string | null {
  for (const subtree of subtrees) {
    const found = test(subtree);
    if (found !== null) return found;
  }
  return null;
}

const PREFIX: Partial<Record<GeneralNameType, string>> = {
  uri: 'URI',
  dns: 'DNS',
  ip: 'IP',
  email: 'email',
  directory: 'DirName',
};

function textOf({ type, value }: GeneralName): string {
  return `${PREFIX[type] ?? type}:${value}`;
}
