import type { Fields } from '../kubernetes/fields.ts';
import type { Labels } from '../kubernetes/labels.ts';
import type { Metadata } from '../kubernetes/resources.ts';
import {
  AUTHORIZATION_ACTIONS,
  type AuthorizationAction,
  type AuthorizationPolicySpec,
  type AuthorizationRule,
  type AuthorizationSource,
} from './authorizationPolicy.ts';
import { serviceAccountProblem } from './serviceAccounts.ts';

/**
 * Reads `spec` of a security.istio.io AuthorizationPolicy and refuses what istiod's validation webhook refuses, in
 * its words (istio: pkg/config/validation/validation.go, ValidateAuthorizationPolicy). Conditions that are not
 * decided here are kept by name and reported as notices.
 *
 * @param object - the whole object
 * @param metadata - its name and annotations, for messages and the dry-run annotation
 */
export function readAuthorizationPolicy(object: Fields, metadata: Metadata): AuthorizationPolicySpec {
  const reader = new Reader(object, metadata);
  return reader.read();
}

class Reader {
  readonly #object: Fields;
  readonly #metadata: Metadata;

  constructor(object: Fields, metadata: Metadata) {
    this.#object = object;
    this.#metadata = metadata;
  }

  read(): AuthorizationPolicySpec {
    const fields = this.#object.fields('spec');
    const dryRun = this.#dryRun();
    if (fields === undefined) {
      return { action: 'ALLOW', selector: null, targetsOthers: false, dryRun, rules: [] };
    }
    fields.closed(['selector', 'targetRef', 'targetRefs', 'rules', 'action', 'provider']);
    const action = fields.word('action', AUTHORIZATION_ACTIONS) ?? 'ALLOW';
    const targetsOthers = fields.has('targetRef') || fields.has('targetRefs');
    const selector = this.#selector(fields, targetsOthers);
    const rules = this.#rules(fields, action);
    this.#checkAction(fields, action, dryRun);
    this.#noteScope(fields, action, targetsOthers);
    return { action, selector, targetsOthers, dryRun, rules };
  }

