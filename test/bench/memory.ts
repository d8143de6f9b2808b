import { type Bench, lower } from './bench.ts';
import { createFleet, dayMs } from './support/fleet.ts';

export const memory: Bench = {
  name: 'memory',
  what: 'what a pod holds after a day when only its last artefacts are kept',
  async run(note) {
    const collect = globalThis.gc;
    if (collect === undefined) {
      throw new Error('memory is measured after collecting garbage: run `npm run bench`');
    }
    await bytesPerPod(100, collect);
    const at1000 = await bytesPerPod(1_000, collect);
    note(`1,000 pods: ${(at1000 / 1024).toFixed(1)} kB each`);
    const at10000 = await bytesPerPod(10_000, collect);
    return [
      lower('memory per pod at 10,000 pods', at10000 / 1024, 'kB', 60),
      lower('memory per pod at 1,000 pods', at1000 / 1024, 'kB', 60),
      lower('memory per pod at 10,000 pods ÷ at 1,000', at10000 / at1000, '×', 1.1),
    ];
  },
};

async function bytesPerPod(pods: number, collect: () => unknown): Promise<number> {
  const before = await held(collect);
  const fleet = await createFleet(pods);
  await fleet.runFor(dayMs);
  const after = await held(collect);
  fleet.end();
  return (after - before) / pods;
}

/** JavaScript's heap and the buffers outside of it; keys of WebCrypto are OpenSSL's and not counted by V8. */
async function held(collect: () => unknown): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
