import type { Certificate } from './certificate.ts';
import { type ChainError, labelOf } from './chain.ts';
import { OID } from './oid.ts';
import { PolicyGraph } from './policy-graph.ts';

/** The inputs of RFC 5280 6.1.1 (c), (e), (f) and (g). */
export interface PolicySettings {
  /** Policies the user accepts, dotted oids; any where absent. */
  readonly initial?: readonly string[];
  /** A path must be valid for at least one of them. */
  readonly explicit?: boolean;
  readonly inhibitMapping?: boolean;
  readonly inhibitAny?: boolean;
}

type PolicyError = Extract<ChainError, { kind: 'policy-required' | 'policy-mapping-invalid' }>;

/** The policy variables of RFC 5280 6.1.2 and what 6.1.3 to 6.1.5 do with them. */
export class PolicyProcessing {
  readonly #graph = new PolicyGraph();
  readonly #accepted: readonly string[] | null;
  /** explicit_policy, inhibit_anyPolicy and policy_mapping: certificates until each applies. */
  #explicit: number;
  #inhibitAny: number;
  #mapping: number;

  /** @param length certificates of the path, without the anchor */
  constructor(settings: PolicySettings, length: number) {
    this.#accepted = settings.initial ?? null;
    this.#explicit = settings.explicit ? 0 : length + 1;
    this.#inhibitAny = settings.inhibitAny ? 0 : length + 1;
    this.#mapping = settings.inhibitMapping ? 0 : length + 1;
  }

  /** The policies that are valid so far, for the record. */
  get state(): string {
    const policies = this.#graph.policies.join(', ') || 'none';
    return this.#explicit === 0 ? `${policies}; one is required` : policies;
  }

  /** 6.1.3 (d) to (f). */
  addCertificate(certificate: Certificate, depth: number): PolicyError | null {
    const anyAllowed = this.#inhibitAny > 0 || (depth > 0 && certificate.isSelfIssued);
    this.#graph.addCertificate(certificate.certificatePolicies, anyAllowed);
    return this.#explicit === 0 && this.#graph.isEmpty ? this.required(certificate, depth) : null;
  }

  /** 6.1.4 (a), (b) and (h) to (j). */
  prepareForNext(certificate: Certificate, depth: number): PolicyError | null {
    const mappings = certificate.policyMappings ?? [];
    for (const { issuerDomain, subjectDomain } of mappings) {
      if (issuerDomain !== OID.anyPolicy && subjectDomain !== OID.anyPolicy) continue;
      return { kind: 'policy-mapping-invalid', depth, certificate: labelOf(certificate) };
    }
    this.#graph.map(mappings, this.#mapping > 0);
    if (!certificate.isSelfIssued) {
      this.#explicit = Math.max(0, this.#explicit - 1);
      this.#mapping = Math.max(0, this.#mapping - 1);
      this.#inhibitAny = Math.max(0, this.#inhibitAny - 1);
    }
    const { requireExplicitPolicy, inhibitPolicyMapping } = certificate.policyConstraints ?? NONE;
    this.#explicit = Math.min(this.#explicit, requireExplicitPolicy ?? Infinity);
    this.#mapping = Math.min(this.#mapping, inhibitPolicyMapping ?? Infinity);
    this.#inhibitAny = Math.min(this.#inhibitAny, certificate.inhibitAnyPolicy ?? Infinity);
    return null;
  }

  /** 6.1.5 (a), (b) and (g). */
  wrapUp(leaf: Certificate): PolicyError | null {
    this.#explicit = Math.max(0, this.#explicit - 1);
    if (leaf.policyConstraints?.requireExplicitPolicy === 0) this.#explicit = 0;
    return this.#explicit > 0 || this.#graph.satisfies(this.#accepted) ? null : this.required(leaf, 0);
  }

  private required(certificate: Certificate, depth: number): PolicyError {
    const { policies } = this.#graph;
    const at = { depth, certificate: labelOf(certificate) };
    return { kind: 'policy-required', accepted: this.#accepted ?? [OID.anyPolicy], found: policies, ...at };
  }
}

const NONE = { requireExplicitPolicy: null, inhibitPolicyMapping: null };
