import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSelector, selects, type LabelSelector } from '../../../src/core/kubernetes/index.ts';
import { errorLines, only } from './support.ts';

const word = fc.constantFrom('app', 'tier', 'env', 'a', 'b', 'c', 'constructor', '__proto__');
const labels = fc.dictionary(word, word, { noNullPrototype: true });
const selectorOf = (part: Partial<LabelSelector>): LabelSelector => ({
  matchLabels: {},
  matchExpressions: [],
  ...part,
});

describe('label selectors', () => {
  it('an empty one selects everything', () => {
    fc.assert(fc.property(labels, (each) => selects(selectorOf({}), each)));
  });

  it('matchLabels select exactly what carries them all', () => {
    fc.assert(
      fc.property(labels, labels, (wanted, carried) => {
        const all = Object.entries(wanted).every(
          ([key, value]) => Object.hasOwn(carried, key) && carried[key] === value,
        );
        expect(selects(selectorOf({ matchLabels: wanted }), carried)).toBe(all);
      }),
    );
  });

  it('In and NotIn, Exists and DoesNotExist are opposites', () => {
    fc.assert(
      fc.property(labels, word, fc.array(word, { minLength: 1 }), (carried, key, values) => {
        const holds = (operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist') =>
          selects(selectorOf({ matchExpressions: [{ key, operator, values }] }), carried);
        expect(holds('In')).toBe(!holds('NotIn'));
        expect(holds('Exists')).toBe(!holds('DoesNotExist'));
        if (holds('In')) expect(holds('Exists')).toBe(true);
      }),
    );
  });

  it('more conditions never select more', () => {
    fc.assert(
      fc.property(labels, labels, labels, (first, second, carried) => {
        if (selects(selectorOf({ matchLabels: { ...first, ...second } }), carried)) {
          expect(selects(selectorOf({ matchLabels: second }), carried)).toBe(true);
        }
      }),
    );
  });

  it('print as kubectl prints them', () => {
    const { spec } = only(
      'NetworkPolicy',
      `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: a }
spec:
  podSelector:
    matchLabels: { app: order }
    matchExpressions:
      - { key: tier, operator: In, values: [a, b] }
      - { key: env, operator: NotIn, values: [dev] }
      - { key: owner, operator: Exists }
      - { key: legacy, operator: DoesNotExist }`,
    );
    expect(formatSelector(spec.podSelector)).toBe('app=order,tier in (a,b),env notin (dev),owner,!legacy');
    expect(formatSelector(selectorOf({}))).toBe('<none>');
  });

  it.each([
    [
      '{key: a, operator: Is, values: [b]}',
      '1:137 field.value NetworkPolicy default/a: spec.podSelector.matchExpressions[0].operator: Unsupported value: "Is": supported values: "In", "NotIn", "Exists", "DoesNotExist" (did you mean "In"?)',
    ],
    [
      '{key: a, operator: In}',
      "1:118 field.required NetworkPolicy default/a: spec.podSelector.matchExpressions[0].values: Required value (must be specified when `operator` is 'In' or 'NotIn')",
    ],
    [
      '{key: a, operator: Exists, values: [b]}',
      "1:153 selector.values NetworkPolicy default/a: spec.podSelector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    ],
  ])('%s is refused', (expression, expected) => {
    const head =
      '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {matchExpressions: [';
    expect(errorLines(`${head}${expression}]}}}`)).toEqual([expected]);
  });
});
