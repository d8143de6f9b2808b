import type { Check } from '../pki/index.ts';
import { matchesLabels, type Labels } from '../kubernetes/labels.ts';
import type { AuthorizationPolicyResource } from '../kubernetes/resources.ts';
import type { AuthorizationRule } from '../kubernetes/istio/authorization-policy.ts';
import { matchSource, type Caller } from './match-source.ts';

/** A request that reached the destination's sidecar. */
export interface AuthorizationQuestion {
  readonly policies: Iterable<AuthorizationPolicyResource>;
  readonly destination: { readonly namespace: string; readonly labels: Labels };
  /** SPIFFE ID of the verified peer (anything that prints as one); null for plaintext. */
  readonly peer: { toString(): string } | string | null;
  readonly trustDomain: string;
  readonly trustDomainAliases?: readonly string[];
  /** Namespace whose policies reach the whole mesh; `istio-system` by default. */
  readonly rootNamespace?: string;
}

/** The verdict on a request, and the way to it. */
export interface AuthorizationDecision {
  readonly verdict: 'allowed' | 'denied';
  /** `namespace/name` of the policy that decided; null where nothing applies, or where no ALLOW policy matched. */
  readonly policy: string | null;
  /** Envoy's name of the rule that decided, `ns[NS]-policy[NAME]-rule[I]`; `none` where no rule matched. */
  readonly matchedRule: string;
  /** What matched and what did not, in the order in which it was looked at. */
  readonly evidence: readonly Check[];
}

/**
 * Decides a request by the AuthorizationPolicies on its destination: a matching CUSTOM or DENY policy refuses; without
 * any ALLOW policy everything else passes; with one, only what an ALLOW policy matches (istio.io,
 * reference/config/security/authorization-policy; istio: pilot/pkg/security/authz/builder/builder.go).
 *
 * Simplified: external authorizers (CUSTOM) are not called, so that a matching request is denied, as Istio does with
 * one it cannot use. Conditions that are not understood err on the safe side: an ALLOW rule with one never matches, a
 * DENY rule is applied without it.
 */
export function evaluateAuthorization(question: AuthorizationQuestion): AuthorizationDecision {
  const evidence: Check[] = [];
  const policies = applicable(question);
  for (const action of ['CUSTOM', 'DENY'] as const) {
    const hit = firstMatch(policies, action, question, evidence);
    if (hit !== null) return { verdict: 'denied', ...hit, evidence };
  }
  const allowing = policies.filter((policy) => policy.spec.action === 'ALLOW');
  if (allowing.length === 0) {
    const { namespace } = question.destination;
    const detail = `no ALLOW policy on this workload of namespace ${namespace}: everything not denied is allowed`;
    evidence.push({ id: 'authorization.none', ok: true, detail });
    return { verdict: 'allowed', policy: null, matchedRule: 'none', evidence };
  }
  const hit = firstMatch(policies, 'ALLOW', question, evidence);
  if (hit !== null) return { verdict: 'allowed', ...hit, evidence };
  const detail = `no rule of ${allowing.map(nameOf).join(', ')} matches`;
  evidence.push({ id: 'authorization.default', ok: false, detail });
  return { verdict: 'denied', policy: null, matchedRule: 'none', evidence };
}

/** The policies in force on a destination, in Istio's order. Dry runs and policies on gateways are not among them. */
function applicable(question: AuthorizationQuestion): AuthorizationPolicyResource[] {
  const { destination, rootNamespace = 'istio-system' } = question;
  return [...question.policies].filter(({ metadata, spec }) => {
    if (spec.dryRun || spec.targetsOthers || spec.action === 'AUDIT') return false;
    if (metadata.namespace !== destination.namespace && metadata.namespace !== rootNamespace) return false;
    return spec.selector === null || matchesLabels(spec.selector, destination.labels);
  });
}

type Action = 'CUSTOM' | 'DENY' | 'ALLOW';

function firstMatch(
  policies: readonly AuthorizationPolicyResource[],
  action: Action,
  question: AuthorizationQuestion,
  evidence: Check[],
): { policy: string; matchedRule: string } | null {
  for (const policy of policies) {
    if (policy.spec.action !== action) continue;
    const rule = matchingRule(policy, question, evidence);
    if (rule === null) continue;
    const { namespace, name } = policy.metadata;
    return { policy: nameOf(policy), matchedRule: `ns[${namespace}]-policy[${name}]-rule[${rule}]` };
  }
  return null;
}

function matchingRule(
  policy: AuthorizationPolicyResource,
  question: AuthorizationQuestion,
  evidence: Check[],
): number | null {
  const { action, rules } = policy.spec;
  const label = `${nameOf(policy)} (${action})`;
  if (rules.length === 0) {
    evidence.push({
      id: 'authorization.rule',
      ok: false,
      detail: `${label} has no rules: it matches nothing`,
    });
  }
  const caller: Caller = {
    peer: question.peer === null ? null : question.peer.toString(),
    trustDomains: [question.trustDomain, ...(question.trustDomainAliases ?? [])],
    policyNamespace: policy.metadata.namespace,
  };
  const index = rules.findIndex((rule, at) =>
    ruleMatches(rule, action === 'ALLOW', caller, `${label} rule[${at}]`, evidence),
  );
  return index < 0 ? null : index;
}

function ruleMatches(
  rule: AuthorizationRule,
  allowing: boolean,
  caller: Caller,
  where: string,
  evidence: Check[],
): boolean {
  if (!understood(rule.unknown, allowing, where, evidence)) return false;
  if (rule.from === null) {
    evidence.push({ id: 'authorization.rule', ok: true, detail: `${where} has no from: every source` });
    return true;
  }
  return rule.from.some((source, index) => {
    const at = `${where}.from[${index}]`;
    if (!understood(source.unknown, allowing, at, evidence)) return false;
    const { ok, detail } = matchSource(source, caller);
    evidence.push({ id: 'authorization.source', ok, detail: `${at}: ${detail}` });
    return ok;
  });
}

function understood(
  unknown: readonly string[],
  allowing: boolean,
  where: string,
  evidence: Check[],
): boolean {
  if (unknown.length === 0) return true;
  const effect = allowing ? 'so it allows nothing' : 'so it is applied without it';
  const detail = `${where}: ${unknown.join(', ')} not decided here, ${effect}`;
  evidence.push({ id: 'authorization.notUnderstood', ok: !allowing, detail });
  return !allowing;
}

function nameOf({ metadata }: AuthorizationPolicyResource): string {
  return `${metadata.namespace}/${metadata.name}`;
}
