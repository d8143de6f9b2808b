import { type Bench, lower } from './bench.ts';
import { createFleet, dayMs } from './support/fleet.ts';
import { type Cost, costOf, median } from './support/timing.ts';

/** The large run stands between small ones, about as much work as it, so that a busy hour of the machine hits all. */
const schedule = [
  ...Array<number>(10).fill(100),
  ...Array<number>(2).fill(1_000),
  10_000,
  ...Array<number>(2).fill(1_000),
  ...Array<number>(10).fill(100),
];

export const scale: Bench = {
  name: 'scale',
  what: 'time per event of a day with 100, 1,000 and 10,000 pods',
  async run(note) {
    await perEvent(100);
    const costs = new Map<number, Cost[]>();
    for (const pods of schedule) costs.set(pods, [...(costs.get(pods) ?? []), await perEvent(pods)]);
    const measured = [...costs].map(([pods, runs]) => {
      const ms = median(runs.map((run) => run.ms));
      note(`${pods} pods: ${(ms * 1000).toFixed(1)} µs per event`);
      return { ms, cpuMs: median(runs.map((run) => run.cpuMs)) };
    });
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
