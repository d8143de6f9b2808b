import { type Bench, lower } from './bench.ts';
import { createFleet, dayMs } from './support/fleet.ts';
import { type Cost, costOf, median } from './support/timing.ts';

/** As many runs as give each size about the same work. */
const sizes = [
  { pods: 100, runs: 21 },
  { pods: 1_000, runs: 5 },
  { pods: 10_000, runs: 1 },
] as const;

export const scale: Bench = {
  name: 'scale',
  what: 'time per event of a day with 100, 1,000 and 10,000 pods',
  async run(note) {
    await perEvent(100);
    const measured: Cost[] = [];
    for (const { pods, runs } of sizes) {
      const costs: Cost[] = [];
      for (let run = 0; run < runs; run++) costs.push(await perEvent(pods));
      const cost = {
        ms: median(costs.map(({ ms }) => ms)),
        cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
      };
      measured.push(cost);
      note(`${pods} pods: ${(cost.ms * 1000).toFixed(1)} µs per event`);
    }
    const [at100, at1000, at10000] = measured as [Cost, Cost, Cost];
    return [
      lower('time per event at 10,000 pods ÷ at 100', at10000.ms / at100.ms, '×', 1.2),
      lower('the same in processor time', at10000.cpuMs / at100.cpuMs, '×'),
      lower('time per event at 1,000 pods ÷ at 100', at1000.ms / at100.ms, '×'),
      lower('time per event at 100 pods', at100.ms * 1000, 'µs'),
      lower('time per event at 10,000 pods', at10000.ms * 1000, 'µs'),
    ];
  },
};

async function perEvent(pods: number): Promise<Cost> {
  const fleet = await createFleet(pods);
  const { ms, cpuMs } = await costOf(() => fleet.runFor(dayMs));
  const events = fleet.mesh.trace.count;
  fleet.end();
  return { ms: ms / events, cpuMs: cpuMs / events };
}
