import { describe, expect, it } from 'vitest';
import { load, refusals } from '../../policy/support.ts';

const invalid = (message: string) => `invalid policy p.shop: ${message}`;

describe('what istiod’s webhook refuses, in its words', () => {
  it.each<[string, string]>([
    ['{rules: [null]}', '`rule` must not be nil, found at rule 0'],
    ['{rules: [{from: [{}]}]}', '`from.source` must not be nil, found at rule 0'],
    ['{rules: [{}, {from: [{source: {}}]}]}', '`from.source` must not be empty, found at rule 1'],
    ['{rules: [{to: [{}]}]}', '`to.operation` must not be nil, found at rule 0'],
    ['{rules: [{to: [{operation: {}}]}]}', '`to.operation` must not be empty, found at rule 0'],
    ['{rules: [{from: [{source: {principals: [""]}}]}]}', 'empty value not allowed, found in Principals'],
    [
      '{action: DENY}',
      'DENY action without `rules` is meaningless as it will never be triggered, add an empty rule `{}` if you want it be triggered for every request',
    ],
    ['{action: CUSTOM, rules: [{}]}', '`provider.name` must not be empty'],
    ['{provider: {name: opa}, rules: [{}]}', '`provider` must not be with non CUSTOM action, found ALLOW'],
    [
      '{action: CUSTOM, provider: {name: opa}, rules: [{from: [{source: {principals: [a]}}]}]}',
      'From.Principals is currently not supported with CUSTOM action',
    ],
    [
      '{rules: [{from: [{source: {serviceAccounts: [a], namespaces: [b]}}]}]}',
      'cannot set serviceAccounts with namespaces or principals, found at rule 0',
    ],
    [
      '{rules: [{from: [{source: {serviceAccounts: ["a*"]}}]}]}',
      'wildcard not allowed, found in ServiceAccounts',
    ],
    [
      '{rules: [{from: [{source: {serviceAccounts: [a/b/c]}}]}]}',
      `expected format 'serviceAccount' or 'namespace/serviceAccount', found "a/b/c" in ServiceAccounts`,
    ],
    [
      `{rules: [{from: [{source: {serviceAccounts: [${Array.from({ length: 17 }, (_, i) => `a${i}`).join(', ')}]}}]}]}`,
      'may not have more than 16 values',
    ],
    ['{rules: [{when: [{values: [a]}]}]}', '`key` must not be empty'],
    [
      '{rules: [{when: [{key: source.ip}]}]}',
      'at least one of `values` or `notValues` must be set for key source.ip',
    ],
    ['{selector: {matchLabels: {app: "a*"}}}', 'wildcard is not supported in selector: "app=a*"'],
    [
      '{selector: {matchLabels: {app: a}}, targetRefs: [{kind: Service, name: a}]}',
      'only one of targetRefs or workloadSelector can be set',
    ],
  ])('%s', (spec, message) => {
    expect(refusals(spec)).toEqual([invalid(message)]);
  });

  it.each([
    ['request.time', 'unknown attribute: request.time'],
    ['request.headers', 'bad key (request.headers): should have format a[b]'],
    ['destination.namespace', 'attribute destination.namespace is replaced by the metadata.namespace'],
    ['destination.labels[app]', 'attribute destination.labels[app] is replaced by the workload selector'],
    ['destination.name', 'deprecated attribute destination.name: only supported in v1alpha1'],
  ])('the condition %s, twice: values and notValues are checked both', (key, problem) => {
    expect(refusals(`{rules: [{when: [{key: "${key}", values: [a]}]}]}`)).toEqual([
      '2 errors occurred:\n' +
        `\t* ${invalid(`invalid \`value\` for \`key\` ${key}: ${problem}`)}\n` +
        `\t* ${invalid(`invalid \`notValue\` for \`key\` ${key}: ${problem}`)}\n`,
    ]);
  });

  it.each([
    [
      'maybe',
      'ALLOW',
      'shop/p has annotation istio.io/dry-run with invalid value (maybe): strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      'true',
      'AUDIT',
      'the annotation istio.io/dry-run currently only supports action ALLOW/DENY, found action AUDIT in shop/p',
    ],
  ])('the annotation istio.io/dry-run: %s on %s', (value, action, message) => {
    const metadata = `name: p, namespace: shop, annotations: {istio.io/dry-run: "${value}"}`;
    expect(refusals(`{action: ${action}, rules: [{}]}`, metadata)).toEqual([message]);
  });

  it('unknown fields, with a guess', () => {
    const [error] = load('{rules: [{from: [{source: {principal: [a]}}]}]}').errors;
    expect(error).toMatchObject({
      rule: 'field.unknown',
      message: 'AuthorizationPolicy shop/p: unknown field "spec.rules[0].from[0].source.principal"',
      hint: 'did you mean "principals"?',
      line: 4,
      column: 34,
    });
  });

  it('actions that do not exist', () => {
    expect(refusals('{action: REJECT, rules: [{}]}')).toEqual([
      'spec.action: Unsupported value: "REJECT": supported values: "ALLOW", "DENY", "AUDIT", "CUSTOM"',
    ]);
  });
});

describe('what it takes', () => {
  it.each([
    '{}',
    '{rules: [{from: [{source: {principals: [sa/foo, "*", "*a", "a*"]}}]}]}',
    '{rules: [{from: [{source: {principals: []}}]}]}',
    '{selector: {matchLabels: {}}, rules: [{}]}',
    '{action: DENY, rules: [{}]}',
  ])('%s', (spec) => {
    expect(load(spec).errors).toEqual([]);
  });
});

describe('notices', () => {
  const notices = (spec: string, metadata?: string) =>
    load(spec, metadata).notices.map(({ code, message, line, column }) => [
      `${line}:${column} ${code}`,
      message.replace('AuthorizationPolicy shop/p: ', ''),
    ]);

  it('name each condition that is not decided here, its place and what becomes of the rule', () => {
    const spec = `
  action: ALLOW
  rules:
    - to:
        - operation:
            methods: [GET]
            paths: [/orders*]
      when:
        - key: request.headers[x-team]
          values: [web]
    - from:
        - source:
            requestPrincipals: ['*']
            notIpBlocks: [10.0.0.0/8]`;
    expect(notices(spec)).toEqual([
      [
        '9:13 authorization.notUnderstood',
        'spec.rules[0]: to[0].operation.methods is not decided here yet; this rule allows nothing',
      ],
      [
        '10:13 authorization.notUnderstood',
        'spec.rules[0]: to[0].operation.paths is not decided here yet; this rule allows nothing',
      ],
      [
        '12:11 authorization.notUnderstood',
        'spec.rules[0]: when[0] (request.headers[x-team]) is not decided here yet; this rule allows nothing',
      ],
      [
        '16:13 authorization.notUnderstood',
        'spec.rules[1].from[0].source: from[0].source.requestPrincipals is not decided here yet; this source allows nothing',
      ],
      [
        '17:13 authorization.notUnderstood',
        'spec.rules[1].from[0].source: from[0].source.notIpBlocks is not decided here yet; this source allows nothing',
      ],
    ]);
    expect(load(spec).resources[0]?.understood).toBe('partly');
  });

  it('say that a DENY rule applies without what is not decided', () => {
    expect(notices('{action: DENY, rules: [{to: [{operation: {ports: ["8080"]}}]}]}')[0]?.[1]).toBe(
      'spec.rules[0]: to[0].operation.ports is not decided here yet; this rule is applied without it',
    );
  });

  it('warn of principals that can never match', () => {
    const [notice] = load(
      '{rules: [{from: [{source: {principals: ["spiffe://cluster.local/ns/a/sa/b"]}}]}]}',
    ).notices;
    expect(notice).toMatchObject({
      code: 'authorization.principal',
      hint: 'write "cluster.local/ns/a/sa/b"',
    });
  });

  it.each([
    ['{action: AUDIT, rules: [{}]}', 'authorization.audit'],
    ['{action: CUSTOM, provider: {name: opa}, rules: [{}]}', 'authorization.custom'],
    ['{targetRefs: [{kind: Gateway, name: g}], rules: [{}]}', 'authorization.targetRefs'],
  ])('%s: %s', (spec, code) => {
    expect(load(spec).notices.map((notice) => notice.code)).toEqual([code]);
  });

  it('a dry run', () => {
    expect(
      notices('{rules: [{}]}', 'name: p, namespace: shop, annotations: {istio.io/dry-run: "true"}'),
    ).toEqual([['3:53 authorization.dryRun', 'a dry run: the policy is not enforced']]);
  });

  it('none for a policy that is understood', () => {
    expect(
      notices('{selector: {matchLabels: {app: a}}, rules: [{from: [{source: {namespaces: [shop]}}]}]}'),
    ).toEqual([]);
  });
});
