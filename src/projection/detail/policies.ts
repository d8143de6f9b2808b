import type { Entry, EntryOf } from '../../trace/entry.ts';
import { entriesAbout } from './trace-index.ts';

/** A policy by its name, with the resources of that name and what they have decided. */
export interface PolicyDetail {
  /** The latest resource of each kind that has this name. */
  readonly resources: readonly EntryOf<'resource.applied'>[];
  /** Newest first. */
  readonly decisions: readonly EntryOf<'policy.decided'>[];
}

/** @param policy `namespace/name` */
export function policyAt(entries: readonly Entry[], cursor: number, policy: string): PolicyDetail {
  const told = entriesAbout(entries, cursor, `policy:${policy}`);
  const resources = new Map<string, EntryOf<'resource.applied'>>();
  const decisions: EntryOf<'policy.decided'>[] = [];
  for (const entry of told) {
    if (entry.kind === 'resource.applied') resources.set(entry.data.resourceKind, entry);
    if (entry.kind === 'policy.decided') decisions.push(entry);
  }
  return { resources: [...resources.values()], decisions: decisions.reverse() };
}
