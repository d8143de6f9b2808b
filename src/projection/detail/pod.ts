import type { Entry, PodRef } from '../../trace/entry.ts';
import { project } from '../fold.ts';
import type { PodModel } from '../stage-model.ts';
import { stageFold } from '../stage.ts';
import { entriesAbout } from './trace-index.ts';

/** A pod as the first `cursor` entries know it, long gone ones as they were at their end; null before it was scheduled. */
export function podAt(entries: readonly Entry[], cursor: number, pod: PodRef): PodModel | null {
  const standing = project(stageFold, entries, cursor).pods.get(pod);
  if (standing) return standing;
  // The stage forgets the dead after a while; at the moment of its deletion it still knew this one.
  const end = entriesAbout(entries, cursor, `pod:${pod}`).findLast(({ kind }) => kind === 'pod.deleted');
  return end ? (project(stageFold, entries, end.seq + 1).pods.get(pod) ?? null) : null;
}