  #dryRun(): boolean {
    const text = this.#metadata.annotations[DRY_RUN];
    if (text === undefined) return false;
    const at = this.#object.fields('metadata')?.fields('annotations');
    const value = GO_BOOLEANS[text];
    if (value === undefined) {
      at?.error(
        DRY_RUN,
        'authorization.dryRun',
        `${this.#metadata.namespace ?? ''}/${this.#metadata.name} has annotation ${DRY_RUN} with invalid value (${text}): ` +
          `strconv.ParseBool: parsing "${text}": invalid syntax`,
        { value: text },
      );
    }
    if (value === true) at?.notice(DRY_RUN, 'authorization.dryRun', 'a dry run: the policy is not enforced');
    return value ?? false;
  }

  #selector(fields: Fields, targetsOthers: boolean): Labels | null {
    const selector = fields.fields('selector');
    if (selector === undefined) return null;
    if (targetsOthers) {
      fields.error(
        'selector',
        'authorization.scope',
        this.#invalid('only one of targetRefs or workloadSelector can be set'),
      );
    }
    selector.closed(['matchLabels']);
    const labels = selector.stringMap('matchLabels');
    for (const [key, value] of Object.entries(labels)) {
      const pair = `"${key}=${value}"`;
      const at = selector.fields('matchLabels') ?? selector;
      if (key === '')
        at.error(
          key,
          'authorization.selector',
          this.#invalid(`empty key is not supported in selector: ${pair}`),
        );
      if (`${key}${value}`.includes('*')) {
        at.error(
          key,
          'authorization.selector',
          this.#invalid(`wildcard is not supported in selector: ${pair}`),
        );
      }
    }
    return labels;
  }

  #rules(fields: Fields, action: AuthorizationAction): AuthorizationRule[] {
    const rules = fields.list('rules') ?? [];
    return rules.flatMap((value, index) => {
      if (value.type === 'scalar' && value.value === null) {
        const message = `\`rule\` must not be nil, found at rule ${index}`;
        fields.findings.error(value.at, 'authorization.rule', fields.named(this.#invalid(message)));
        return [];
      }
      const rule = fields.asFields(value, `spec.rules[${index}]`);
      return rule === undefined ? [] : [this.#rule(rule, index, action)];
    });
  }

  #rule(fields: Fields, index: number, action: AuthorizationAction): AuthorizationRule {
    fields.closed(['from', 'to', 'when']);
    const unknown = [...this.#operations(fields, index), ...this.#conditions(fields)];
    if (unknown.length > 0) this.#noteUnknown(fields, unknown, action, 'rule');
    return { from: this.#from(fields, index, action), unknown: unknown.map((each) => each.path) };
  }

  #from(fields: Fields, index: number, action: AuthorizationAction): AuthorizationSource[] | null {
    const items = fields.list('from');
    if (items === undefined || items.length === 0) return null;
    return items.flatMap((value, at) => {
      const from = fields.asFields(value, `${fields.pathOf('from')}[${at}]`);
      from?.closed(['source']);
      const source = from?.fields('source');
      if (from !== undefined && !from.has('source')) this.#emptyPart(from, 'from.source', 'nil', index);
      if (source === undefined) return [];
      if ([...source.keys].length === 0) this.#emptyPart(source, 'from.source', 'empty', index);
      return [this.#source(source, index, action)];
    });
  }

  #source(fields: Fields, index: number, action: AuthorizationAction): AuthorizationSource {
    fields.closed([...IDENTITY_FIELDS, ...OTHER_SOURCE_FIELDS]);
    const known = Object.fromEntries(IDENTITY_FIELDS.map((key) => [key, this.#values(fields, key)]));
    const others = OTHER_SOURCE_FIELDS.filter((key) => this.#values(fields, key) !== null);
    const unknown = others.map((key) => ({ fields, key, path: relative(fields.pathOf(key)) }));
    if (unknown.length > 0) this.#noteUnknown(fields, unknown, action, 'source');
    this.#checkServiceAccounts(fields, index);
    if (action === 'CUSTOM') this.#checkCustomSource(fields);
    return {
      principals: known['principals'] ?? null,
      notPrincipals: known['notPrincipals'] ?? null,
      namespaces: known['namespaces'] ?? null,
      notNamespaces: known['notNamespaces'] ?? null,
      serviceAccounts: known['serviceAccounts'] ?? null,
      notServiceAccounts: known['notServiceAccounts'] ?? null,
      unknown: unknown.map((each) => each.path),
    };
  }

  /** The values of a field; an empty list arrives in istiod as an absent one. */
  #values(fields: Fields, key: string): string[] | null {
    const values = fields.strings(key);
    if (values === undefined || values.length === 0) return null;
    for (const { text, at } of values) {
      if (text !== '') continue;
      const message = this.#invalid(`empty value not allowed, found in ${capitalised(key)}`);
      fields.findings.error(at, 'authorization.value', fields.named(message));
    }
    this.#notePrefixedPrincipals(fields, key, values);
    return values.map((value) => value.text);
  }

  #notePrefixedPrincipals(fields: Fields, key: string, values: NonNullable<ReturnType<Fields['strings']>>) {
    if (key !== 'principals' && key !== 'notPrincipals') return;
    for (const { text, at } of values) {
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

  #checkServiceAccounts(fields: Fields, index: number) {
    const own = ['serviceAccounts', 'notServiceAccounts'];
    const others = ['principals', 'notPrincipals', 'namespaces', 'notNamespaces'];
    const used = own.find((key) => fields.has(key));
    if (used !== undefined && others.some((key) => fields.has(key))) {
      const message = `cannot set serviceAccounts with namespaces or principals, found at rule ${index}`;
      fields.error(used, 'authorization.serviceAccounts', this.#invalid(message));
    }
    for (const key of own) {
      const values = fields.strings(key) ?? [];
      if (values.length > 16) {
        fields.error(key, 'authorization.serviceAccounts', this.#invalid('may not have more than 16 values'));
      }
      for (const { text, at } of values) {
        const problem = text === '' ? null : serviceAccountProblem(text, capitalised(key));
        if (problem === null) continue;
        fields.findings.error(at, 'authorization.serviceAccounts', fields.named(this.#invalid(problem)), {
          value: text,
        });
      }
    }
  }

  #checkCustomSource(fields: Fields) {
    for (const key of [
      ...IDENTITY_FIELDS,
      'requestPrincipals',
      'notRequestPrincipals',
      'trustDomains',
      'notTrustDomains',
    ]) {
      if (!fields.has(key)) continue;
      const message = `From.${capitalised(key)} is currently not supported with CUSTOM action`;
      fields.error(key, 'authorization.custom', this.#invalid(message));
    }
  }

  #operations(fields: Fields, index: number): UnknownCondition[] {
    return (fields.fieldsList('to') ?? []).flatMap((to) => {
      to.closed(['operation']);
      const operation = to.fields('operation');
      if (!to.has('operation')) this.#emptyPart(to, 'to.operation', 'nil', index);
      if (operation === undefined) return [];
      operation.closed(OPERATION_FIELDS);
      if ([...operation.keys].length === 0) this.#emptyPart(operation, 'to.operation', 'empty', index);
      return OPERATION_FIELDS.filter((key) => this.#values(operation, key) !== null).map((key) => ({
        fields: operation,
        key,
        path: relative(operation.pathOf(key)),
      }));
    });
  }

  #conditions(fields: Fields): UnknownCondition[] {
    return (fields.fieldsList('when') ?? []).map((when) => {
      when.closed(['key', 'values', 'notValues']);
      const key = when.string('key') ?? '';
      if (key === '') when.error('key', 'authorization.when', this.#invalid('`key` must not be empty'));
      else if (!isConditionKey(key)) this.#refuseCondition(when, key);
      if (!when.has('values') && !when.has('notValues')) {
        const message = `at least one of \`values\` or \`notValues\` must be set for key ${key}`;
        when.error('key', 'authorization.when', this.#invalid(message));
      }
      return { fields: when, key: 'key', path: `${relative(when.path)} (${key})` };
    });
  }

  /** istiod checks values and notValues even where one is empty, so it always reports an unknown key twice. */
  #refuseCondition(when: Fields, key: string) {
    const errors = ['value', 'notValue'].map(
      (field) => `invalid \`${field}\` for \`key\` ${key}: unknown attribute: ${key}`,
    );
    const lines = errors.map((error) => `\t* ${this.#invalid(error)}`).join('\n');
    when.error('key', 'authorization.when', `2 errors occurred:\n${lines}\n`, { value: key });
  }

  #checkAction(fields: Fields, action: AuthorizationAction, dryRun: boolean) {
    const rules = fields.list('rules') ?? [];
    if (rules.length === 0 && (action === 'DENY' || action === 'CUSTOM')) {
      const message =
        `${action} action without \`rules\` is meaningless as it will never be triggered, ` +
        'add an empty rule `{}` if you want it be triggered for every request';
      fields.error(fields.has('rules') ? 'rules' : 'action', 'authorization.rules', this.#invalid(message));
    }
    const provider = fields.fields('provider');
    if (action === 'CUSTOM' && (provider?.string('name') ?? '') === '') {
      fields.error('provider', 'authorization.provider', this.#invalid('`provider.name` must not be empty'));
    }
    if (action !== 'CUSTOM' && provider !== undefined) {
      const message = `\`provider\` must not be with non CUSTOM action, found ${action}`;
      fields.error('provider', 'authorization.provider', this.#invalid(message));
    }
    if (dryRun && (action === 'AUDIT' || action === 'CUSTOM')) {
      const name = `${this.#metadata.namespace ?? ''}/${this.#metadata.name}`;
      const message = `the annotation ${DRY_RUN} currently only supports action ALLOW/DENY, found action ${action} in ${name}`;
      fields.error('action', 'authorization.dryRun', message);
    }
  }

  #noteScope(fields: Fields, action: AuthorizationAction, targetsOthers: boolean) {
    if (targetsOthers) {
      const key = fields.has('targetRefs') ? 'targetRefs' : 'targetRef';
      fields.notice(
        key,
        'authorization.targetRefs',
        'gateways and waypoints are not simulated, and sidecars ignore this policy',
      );
    }
    if (action === 'AUDIT')
      fields.notice('action', 'authorization.audit', 'AUDIT decides nothing, and no audit log is simulated');
    if (action === 'CUSTOM') {
      const text =
        'external authorizers are not simulated: matching requests are denied, as Istio does when one cannot be used';
      fields.notice('action', 'authorization.custom', text);
    }
  }

  #noteUnknown(
    fields: Fields,
    unknown: readonly UnknownCondition[],
    action: AuthorizationAction,
    part: 'rule' | 'source',
  ) {
    const effect = action === 'ALLOW' ? `this ${part} allows nothing` : `this ${part} is applied without it`;
    for (const each of unknown) {
      each.fields.notice(
        each.key,
        'authorization.notUnderstood',
        `${fields.path}: ${each.path} is not decided here yet; ${effect}`,
      );
    }
  }

  #emptyPart(fields: Fields, part: string, what: 'nil' | 'empty', index: number) {
    const message = this.#invalid(`\`${part}\` must not be ${what}, found at rule ${index}`);
    fields.findings.error(fields.at, 'authorization.rule', fields.named(message));
  }

  #invalid(message: string): string {
    return `invalid policy ${this.#metadata.name}.${this.#metadata.namespace ?? ''}: ${message}`;
  }
}

interface UnknownCondition {
  readonly fields: Fields;
  readonly key: string;
  readonly path: string;
}

const DRY_RUN = 'istio.io/dry-run';
const GO_BOOLEANS: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false])),
};

const IDENTITY_FIELDS = [
  'principals',
  'notPrincipals',
  'namespaces',
  'notNamespaces',
  'serviceAccounts',
  'notServiceAccounts',
] as const;

const withNot = (...keys: string[]) => keys.flatMap((key) => [key, `not${capitalised(key)}`]);
const OTHER_SOURCE_FIELDS = withNot('requestPrincipals', 'ipBlocks', 'remoteIpBlocks', 'trustDomains');
const OPERATION_FIELDS = withNot('hosts', 'ports', 'methods', 'paths');

/** Keys of `when` (istio.io, reference/config/security/conditions). */
function isConditionKey(key: string): boolean {
  return (
    CONDITION_KEYS.includes(key) ||
    /^(request\.headers|request\.auth\.claims|experimental\.envoy\.filters\.[^[]+)\[.+\]$/.test(key)
  );
}

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

function capitalised(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

/** The part of a path below its rule: `to[0].operation.paths`. */
function relative(path: string): string {
  return path.replace(/^spec\.rules\[\d+\]\./, '');
}
