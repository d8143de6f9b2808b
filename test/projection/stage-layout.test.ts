import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutStage, type StageLayout } from '../../src/ui/stage/layout.ts';

function nodesOf(counts: readonly number[]): { name: string; pods: string[] }[] {
  return counts.map((count, node) => ({
    name: `node-${node + 1}`,
    pods: Array.from({ length: count }, (_, index) => `shop/p${node}-${index}`),
  }));
}

function overlaps({ size, pods }: StageLayout): string[] {
  const placed = [...pods];
  const found: string[] = [];
  placed.forEach(([a, at], index) => {
    for (const [b, other] of placed.slice(index + 1)) {
      const apart =
        Math.abs(at.x - other.x) >= size.cellWidth - 0.5 || Math.abs(at.y - other.y) >= size.cellHeight - 0.5;
      if (!apart) found.push(`${a} and ${b}`);
    }
  });
  return found;
}

describe('the layout of the stage', () => {
  it.each([0, 1, 40])('makes nothing of negative width in a container %i wide', (width) => {
    const { istiods, apiServer } = layoutStage({ width, height: 400, nodes: nodesOf([1, 1]) });
    const widths = [...istiods.values()].map((istiod) => istiod.width);
    expect(Math.min(...widths, apiServer.width)).toBeGreaterThanOrEqual(0);
  });

  it.each([
    [704, 676, [1, 1], 'full'],
    [704, 676, [2, 2], 'medium'],
    [704, 676, [3, 3], 'medium'],
    [390, 380, [1, 1], 'medium'],
    [390, 360, [2, 2], 'small'],
    [704, 676, [20, 20, 20], 'small'],
  ] as const)('draws %i × %i with %j pods as %s', (width, height, counts, detail) => {
    expect(layoutStage({ width, height, nodes: nodesOf(counts) }).size.detail).toBe(detail);
  });

  it('places every pod inside its node, without overlap, whatever the counts and the container', () => {
    const sizes = fc.record({
      width: fc.integer({ min: 300, max: 1800 }),
      height: fc.integer({ min: 240, max: 1200 }),
    });
    const counts = fc.array(fc.nat(40), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sizes, counts, (container, perNode) => {
        const layout = layoutStage({ ...container, nodes: nodesOf(perNode) });
        expect(layout.pods.size).toBe(perNode.reduce((sum, count) => sum + count, 0));
        expect(overlaps(layout)).toEqual([]);
        for (const [pod, { x, y, r }] of layout.pods) {
          const box = layout.nodes.get(`node-${Number(/p(\d+)-/.exec(pod)?.[1]) + 1}`);
          if (box === undefined) throw new Error(`no box for ${pod}`);
          expect(x - r).toBeGreaterThanOrEqual(box.x);
          expect(x + r).toBeLessThanOrEqual(box.x + box.width);
          expect(y - r).toBeGreaterThanOrEqual(box.y);
          expect(y + r).toBeLessThanOrEqual(box.y + box.height);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('lays a thousand pods out on a sheet that is zoomed out to fit', () => {
    const layout = layoutStage({ width: 704, height: 676, nodes: nodesOf([340, 330, 330]) });
    expect(layout.size.detail).toBe('ring');
    expect(overlaps(layout)).toEqual([]);
  });
});
