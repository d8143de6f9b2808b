import { describe, expect, it } from 'vitest';
import { loadResources } from '../../src/core/kubernetes/index.ts';
import { describeExpectation } from '../../src/scenario/run/describe.ts';
import { describeFound } from '../../src/scenario/run/found.ts';
import type { Expectation, Found } from '../../src/scenario/protocol.ts';
import { expectedText, foundText } from '../../src/ui/goal/expectation-words.ts';
import { I18n } from '../../src/ui/i18n/i18n.svelte.ts';
import { loadRules } from '../../src/ui/story/rules.ts';

const expectations: readonly Expectation[] = [
  { entry: 'certificate.issued' },
  {
    entry: 'certificate.issued',
    where: { pod: 'shop/order', generation: { min: 2 } },
    count: 3,
    since: 'start',
  },
  { entry: 'pod.ready', count: { min: 1, max: 4 } },
  { entry: 'pod.ready', count: { max: 4 } },
  { identity: 'shop/order', is: 'none' },
  { identity: 'shop/order', is: 'spiffe://cluster.local/ns/shop/sa/order' },
  { request: { from: 'shop/a', to: 'shop/b' }, outcome: 'refused', by: 'NetworkPolicy' },
  { request: { from: 'shop/a', to: 'shop/b' }, outcome: 'allowed' },
  { pod: 'shop/order', ready: false },
  { certificate: 'shop/order', expired: true },
  { certificate: 'shop/order', expired: false, validAt: 'now' },
  { certificate: 'shop/order', validAt: '2h' },
];

const founds: readonly Found[] = [
  { type: 'count', matching: 0, others: { count: 2, last: '{pod: shop/b}' } },
  { type: 'count', matching: 1, others: null },
  { type: 'missing', what: 'pod' },
  { type: 'missing', what: 'request' },
  { type: 'missing', what: 'certificate' },
  { type: 'identity', spiffeId: null },
  { type: 'pod', ready: true },
  {
    type: 'answer',
    outcome: 'refused',
    by: 'AuthorizationPolicy',
    status: 403,
    reason: 'RBAC: access denied',
  },
  { type: 'lifetime', expired: true, ms: 3_600_000 },
  { type: 'lifetime', expired: false, ms: 60_000 },
];

/** Words that are neither names nor the field's own: in a Korean text they would be English left over. */
const english =
  /\b(at least|at most|request|identity of|ready|expired|allowed|refused|failed|none|such|since|besides|valid|by)\b/i;

/** Names, kinds of entries and what a proxy answers stay as they are. */
const withoutNames = (text: string) => text.replaceAll(/RBAC: access denied|pod\.ready|\{[^}]*\}/g, '');

describe('Korean', () => {
  it.each(expectations)('says what is expected: %j', async (expectation) => {
    const text = expectedText(expectation, await I18n.load('ko'));
    expect(withoutNames(text)).not.toMatch(english);
    expect(text).toMatch(/[가-힣]/);
  });

  it.each(founds)('says what was found: %j', async (found) => {
    const text = foundText(found, await I18n.load('ko'));
    expect(withoutNames(text)).not.toMatch(english);
    expect(text).toMatch(/[가-힣]/);
  });
});

it('English says as much as the command line does', async () => {
  const english = await I18n.load('en');
  const numbers = (text: string) => (text.match(/\d+|shop\/\w+|spiffe:\S+/g) ?? []).sort();
  for (const expectation of expectations.slice(1)) {
    expect(numbers(expectedText(expectation, english))).toEqual(numbers(describeExpectation(expectation)));
  }
  for (const found of founds.filter(({ type }) => type !== 'lifetime')) {
    expect(numbers(foundText(found, english))).toEqual(numbers(describeFound(found)));
  }
});

/** What learners get wrong, and the rule each breaks. */
const mistakes: Readonly<Record<string, string>> = {
  'kind: [': 'yaml.syntax',
  'a: 1\na: 2': 'yaml.duplicateKey',
  '- a': 'document.type',
  'apiVersion: v1\nkind: pod\nmetadata: { name: a }': 'kind.unknown',
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: Shop! }': 'name.rfc1123',
  'apiVersion: v1\nkind: Namespace\nmetadata: { nmae: shop }': 'field.required',
  'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: 5 }': 'field.type',
};

it.each(Object.entries(mistakes))(
  'a mistake has its rule told in Korean: %j breaks %s',
  async (text, rule) => {
    const { errors } = loadResources([{ name: 'mesh.yaml', text }]);
    expect(errors.map((error) => error.rule)).toContain(rule);
    const rules = await loadRules('ko');
    for (const error of errors) expect(rules[error.rule]).toMatch(/니다\.$|까지입니다\.$/);
  },
);
