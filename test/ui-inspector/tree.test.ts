import { describe, expect, test } from 'vitest';
import type { StructureNode } from '../../src/projection/inspect/index.ts';
import { firstOpen, keysAround, parentKey, visibleLines } from '../../src/ui/inspector/tree.ts';

function node(
  label: string,
  start: number,
  end: number,
  children: readonly StructureNode[] = [],
): StructureNode {
  return { label, type: 'SEQUENCE', value: null, start, contentStart: start, end, children };
}

const tree = [
  node('certificate', 0, 20, [
    node('tbs', 2, 12, [node('version', 2, 4), node('serial', 4, 8)]),
    node('signature', 12, 20),
  ]),
];

describe('the lines of a tree', () => {
  test('are those under unfolded nodes', () => {
    const lines = visibleLines(tree, new Set(['0']));
    expect(lines.map(({ key, node: { label }, level }) => [key, label, level])).toEqual([
      ['0', 'certificate', 1],
      ['0.0', 'tbs', 2],
      ['0.1', 'signature', 2],
    ]);
  });

  test('know their place among their siblings', () => {
    const signature = visibleLines(tree, new Set(['0'])).at(-1);
    expect(signature).toMatchObject({ position: 2, siblings: 2, isOpen: false });
  });
});

test('a small tree is unfolded whole, a large one down to what can be taken in', () => {
  expect(visibleLines(tree, firstOpen(tree))).toHaveLength(5);
  const many = Array.from({ length: 40 }, (_, index) => node(`${index}`, index, index + 1));
  const large = [node('list', 0, 40, [node('inner', 0, 40, many)])];
  expect(visibleLines(large, firstOpen(large))).toHaveLength(2);
});

test('the nodes around a range are found from the outside in', () => {
  expect(keysAround(tree, { start: 5, end: 6 })).toEqual(['0', '0.0', '0.0.1']);
  expect(keysAround(tree, { start: 3, end: 6 })).toEqual(['0', '0.0']);
  expect(keysAround(tree, { start: 30, end: 31 })).toEqual([]);
});

test('a key leads to that of its parent', () => {
  expect(parentKey('0.2.1')).toBe('0.2');
  expect(parentKey('0')).toBeNull();
});
