import { expect, it } from 'vitest';
import { captionOf, connectionCurve } from '../../src/ui/stage/anchors.ts';
import { pointAt } from '../../src/ui/stage/geometry.ts';
import { layoutStage } from '../../src/ui/stage/layout.ts';

const radius = 11;

/** Signs of connections between every two pods that stand on somebody's caption; `share` is their place on the line. */
function hiding(container: { width: number; height: number }, counts: readonly number[], share: number) {
  const nodes = counts.map((count, node) => ({
    name: `node-${node + 1}`,
    pods: Array.from({ length: count }, (_, index) => `shop/p${node}-${index}`),
  }));
  const layout = layoutStage({ ...container, nodes });
  const captions = [...layout.pods.values()].map((pod) => captionOf(pod, layout.size));
  const pairs = [...layout.pods.keys()].flatMap((from) =>
    [...layout.pods.keys()].filter((to) => to !== from).map((to) => [from, to] as const),
  );
  return pairs.filter(([from, to]) => {
    const sign = pointAt(connectionCurve(layout, from, to)!, share);
    return captions.some(({ x, y, width, height }) => {
      const across = Math.max(x - sign.x, 0, sign.x - x - width);
      const down = Math.max(y - sign.y, 0, sign.y - y - height);
      return Math.hypot(across, down) < radius;
    });
  }).length;
}

const phone = { width: 390, height: 355 };
const desk = { width: 704, height: 676 };

it.each([
  [phone, [3, 2, 0]],
  [phone, [2, 2]],
  [phone, [3, 3]],
  [desk, [3, 2, 0]],
  [desk, [3, 3]],
])('between few pods no lock hides a name: %j %j', (container, counts) => {
  expect(hiding(container, counts, 0.5)).toBe(0);
});

it('where a refusal is cut off near a pod that stands above another, hardly a name is hidden', () => {
  expect(hiding(phone, [3, 2, 0], 0.26) + hiding(phone, [3, 2, 0], 0.74)).toBeLessThanOrEqual(3);
});
