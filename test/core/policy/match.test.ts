import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob, matchesValue, matchKindOf } from '../../../src/core/policy/index.ts';

describe('values of a policy', () => {
  it.each([
    ['abc', 'exact'],
    ['abc*', 'prefix'],
    ['*abc', 'suffix'],
    ['*', 'presence'],
    ['a*c', 'exact'],
    ['*a*', 'suffix'],
    ['', 'exact'],
  ] as const)('%s is %s', (written, kind) => {
    expect(matchKindOf(written)).toBe(kind);
  });

  it('match by their kind', () => {
    const plain = fc.string({ minLength: 1 }).filter((text) => !text.includes('*'));
    fc.assert(
      fc.property(plain, plain, (value, rest) => {
        expect(matchesValue(value, value)).toBe(true);
        expect(matchesValue(`${value}*`, `${value}${rest}`)).toBe(true);
        expect(matchesValue(`*${value}`, `${rest}${value}`)).toBe(true);
        expect(matchesValue('*', value)).toBe(true);
      }),
    );
  });
});

it('presence asks for something', () => {
  expect(matchesValue('*', '')).toBe(false);
});

describe('globs', () => {
  it('agree with the regular expression they stand for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '/'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
    fc.assert(
      fc.property(letters, text, (pattern, actual) => {
        const expression = new RegExp(`^${pattern.split('*').join('.*')}$`);
        expect(matchesGlob(pattern, actual)).toBe(expression.test(actual));
      }),
      { numRuns: 1000 },
    );
  });

  it('take linear time', () => {
    expect(matchesGlob(`${'*a'.repeat(2000)}b`, 'a'.repeat(100_000))).toBe(false);
  });
});
