import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prepareText } from '../../../src/core/pki/string-prep.ts';

it.each([
  ['Straße', 'STRASSE'],
  ['  a   b ', 'A B'],
  ['a\u00a0b', 'a b'],
  ['co\u00adop', 'coop'],
  ['ﬁle', 'FILE'],
  ['Ａ１', 'a1'],
  ['Σίσυφος', 'ΣΊΣΥΦΟΣ'],
  ['한국', '\u1112\u1161\u11ab\u1100\u116e\u11a8'],
])('%j and %j are prepared to one text', (one, other) => {
  expect(prepareText(one)).toBe(prepareText(other));
});

it.each([
  ['ab', 'a b'],
  ['а', 'a'],
  ['1', 'l'],
])('%j and %j are not', (one, other) => {
  expect(prepareText(one)).not.toBe(prepareText(other));
});

it('prepared text is prepared, and holds no control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const prepared = prepareText(text);
      expect(prepareText(prepared)).toBe(prepared);
      expect(prepared).not.toMatch(/\p{Cc}/u);
    }),
  );
});
