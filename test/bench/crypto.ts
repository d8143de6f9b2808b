import { type Bench, lower } from './bench.ts';
import { createFleet, dayMs } from './support/fleet.ts';
import { recordingCrypto, replay } from './support/recording-crypto.ts';
import { type Cost, costOf, median } from './support/timing.ts';

const pods = 1_000;
const howOften = 3;

export const crypto: Bench = {
  name: 'crypto',
  what: 'a whole day of 1,000 pods (P-256) beside the bare WebCrypto operations that are in it',
  async run(note) {
    const recording = recordingCrypto();
    const recorded = await createFleet(pods, { provider: recording.provider });
    await recorded.runFor(dayMs);
    const issued = recorded.mesh.trace.counts['certificate.issued'] ?? 0;
    recorded.end();
    note(`${recording.calls.length} operations, ${issued} certificates`);

    const rounds: { readonly whole: Cost; readonly bare: Cost }[] = [];
    for (let round = 0; round < howOften; round++) {
      const bare = await costOf(() => replay(recording.calls));
      const fleet = await createFleet(pods);
      const whole = await costOf(() => fleet.runFor(dayMs));
      fleet.end();
      rounds.push({ whole, bare });
    }
    const over = (number: (round: (typeof rounds)[number]) => number) => median(rounds.map(number));
    return [
      lower(
        'simulation of 1,000 pods × 24 h ÷ its bare crypto',
        over(({ whole, bare }) => whole.ms / bare.ms),
        '×',
        1.5,
      ),
      lower(
        'the same in processor time',
        over(({ whole, bare }) => whole.cpuMs / bare.cpuMs),
        '×',
      ),
      lower(
        'simulation of 1,000 pods × 24 h',
        over(({ whole }) => whole.ms),
        'ms',
      ),
      lower(
        'its bare crypto, each operation started as early as there',
        over(({ bare }) => bare.ms),
        'ms',
      ),
    ];
  },
};
