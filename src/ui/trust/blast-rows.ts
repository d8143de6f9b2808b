import type { BlastMeasurement } from '../../projection/trust/model.ts';
import type { BlastVerifier } from '../../trace/trust-entry.ts';

/** One identity that the thief has tried, and what each group of Envoys says to it. */
export interface BlastRow {
  readonly spiffeId: string;
  readonly certificate: string;
  /** Envoys that accept it. */
  readonly accepted: number;
  /** In the order of the verifiers: null where it is accepted, else the code of the refusal. */
  readonly answers: readonly (string | null)[];
}

/** The identities of a measurement, those that reach most first. */
export function blastRows({ identities, verifiers }: BlastMeasurement): readonly BlastRow[] {
  const rows = identities.map(({ spiffeId, certificate }, index): BlastRow => {
    const answers = verifiers.map(({ refusals }) => refusals[index] ?? null);
    const accepted = verifiers.reduce(
      (sum, { pods }, column) => sum + (answers[column] === null ? pods.length : 0),
      0,
    );
    return { spiffeId, certificate, accepted, answers };
  });
  return rows.sort((a, b) => b.accepted - a.accepted);
}

const namesShown = 2;

/** Envoys that judge alike: by their cluster, and where it has several such groups by their pods. */
export function groupName({ cluster, pods }: BlastVerifier, all: readonly BlastVerifier[]): string {
  if (all.filter((each) => each.cluster === cluster).length === 1) return cluster;
  const names = pods.slice(0, namesShown).map((pod) => `…${pod.split('-').at(-1) ?? ''}`);
  return `${cluster} ${names.join(', ')}${pods.length > namesShown ? ' …' : ''}`;
}

/** The measurements of one holder, the one before first; the last is the one on display. */
export function comparable(blasts: readonly BlastMeasurement[]): readonly BlastMeasurement[] {
  const last = blasts.at(-1);
  return blasts.filter(({ holder }) => holder === last?.holder).slice(-3);
}
