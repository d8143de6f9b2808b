import type { Labels } from '../labels.ts';

/** What a policy does with a request that it matches. */
export const AUTHORIZATION_ACTIONS = ['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'] as const;
export type AuthorizationAction = (typeof AUTHORIZATION_ACTIONS)[number];

/** `spec` of a security.istio.io AuthorizationPolicy as far as it is decided here. */
export interface AuthorizationPolicySpec {
  readonly action: AuthorizationAction;
  /** Null: every workload of the namespace, or of the mesh in the root namespace. */
  readonly selector: Labels | null;
  /** Attached to gateways or waypoints: ordinary sidecars ignore the policy. */
  readonly targetsOthers: boolean;
  /** Annotation `istio.io/dry-run`: evaluated and recorded, never enforced. */
  readonly dryRun: boolean;
  /** Empty: matches nothing, so an ALLOW policy denies everything. */
  readonly rules: readonly AuthorizationRule[];
}

/** One rule: any of its sources, and all of its conditions. */
export interface AuthorizationRule {
  /** Null: any source. */
  readonly from: readonly AuthorizationSource[] | null;
  /** Conditions of this rule that are not understood here, as paths such as `to[0].operation.paths`. */
  readonly unknown: readonly string[];
}

/** Fields of one source hold together; the values of a field are alternatives. Null: not asked for. */
export interface AuthorizationSource {
  readonly principals: readonly string[] | null;
  readonly notPrincipals: readonly string[] | null;
  readonly namespaces: readonly string[] | null;
  readonly notNamespaces: readonly string[] | null;
  readonly serviceAccounts: readonly string[] | null;
  readonly notServiceAccounts: readonly string[] | null;
  /** Conditions of this source that are not understood here, such as `ipBlocks`. */
  readonly unknown: readonly string[];
}
