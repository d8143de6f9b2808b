import { describe, expect, test } from 'vitest';
import { hexRow, offsetText } from '../../src/ui/inspector/hex.ts';

const bytes = Uint8Array.from([0x30, 0x0d, 0x06, 0x41, 0x7e, 0x7f, 0xff, 0x00, 0x42, 0x43]);
const plain = { lit: null, marked: [], current: null };

describe('a row of a hex dump', () => {
  test('shows each byte in hex and, where it prints, as a letter', () => {
    const { runs } = hexRow(bytes, 0, 8, plain);
    expect(runs.map(({ hex }) => hex)).toEqual(['30 0d 06 41 7e 7f ff 00']);
    expect(runs.map(({ text }) => text)).toEqual(['0··A~···']);
  });

  test('ends with the document', () => {
    expect(hexRow(bytes, 8, 8, plain).runs.map(({ hex }) => hex)).toEqual(['42 43']);
  });

  test('is cut where what is lit begins and ends, also when that reaches over its edges', () => {
    const { runs } = hexRow(bytes, 0, 8, { ...plain, lit: { start: 6, end: 9 } });
    expect(runs.map(({ hex, lit }) => [hex, lit])).toEqual([
      ['30 0d 06 41 7e 7f', false],
      ['ff 00', true],
    ]);
    const next = hexRow(bytes, 8, 8, { ...plain, lit: { start: 6, end: 9 } }).runs;
    expect(next.map(({ hex, lit }) => [hex, lit])).toEqual([
      ['42', true],
      ['43', false],
    ]);
  });

  test('marks each of several ranges and nothing between them', () => {
    const marked = [
      { start: 1, end: 2 },
      { start: 4, end: 6 },
    ];
    const { runs } = hexRow(bytes, 0, 8, { ...plain, marked });
    expect(runs.filter((run) => run.marked).map(({ hex }) => hex)).toEqual(['0d', '7e 7f']);
    expect(runs.map(({ hex }) => hex).join(' ')).toBe('30 0d 06 41 7e 7f ff 00');
  });

  test('sets the byte of the cursor apart', () => {
    const { runs } = hexRow(bytes, 0, 8, { ...plain, current: 3 });
    expect(runs.filter(({ current }) => current).map(({ text }) => text)).toEqual(['A']);
  });
});

test('offsets have four digits, and more where the document needs them', () => {
  expect(offsetText(26, 300)).toBe('001a');
  expect(offsetText(26, 0x1_0001)).toBe('0001a');
});
