import type { Entry, EntryKind } from '../trace/entry.ts';
import { describeEntry, type LogRow } from './log.ts';

/** What a listener is told when the moment on display moves. */
export interface Changes {
  readonly direction: 'forward' | 'back' | 'none';
  /** The latest facts worth saying, oldest first. */
  readonly told: readonly LogRow[];
  /** How many more facts of that weight lie between the two moments. */
  readonly more: number;
}

/** Kinds that change what a learner would say about the mesh; the steps between them are left to the log. */
const worthTelling: ReadonlySet<EntryKind> = new Set<EntryKind>([
  'pod.addressed',
  'pod.ready',
  'pod.unready',
  'pod.deleted',
  'pod.rejected',
  'key.generated',
  'csr.created',
  'token.reviewed',
  'certificate.issued',
  'csr.refused',
  'secret.accepted',
  'rotation.started',
  'renewal.failed',
  'certificate.expired',
  'istiod.stopped',
  'istiod.started',
  'connection.opened',
  'connection.refused',
  'policy.decided',
  'request.answered',
]);

const looksBackAtMost = 2_000;

/**
 * The facts between two cursors, for a live region.
 *
 * @param most how many facts to name; the rest is only counted, and no more than 2,000 entries are looked at
 */
export function changesBetween(
  entries: readonly Entry[],
  fromCursor: number,
  toCursor: number,
  most = 3,
): Changes {
  if (toCursor <= fromCursor) {
    return { direction: toCursor === fromCursor ? 'none' : 'back', told: [], more: 0 };
  }
  const told: LogRow[] = [];
  let more = 0;
  const first = Math.max(fromCursor, toCursor - looksBackAtMost);
  for (let index = toCursor - 1; index >= first; index -= 1) {
    const entry = entries[index];
    if (entry === undefined || !worthTelling.has(entry.kind)) continue;
    if (told.length < most) told.unshift(describeEntry(entry));
    else more += 1;
  }
  return { direction: 'forward', told, more };
}
