import type { Fields } from '../fields.ts';
import type { Labels } from '../labels.ts';
import type { Metadata } from '../resources.ts';
import {
  AUTHORIZATION_ACTIONS,
  type AuthorizationAction,
  type AuthorizationPolicySpec,
  type AuthorizationRule,
} from './authorization-policy.ts';
import { PolicyFindings } from './policy-findings.ts';
import { readRule } from './read-rule.ts';

/**
 * Reads `spec` of a security.istio.io AuthorizationPolicy and refuses what istiod's validation webhook refuses, in
 * its words (istio: pkg/config/validation/validation.go, ValidateAuthorizationPolicy). Conditions that are not
 * decided here are kept by name and reported as notices.
 *
 * @param object - the whole object
 * @param metadata - its name and annotations, for messages and the dry-run annotation
 */
export function readAuthorizationPolicy(object: Fields, metadata: Metadata): AuthorizationPolicySpec {
  const dryRun = readDryRun(object, metadata);
  const fields = object.fields('spec');
  if (fields === undefined)
    return { action: 'ALLOW', selector: null, targetsOthers: false, dryRun, rules: [] };
  const findings = new PolicyFindings(metadata);
  fields.closed(['selector', 'targetRef', 'targetRefs', 'rules', 'action', 'provider']);
  const action = fields.word('action', AUTHORIZATION_ACTIONS) ?? 'ALLOW';
  const targetsOthers = fields.has('targetRef') || (fields.list('targetRefs') ?? []).length > 0;
  const selector = readSelector(fields, targetsOthers, findings);
  const rules = readRules(fields, action, findings);
  checkAction(fields, action, findings);
  if (dryRun) checkDryRun(fields, action, metadata);
  noteScope(fields, action, targetsOthers);
  return { action, selector, targetsOthers, dryRun, rules };
}

function readSelector(fields: Fields, targetsOthers: boolean, findings: PolicyFindings): Labels | null {
  const selector = fields.fields('selector');
  if (selector === undefined) return null;
  const rule = 'authorization.selector';
  if (targetsOthers)
    findings.error(fields, 'selector', rule, 'only one of targetRefs or workloadSelector can be set');
  selector.closed(['matchLabels']);
  const labels = selector.stringMap('matchLabels');
  for (const [key, value] of Object.entries(labels)) {
    const at = selector.fields('matchLabels') ?? selector;
    const pair = `"${key}=${value}"`;
    if (key === '') findings.error(at, key, rule, `empty key is not supported in selector: ${pair}`);
    if (pair.includes('*')) findings.error(at, key, rule, `wildcard is not supported in selector: ${pair}`);
  }
  return labels;
}

function readRules(
  fields: Fields,
  action: AuthorizationAction,
  findings: PolicyFindings,
): AuthorizationRule[] {
  return (fields.list('rules') ?? []).flatMap((value, index) => {
    if (value.type === 'scalar' && value.value === null) {
      findings.errorAt(
        fields,
        value.at,
        'authorization.rule',
        `\`rule\` must not be nil, found at rule ${index}`,
      );
      return [];
    }
    const rule = fields.asFields(value, `spec.rules[${index}]`);
    return rule === undefined ? [] : [readRule(rule, index, action, findings)];
  });
}

function checkAction(fields: Fields, action: AuthorizationAction, findings: PolicyFindings) {
  const noRules = (fields.list('rules') ?? []).length === 0;
  if (noRules && (action === 'DENY' || action === 'CUSTOM')) {
    const message =
      `${action} action without \`rules\` is meaningless as it will never be triggered, ` +
      'add an empty rule `{}` if you want it be triggered for every request';
    findings.error(fields, fields.has('rules') ? 'rules' : 'action', 'authorization.rules', message);
  }
  const provider = fields.fields('provider');
  if (action === 'CUSTOM' && (provider?.string('name') ?? '') === '') {
    findings.error(fields, 'provider', 'authorization.provider', '`provider.name` must not be empty');
  }
  if (action !== 'CUSTOM' && provider !== undefined) {
    const message = `\`provider\` must not be with non CUSTOM action, found ${action}`;
    findings.error(fields, 'provider', 'authorization.provider', message);
  }
}

function noteScope(fields: Fields, action: AuthorizationAction, targetsOthers: boolean) {
  if (targetsOthers) {
    const key = fields.has('targetRefs') ? 'targetRefs' : 'targetRef';
    const text = 'gateways and waypoints are not simulated, and sidecars ignore this policy';
    fields.notice(key, 'authorization.targetRefs', text);
  }
  if (action === 'AUDIT') {
    fields.notice('action', 'authorization.audit', 'AUDIT decides nothing, and no audit log is simulated');
  }
  if (action === 'CUSTOM') {
    const text =
      'external authorizers are not simulated: matching requests are denied, as Istio does when one cannot be used';
    fields.notice('action', 'authorization.custom', text);
  }
}

const DRY_RUN = 'istio.io/dry-run';

/** Texts that Go's ParseBool takes. */
const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

function readDryRun(object: Fields, { name, namespace, annotations }: Metadata): boolean {
  const text = annotations[DRY_RUN];
  if (text === undefined || FALSE.includes(text)) return false;
  const at = object.fields('metadata')?.fields('annotations');
  if (TRUE.includes(text)) {
    at?.notice(DRY_RUN, 'authorization.dryRun', 'a dry run: the policy is not enforced');
    return true;
  }
  const message =
    `${namespace ?? ''}/${name} has annotation ${DRY_RUN} with invalid value (${text}): ` +
    `strconv.ParseBool: parsing "${text}": invalid syntax`;
  at?.error(DRY_RUN, 'authorization.dryRun', message, { value: text });
  return false;
}

function checkDryRun(fields: Fields, action: AuthorizationAction, { name, namespace }: Metadata) {
  if (action === 'ALLOW' || action === 'DENY') return;
  const message =
    `the annotation ${DRY_RUN} currently only supports action ALLOW/DENY, ` +
    `found action ${action} in ${namespace ?? ''}/${name}`;
  fields.error('action', 'authorization.dryRun', message);
}
