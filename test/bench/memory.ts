import { type Bench, lower } from './bench.ts';
import { createFleet, dayMs } from './support/fleet.ts';
import { held } from './support/held.ts';

export const memory: Bench = {
  name: 'memory',
  what: 'what a pod holds after a day when only its last artefacts are kept',
  async run(note) {
    await bytesPerPod(100);
    const at1000 = await bytesPerPod(1_000);
    note(`1,000 pods: ${(at1000 / 1024).toFixed(1)} kB each`);
    const at10000 = await bytesPerPod(10_000);
    return [
      lower('memory per pod at 10,000 pods', at10000 / 1024, 'kB', 60),
      lower('memory per pod at 1,000 pods', at1000 / 1024, 'kB', 60),
      lower('memory per pod at 10,000 pods ÷ at 1,000', at10000 / at1000, '×', 1.1),
    ];
  },
};

async function bytesPerPod(pods: number): Promise<number> {
  const before = await held();
  const fleet = await createFleet(pods);
  await fleet.runFor(dayMs);
  const after = await held();
  fleet.end();
  return (after - before) / pods;
}
