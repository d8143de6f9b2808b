import type { Fields } from '../fields.ts';
import type { AuthorizationAction, AuthorizationSource } from './authorization-policy.ts';
import { belowRule, type PolicyFindings } from './policy-findings.ts';
import { serviceAccountProblem } from './service-accounts.ts';

/** Reads one `source`; istiod's refusals become errors, fields that are not decided here notices. */
export function readSource(
  fields: Fields,
  rule: number,
  action: AuthorizationAction,
  findings: PolicyFindings,
): AuthorizationSource {
  fields.closed([...IDENTITY_FIELDS, ...OTHER_FIELDS]);
  if ([...fields.keys].length === 0) findings.emptyPart(fields, 'from.source', 'empty', rule);
  const values = (key: string) => readValues(fields, key, findings);
  const others = OTHER_FIELDS.filter((key) => values(key) !== null);
  const unknown = others.map((key) => ({ fields, key, path: belowRule(fields.pathOf(key)) }));
  findings.notUnderstood(fields, unknown, action, 'source');
  checkServiceAccounts(fields, rule, findings);
  if (action === 'CUSTOM') refuseIdentity(fields, findings);
  notePrefixedPrincipals(fields);
  return {
    principals: values('principals'),
    notPrincipals: values('notPrincipals'),
    namespaces: values('namespaces'),
    notNamespaces: values('notNamespaces'),
    serviceAccounts: values('serviceAccounts'),
    notServiceAccounts: values('notServiceAccounts'),
    unknown: unknown.map(({ key }) => key),
  };
}

/** The values of a list field; null where it is absent or empty, which is the same to istiod. */
export function readValues(fields: Fields, key: string, findings: PolicyFindings): string[] | null {
  const values = fields.strings(key);
  if (values === undefined || values.length === 0) return null;
  for (const { text, at } of values) {
    if (text !== '') continue;
    findings.errorAt(
      fields,
      at,
      'authorization.value',
      `empty value not allowed, found in ${capitalised(key)}`,
    );
  }
  return values.map(({ text }) => text);
}

/** A list of fields and their negations: `ports`, `notPorts`. */
export function withNegations(...keys: string[]): string[] {
  return keys.flatMap((key) => [key, `not${capitalised(key)}`]);
}

const IDENTITY_FIELDS = withNegations('principals', 'namespaces', 'serviceAccounts');
const OTHER_FIELDS = withNegations('requestPrincipals', 'ipBlocks', 'remoteIpBlocks', 'trustDomains');
const NOT_WITH_CUSTOM = [...IDENTITY_FIELDS, ...withNegations('requestPrincipals', 'trustDomains')];
const MOST_SERVICE_ACCOUNTS = 16;

function notePrefixedPrincipals(fields: Fields) {
  for (const key of ['principals', 'notPrincipals']) {
    for (const { text, at } of fields.strings(key) ?? []) {
      if (!text.startsWith('spiffe://')) continue;
      const message = `${key} are written without spiffe://: Istio accepts "${text}" and it never matches`;
      fields.findings.notice(
        at,
        'authorization.principal',
        fields.named(message),
        `write "${text.slice(9)}"`,
      );
    }
  }
}

function checkServiceAccounts(fields: Fields, rule: number, findings: PolicyFindings) {
  const accounts = ['serviceAccounts', 'notServiceAccounts'];
  const used = accounts.find((key) => fields.has(key));
  if (used !== undefined && IDENTITY_FIELDS.some((key) => !accounts.includes(key) && fields.has(key))) {
    const message = `cannot set serviceAccounts with namespaces or principals, found at rule ${rule}`;
    findings.error(fields, used, 'authorization.serviceAccounts', message);
  }
  for (const key of accounts) {
    const values = fields.strings(key) ?? [];
    if (values.length > MOST_SERVICE_ACCOUNTS) {
      findings.error(fields, key, 'authorization.serviceAccounts', 'may not have more than 16 values');
    }
    for (const { text, at } of values) {
      const problem = text === '' ? null : serviceAccountProblem(text, capitalised(key));
      if (problem !== null) findings.errorAt(fields, at, 'authorization.serviceAccounts', problem, text);
    }
  }
}

function refuseIdentity(fields: Fields, findings: PolicyFindings) {
  for (const key of NOT_WITH_CUSTOM) {
    if (!fields.has(key)) continue;
    const message = `From.${capitalised(key)} is currently not supported with CUSTOM action`;
    findings.error(fields, key, 'authorization.custom', message);
  }
}

function capitalised(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}
