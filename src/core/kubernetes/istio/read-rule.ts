import type { Fields } from '../fields.ts';
import type { AuthorizationAction, AuthorizationRule, AuthorizationSource } from './authorization-policy.ts';
import { belowRule, type PolicyFindings, type UnknownCondition } from './policy-findings.ts';
import { readSource, readValues, withNegations } from './read-source.ts';

/** Reads one rule. `index` counts from 0, as istiod counts in its messages. */
export function readRule(
  fields: Fields,
  index: number,
  action: AuthorizationAction,
  findings: PolicyFindings,
): AuthorizationRule {
  fields.closed(['from', 'to', 'when']);
  const unknown = [...readOperations(fields, index, findings), ...readConditions(fields, findings)];
  findings.notUnderstood(fields, unknown, action, 'rule');
  return { from: readFrom(fields, index, action, findings), unknown: unknown.map(({ path }) => path) };
}

/** Null means any source: no `from`, or an empty list, which decoding drops. */
function readFrom(
  fields: Fields,
  index: number,
  action: AuthorizationAction,
  findings: PolicyFindings,
): AuthorizationSource[] | null {
  const items = fields.fieldsList('from') ?? [];
  if (items.length === 0) return null;
  return items.flatMap((from) => {
    from.closed(['source']);
    const source = from.fields('source');
    if (!from.has('source')) findings.emptyPart(from, 'from.source', 'nil', index);
    return source === undefined ? [] : [readSource(source, index, action, findings)];
  });
}

const OPERATION_FIELDS = withNegations('hosts', 'ports', 'methods', 'paths');

function readOperations(fields: Fields, index: number, findings: PolicyFindings): UnknownCondition[] {
  return (fields.fieldsList('to') ?? []).flatMap((to) => {
    to.closed(['operation']);
    const operation = to.fields('operation');
    if (!to.has('operation')) findings.emptyPart(to, 'to.operation', 'nil', index);
    if (operation === undefined) return [];
    operation.closed(OPERATION_FIELDS);
    if ([...operation.keys].length === 0) findings.emptyPart(operation, 'to.operation', 'empty', index);
    const used = OPERATION_FIELDS.filter((key) => readValues(operation, key, findings) !== null);
    return used.map((key) => ({ fields: operation, key, path: belowRule(operation.pathOf(key)) }));
  });
}

function readConditions(fields: Fields, findings: PolicyFindings): UnknownCondition[] {
  return (fields.fieldsList('when') ?? []).map((when) => {
    when.closed(['key', 'values', 'notValues']);
    const key = when.string('key') ?? '';
    if (key === '') findings.error(when, 'key', 'authorization.when', '`key` must not be empty');
    else checkConditionKey(when, key, findings);
    return { fields: when, key: 'key', path: `${belowRule(when.path)} (${key})` };
  });
}

function checkConditionKey(when: Fields, key: string, findings: PolicyFindings) {
  const values = [...(when.strings('values') ?? []), ...(when.strings('notValues') ?? [])];
  if (values.length === 0) {
    const message = `at least one of \`values\` or \`notValues\` must be set for key ${key}`;
    findings.error(when, 'key', 'authorization.when', message, key);
  }
  const problem = conditionProblem(key);
  if (problem === null) return;
  // istiod checks both lists even where one is empty, so that an unusable key is always reported twice.
  const both = ['value', 'notValue'].map((field) => `invalid \`${field}\` for \`key\` ${key}: ${problem}`);
  const lines = both.map((each) => `\t* ${findings.invalid(each)}`);
  when.error('key', 'authorization.when', `2 errors occurred:\n${lines.join('\n')}\n`, { value: key });
}

/** Why a key of `when` is refused (istio: pkg/config/security/security.go); null for one that exists. */
function conditionProblem(key: string): string | null {
  if (CONDITION_KEYS.includes(key) || BRACKETED_KEY.test(key)) return null;
  if (/^request\.(headers|auth\.claims)/.test(key)) return `bad key (${key}): should have format a[b]`;
  if (key === 'destination.namespace') return `attribute ${key} is replaced by the metadata.namespace`;
  if (key.startsWith('destination.labels')) return `attribute ${key} is replaced by the workload selector`;
  if (key === 'destination.name' || key === 'destination.user') {
    return `deprecated attribute ${key}: only supported in v1alpha1`;
  }
  return `unknown attribute: ${key}`;
}

const BRACKETED_KEY = /^(request\.headers|request\.auth\.claims|experimental\.envoy\.filters\.[^[]+)\[.+\]$/;
const CONDITION_KEYS = [
  'source.ip',
  'remote.ip',
  'source.namespace',
  'source.principal',
  'source.serviceAccount',
  'source.trustDomain',
  'request.auth.principal',
  'request.auth.audiences',
  'request.auth.presenter',
  'destination.ip',
  'destination.port',
  'connection.sni',
];
