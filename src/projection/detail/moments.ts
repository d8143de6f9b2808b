import type { ArtefactId } from '../../trace/artefact.ts';
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
  /** What the agent holds, and what Envoy serves: they part for a moment while a renewal is delivered. */
  readonly agentCertificate: ArtefactId | null;
  readonly envoyCertificate: ArtefactId | null;
}

export const comparedAspects = [
  'phase',
  'ip',
  'node',
  'spiffeId',
  'identity',
  'agentCertificate',
  'envoyCertificate',
] as const;
export type ComparedAspect = (typeof comparedAspects)[number];

export interface PodDifference {
  readonly pod: PodRef;
  readonly a: PodAtMoment | null;
  readonly b: PodAtMoment | null;
  /** In what the two differ; all where the pod is there only once. */
  readonly different: readonly ComparedAspect[];
}

/** What is compared of the mesh as a whole. */
export interface MeshAtMoment {
  /** Every istiod does. */
  readonly running: boolean;
  readonly issued: number;
  readonly refused: number;
  readonly openConnections: number;
  readonly policies: string;
}

export function meshAtMoment({ state }: Moment): MeshAtMoment {
  const istiods = [...state.istiods.values()];
  return {
    running: istiods.every(({ running }) => running),
    issued: istiods.reduce((sum, { issued }) => sum + issued, 0),
    refused: istiods.reduce((sum, { refused }) => sum + refused, 0),
    openConnections: [...state.links.values()].reduce((sum, { open }) => sum + open.length, 0),
    policies: [...state.policies.values()].map(({ name }) => name).join(', '),
  };
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
  const { state, certificate } = identityAt(pod, atMs);
  return {
    phase: pod.phase,
    ip: pod.ip,
    node: pod.node,
    spiffeId: certificate?.spiffeId ?? null,
    identity: state,
    agentCertificate: pod.agent.certificate?.artefact ?? null,
    envoyCertificate: pod.envoy.secret?.artefact ?? null,
  };
}
