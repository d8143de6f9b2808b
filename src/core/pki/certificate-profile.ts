import type { Certificate } from './certificate.ts';
import { type ChainError, labelOf, type ProfileRule } from './chain.ts';
import { isDnsName, splitMailbox } from './name-forms.ts';
import { OID } from './oid.ts';

/** What part a certificate plays in a path. */
export type PathRole = 'leaf' | 'intermediate' | 'anchor';

type ProfileError = Extract<ChainError, { kind: 'malformed-certificate' | 'signature-algorithm-mismatch' }>;

/**
 * Rules of RFC 5280 section 4 that make a certificate one at all: versions, duplicates, equal algorithms.
 *
 * @returns the first rule broken, or null
 */
export function checkForm(certificate: Certificate, depth: number): ProfileError | null {
  const { version, extensions, innerSignatureAlgorithm, signatureAlgorithm } = certificate;
  const broken = (rule: ProfileRule, found: string) => malformed(certificate, depth, rule, found);
  if (!certificate.isAlgorithmRepeated) {
    return {
      kind: 'signature-algorithm-mismatch',
      depth,
      certificate: labelOf(certificate),
      inner: innerSignatureAlgorithm.name,
      outer: signatureAlgorithm.name,
    };
  }
  if (extensions.length > 0 && version !== 3) return broken('version', `version ${version} with extensions`);
  const seen = new Set<string>();
  for (const { oid, name } of extensions) {
    if (seen.has(oid)) return broken('duplicate-extension', name);
    seen.add(oid);
  }
  if (certificate.notAfter < certificate.notBefore) return broken('validity', 'notAfter is before notBefore');
  return null;
}

/**
 * Rules of RFC 5280 section 4 for those who issue, which deployed verifiers leave alone and
 * `openssl verify -x509_strict` checks: serial number, empty names, criticality, key identifiers, name syntax.
 * Key identifiers are asked for in paths that have any: a PKI from before RFC 3280 has none at all.
 *
 * @returns the first rule broken, or null
 */
export function checkIssuance(
  certificate: Certificate,
  role: PathRole,
  depth: number,
  path: readonly Certificate[],
): ProfileError | null {
  const found =
    (role === 'anchor' ? null : checkSerialNumber(certificate)) ??
    checkNames(certificate) ??
    checkCriticality(certificate, role) ??
    checkCaExtensions(certificate, role) ??
    (path.some(hasKeyIdentifier) ? checkKeyIdentifiers(certificate, role) : null);
  return found === null ? null : malformed(certificate, depth, found[0], found[1]);
}

type Finding = readonly [rule: ProfileRule, found: string] | null;

/** Old roots have serial numbers of zero, and RFC 5280 4.1.2.2 wants users to bear with them. */
function checkSerialNumber({ serialNumber }: Certificate): Finding {
  if (serialNumber === '0' || serialNumber.startsWith('-'))
    return ['serial-number', `${serialNumber} is not positive`];
  const bits = serialNumber.length * 4 - (Math.clz32(Number.parseInt(serialNumber[0]!, 16)) - 28);
  // 20 octets of two's complement: the highest bit belongs to the sign.
  return bits > 159 ? ['serial-number', 'longer than 20 octets'] : null;
}

function checkNames(certificate: Certificate): Finding {
  const { issuer, subject, subjectAltNames, basicConstraints } = certificate;
  if (issuer.isEmpty) return ['issuer-empty', 'the issuer has no name'];
  const critical = isCritical(certificate, OID.subjectAltName);
  if (subject.isEmpty && basicConstraints?.ca) return ['subject-empty', 'a CA without a subject'];
  if (subject.isEmpty && critical === null) return ['subject-empty', 'neither subject nor subjectAltName'];
  if (subject.isEmpty && critical === false) return ['subject-empty', 'subjectAltName is not critical'];
  for (const { type, value } of subjectAltNames) {
    if (type === 'dns' && !isDnsName(value)) return ['name', `DNS:${value}`];
    if (type === 'email' && splitMailbox(value) === null) return ['name', `email:${value}`];
    if (type === 'uri' && !/^[a-z][a-z0-9+.-]*:./i.test(value)) return ['name', `URI:${value}`];
  }
  return null;
}

/** Which way RFC 5280 wants the criticality of the extensions for which it says MUST. */
const CRITICALITY: readonly (readonly [oid: string, name: string, critical: boolean])[] = [
  [OID.subjectKeyIdentifier, 'subjectKeyIdentifier', false],
  [OID.authorityKeyIdentifier, 'authorityKeyIdentifier', false],
  [OID.authorityInfoAccess, 'authorityInfoAccess', false],
  [OID.nameConstraints, 'nameConstraints', true],
  [OID.inhibitAnyPolicy, 'inhibitAnyPolicy', true],
];

function checkCriticality(certificate: Certificate, role: PathRole): Finding {
  for (const [oid, name, wanted] of CRITICALITY) {
    const critical = isCritical(certificate, oid);
    if (critical === !wanted)
      return ['extension-criticality', `${name} is ${critical ? '' : 'not '}critical`];
  }
  // RFC 3280 left this one to the CA: the CAs of its time, which assert policies (NIST PKITS 4.8), are taken as they are.
  if (certificate.certificatePolicies === null && isCritical(certificate, OID.policyConstraints) === false)
    return ['extension-criticality', 'policyConstraints is not critical'];
  // 6.1.4 (k) takes an intermediate's as it finds it (NIST PKITS 4.6.4); an anchor is held to what it should be.
  const basicConstraints = isCritical(certificate, OID.basicConstraints);
  if (role === 'anchor' && certificate.basicConstraints?.ca && basicConstraints === false) {
    return ['extension-criticality', 'basicConstraints of a CA is not critical'];
  }
  return null;
}

function checkCaExtensions(
  { basicConstraints, keyUsage, nameConstraints }: Certificate,
  role: PathRole,
): Finding {
  const ca = basicConstraints?.ca ?? false;
  if (keyUsage?.length === 0) return ['ca-extensions', 'keyUsage without any usage'];
  if (!ca && role === 'leaf' && keyUsage?.includes('keyCertSign'))
    return ['ca-extensions', 'keyCertSign without CA:TRUE'];
  if (!ca && nameConstraints !== null) return ['ca-extensions', 'nameConstraints without CA:TRUE'];
  if (!ca && (basicConstraints?.pathLen ?? null) !== null)
    return ['ca-extensions', 'path length without CA:TRUE'];
  return null;
}

function hasKeyIdentifier({ ski, aki }: Certificate): boolean {
  return ski !== null || aki !== null;
}

function checkKeyIdentifiers(certificate: Certificate, role: PathRole): Finding {
  const { ski, aki, isSelfIssued, basicConstraints, version } = certificate;
  if (version === 1) return null;
  if (basicConstraints?.ca && ski === null) return ['key-identifier', 'a CA without subjectKeyIdentifier'];
  if (role === 'anchor' || isSelfIssued) return null;
  return aki === null ? ['key-identifier', 'no authorityKeyIdentifier'] : null;
}

/** Whether an extension is there and critical; null where it is not there. */
function isCritical(certificate: Certificate, oid: string): boolean | null {
  return certificate.extensions.find((extension) => extension.oid === oid)?.critical ?? null;
}

function malformed(certificate: Certificate, depth: number, rule: ProfileRule, found: string): ProfileError {
  return { kind: 'malformed-certificate', depth, certificate: labelOf(certificate), rule, found };
}
