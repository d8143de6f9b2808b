import { DerError, type DerReader } from '../bytes/der-reader.ts';
import { contextTag, TAG } from '../bytes/der.ts';
import { type GeneralName, readGeneralName } from './general-name.ts';

export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
  /** A subtree has `minimum` or `maximum`, which RFC 5280 does not use: not to be trusted. */
  readonly hasDistances: boolean;
}

/**
 * NameConstraints (RFC 5280 4.2.1.10).
 *
 * @throws DerError where it is none, or where both lists are absent
 */
export function readNameConstraints(reader: DerReader): NameConstraints {
  const inside = reader.enter(TAG.sequence, 'nameConstraints');
  reader.finish('nameConstraints');
  const permitted = readSubtrees(inside, 0);
  const excluded = readSubtrees(inside, 1);
  inside.finish('nameConstraints');
  if (permitted.bases.length + excluded.bases.length === 0) {
    throw new DerError('nameConstraints: both lists are absent', reader.start);
  }
  return {
    permitted: permitted.bases,
    excluded: excluded.bases,
    hasDistances: permitted.hasDistances || excluded.hasDistances,
  };
}

function readSubtrees(reader: DerReader, n: number): { bases: GeneralName[]; hasDistances: boolean } {
  const bases: GeneralName[] = [];
  let hasDistances = false;
  if (!reader.nextIs(contextTag(n, true))) return { bases, hasDistances };
  const list = reader.enter();
  if (list.done) throw new DerError('nameConstraints: a list is empty', reader.start);
  while (!list.done) {
    const subtree = list.enter(TAG.sequence, 'GeneralSubtree');
    bases.push(readGeneralName(subtree, true));
    while (!subtree.done) {
      subtree.skip();
      hasDistances = true;
    }
  }
  return { bases, hasDistances };
}
