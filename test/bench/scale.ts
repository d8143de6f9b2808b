import { type Bench, lower } from './bench.ts';
import { createFleet, dayMs } from './support/fleet.ts';
import { median, timed } from './support/timing.ts';

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
    const measured: number[] = [];
    for (const { pods, runs } of sizes) {
      const times: number[] = [];
      for (let run = 0; run < runs; run++) times.push(await perEvent(pods));
      measured.push(median(times));
      note(`${pods} pods: ${(median(times) * 1000).toFixed(1)} µs per event`);
    }
    const [at100 = NaN, at1000 = NaN, at10000 = NaN] = measured;
    return [
      lower('time per event at 10,000 pods ÷ at 100', at10000 / at100, '×', 1.2),
      lower('time per event at 1,000 pods ÷ at 100', at1000 / at100, '×'),
      lower('time per event at 100 pods', at100 * 1000, 'µs'),
      lower('time per event at 10,000 pods', at10000 * 1000, 'µs'),
    ];
  },
};

async function perEvent(pods: number): Promise<number> {
  const fleet = await createFleet(pods);
  const ms = await timed(() => fleet.runFor(dayMs));
  const events = fleet.mesh.trace.count;
  fleet.end();
  return ms / events;
}
