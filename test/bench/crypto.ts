import { type Bench, lower } from './bench.ts';
import { createFleet, dayMs } from './support/fleet.ts';
import { recordingCrypto, replay } from './support/recording-crypto.ts';
import { median, timed } from './support/timing.ts';

const pods = 1_000;
const rounds = 3;

export const crypto: Bench = {
  name: 'crypto',
  what: 'a whole day of 1,000 pods (P-256) beside the bare WebCrypto operations that are in it',
  async run(note) {
    const recording = recordingCrypto();
    const recorded = await createFleet(pods, { provider: recording.provider });
    await recorded.runFor(dayMs);
    const issued = recorded.mesh.trace.counts['certificate.issued'] ?? 0;
    recorded.mesh.stop();
    note(`${recording.calls.length} operations, ${issued} certificates`);

    const whole: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(await timed(() => replay(recording.calls)));
      const fleet = await createFleet(pods);
      whole.push(await timed(() => fleet.runFor(dayMs)));
      fleet.mesh.stop();
    }
    return [
      lower('simulation of 1,000 pods × 24 h ÷ its bare crypto', median(whole) / median(bare), '×', 1.5),
      lower('simulation of 1,000 pods × 24 h', median(whole), 'ms'),
      lower('its bare crypto, started as early as there', median(bare), 'ms'),
    ];
  },
};
