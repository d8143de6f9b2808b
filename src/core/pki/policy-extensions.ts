import { DerError, type DerReader } from '../bytes/der-reader.ts';
import { contextTag, TAG } from '../bytes/der.ts';

/** One pair of PolicyMappings (RFC 5280 4.2.1.5), as dotted oids. */
export interface PolicyMapping {
  readonly issuerDomain: string;
  readonly subjectDomain: string;
}

/** PolicyConstraints (RFC 5280 4.2.1.11): how many certificates may follow before each applies; null where absent. */
export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | null;
  readonly inhibitPolicyMapping: number | null;
}

/** CertificatePolicies (RFC 5280 4.2.1.4): the oids in order. Qualifiers are read for their form only. */
export function readCertificatePolicies(reader: DerReader): readonly string[] {
  const list = enterList(reader, 'certificatePolicies');
  const policies: string[] = [];
  while (!list.done) {
    const information = list.enter(TAG.sequence, 'policyInformation');
    const policy = information.read(TAG.oid, 'policyIdentifier').oid();
    if (!information.done) information.read(TAG.sequence, 'policyQualifiers');
    information.finish('policyInformation');
    if (policies.includes(policy))
      throw new DerError(`certificatePolicies: ${policy} stands twice`, list.start);
    policies.push(policy);
  }
  return policies;
}

/** PolicyMappings (RFC 5280 4.2.1.5). */
export function readPolicyMappings(reader: DerReader): readonly PolicyMapping[] {
  const list = enterList(reader, 'policyMappings');
  const mappings: PolicyMapping[] = [];
  while (!list.done) {
    const pair = list.enter(TAG.sequence, 'policyMapping');
    const issuerDomain = pair.read(TAG.oid, 'issuerDomainPolicy').oid();
    const subjectDomain = pair.read(TAG.oid, 'subjectDomainPolicy').oid();
    pair.finish('policyMapping');
    mappings.push({ issuerDomain, subjectDomain });
  }
  return mappings;
}

/** PolicyConstraints (RFC 5280 4.2.1.11); an empty one is not allowed. */
export function readPolicyConstraints(reader: DerReader): PolicyConstraints {
  const inside = enterList(reader, 'policyConstraints');
  const requireExplicitPolicy = inside.optional(contextTag(0, false)) ? skipCerts(inside) : null;
  const inhibitPolicyMapping = inside.optional(contextTag(1, false)) ? skipCerts(inside) : null;
  inside.finish('policyConstraints');
  return { requireExplicitPolicy, inhibitPolicyMapping };
}

/** InhibitAnyPolicy (RFC 5280 4.2.1.14). */
export function readInhibitAnyPolicy(reader: DerReader): number {
  const skip = skipCerts(reader.read(TAG.integer, 'inhibitAnyPolicy'));
  reader.finish('inhibitAnyPolicy');
  return skip;
}

function enterList(reader: DerReader, what: string): DerReader {
  const list = reader.enter(TAG.sequence, what);
  reader.finish(what);
  if (list.done) throw new DerError(`${what}: the sequence is empty`, reader.start);
  return list;
}

function skipCerts(reader: DerReader): number {
  // Whatever is larger than any path has the same meaning.
  const value = reader.integer();
  if (value < 0n) throw new DerError('SkipCerts is negative', reader.start);
  return Number(value > 0xffffn ? 0xffffn : value);
}
