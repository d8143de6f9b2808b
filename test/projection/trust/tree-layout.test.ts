import { expect, it } from 'vitest';
import { trustAt } from '../../../src/projection/trust/view.ts';
import { forestOf } from '../../../src/ui/trust/tree-items.ts';
import { layoutTree } from '../../../src/ui/trust/tree-layout.ts';
import type { Script } from '../support/script.ts';
import { certify, company, forge, steal } from '../support/trust.ts';

const forest = (script: Script) => forestOf(trustAt(script.entries, script.entries.length, script.atMs));
const layout = (script: Script) =>
  layoutTree(forest(script), ({ kind }) => ({ width: kind === 'authority' ? 200 : 120, height: 80 }));

it('stands each card below the CA that it hangs on, and none on another', () => {
  const { script, dev } = company();
  steal(script, dev);
  forge(script, dev, 'spiffe://prod.hanok/ns/shop/sa/payment');
  const { items, edges, width, height } = layout(script);
  expect(items.map(({ item }) => item.key).sort()).toEqual(
    ['dev', 'forged dev', 'leaves dev', 'leaves prod', 'prod', 'root'].sort(),
  );
  items.forEach((a, index) => {
    expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
    for (const b of items.slice(index + 1)) {
      const apart =
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      expect(apart, `${a.item.key} and ${b.item.key}`).toBe(true);
    }
  });
  expect(edges).toHaveLength(5);
});

it('draws a second issuer as a way of its own, and two roots that vouch for each other as roots', () => {
  const { script, root, prod } = company();
  const next = certify(script, 'root-2');
  certify(script, 'prod', next, { key: prod.key, reason: 'cross-signed' });
  certify(script, 'root-2', root, { key: next.key, reason: 'cross-signed' });
  certify(script, 'root', next, { key: root.key, reason: 'cross-signed' });
  const { roots, further } = forest(script);
  expect(roots.map(({ item }) => item.key)).toEqual(['root', 'root-2']);
  expect(further.map(({ from, to }) => `${from}>${to}`)).toEqual([
    'root-2>root',
    'root-2>prod',
    'root>root-2',
  ]);
  expect(layout(script).edges.filter((edge) => edge.further)).toHaveLength(3);
});

it('loses no CA, even where two have only ever certified each other', () => {
  const { script } = company();
  const a = certify(script, 'a', { name: 'b', key: 'private-key:98', certificate: 'certificate:98' });
  certify(script, 'b', a);
  expect(layout(script).items.map(({ item }) => item.key)).toEqual(
    expect.arrayContaining(['a', 'b', 'root', 'prod', 'dev']),
  );
});
