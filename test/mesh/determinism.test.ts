import { describe, expect, it } from 'vitest';
import { hourMs, shape, shop, start } from './support/shop.ts';

describe('determinism', () => {
  it('gives one trace in twenty runs of the same seed', async () => {
    const shapes = new Set<string>();
    for (let run = 0; run < 20; run += 1) {
      const mesh = await start(shop);
      mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', count: 3 });
      await mesh.driver.advanceTo(14 * hourMs);
      shapes.add(shape(mesh.trace.entries));
      mesh.stop();
    }
    expect(shapes.size).toBe(1);
  });

  it('replays the identical trace and the identical bytes from a tape', async () => {
    const first = await start(shop);
    await first.driver.advanceTo(14 * hourMs);
    const second = await start(shop, { tape: first.tape });
    await second.driver.advanceTo(14 * hourMs);
    expect(second.trace.entries).toEqual(first.trace.entries);
    expect([...second.artefacts.all()]).toEqual([...first.artefacts.all()]);
    first.stop();
    second.stop();
  });
});
