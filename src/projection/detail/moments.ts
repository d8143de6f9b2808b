import type { PodRef } from '../../trace/entry.ts';
import { identityAt } from '../identity.ts';
import type { IdentityState, PodModel, StageState } from '../stage-model.ts';
import { podsAt } from '../stage-view.ts';

/** A stage at an instant. */
export interface Moment {
  readonly state: StageState;
  readonly atMs: number;
}

/** What is compared of a pod; null where it is not there. */
export interface PodAtMoment {
  readonly phase: PodModel['phase'];
  readonly ip: string | null;
  readonly node: string;
  readonly spiffeId: string | null;
  readonly identity: IdentityState;
  readonly certificate: string | null;
  readonly leftMs: number;
}

export const comparedAspects = ['phase', 'ip', 'node', 'spiffeId', 'identity', 'certificate'] as const;
export type ComparedAspect = (typeof comparedAspects)[number];

export interface PodDifference {
  readonly pod: PodRef;
  readonly a: PodAtMoment | null;
  readonly b: PodAtMoment | null;
  /** In what the two differ; all where the pod is there only once. */
  readonly different: readonly ComparedAspect[];
}

/** The pods of two moments side by side, those that differ first. */
export function compareMoments(a: Moment, b: Moment): PodDifference[] {
  const [before, after] = [podsOf(a), podsOf(b)];
  const rows = [...new Set([...before.keys(), ...after.keys()])].map((pod) => {
    const [left, right] = [before.get(pod) ?? null, after.get(pod) ?? null];
    const different = comparedAspects.filter((aspect) => left?.[aspect] !== right?.[aspect]);
    return { pod, a: left, b: right, different };
  });
  return [...rows.filter(differs), ...rows.filter((row) => !differs(row))];
}

function differs({ different }: PodDifference): boolean {
  return different.length > 0;
}

function podsOf({ state, atMs }: Moment): Map<PodRef, PodAtMoment> {
  return new Map(podsAt(state, atMs).map((pod) => [pod.ref, atMoment(pod, atMs)]));
}

function atMoment(pod: PodModel, atMs: number): PodAtMoment {
  const { state, certificate, leftMs } = identityAt(pod, atMs);
  return {
    phase: pod.phase,
    ip: pod.ip,
    node: pod.node,
    spiffeId: certificate?.spiffeId ?? null,
    identity: state,
    certificate: certificate?.artefact ?? null,
    leftMs,
  };
}
