import type { Field, GroupId } from '../../projection/inspect/index.ts';

/** Fields that belong together: first what decides in a mesh, then the rest. */
export interface FieldSection {
  readonly group: GroupId | null;
  readonly decisive: readonly Field[];
  readonly others: readonly Field[];
}

/** Fields by their groups, in the order in which the groups first appear. */
export function fieldSections(fields: readonly Field[]): FieldSection[] {
  const groups = new Map<GroupId | null, Field[]>();
  for (const field of fields) {
    const group = field.group ?? null;
    const known = groups.get(group);
    if (known) known.push(field);
    else groups.set(group, [field]);
  }
  return [...groups].map(([group, all]) => ({
    group,
    decisive: all.filter(({ mesh }) => mesh === true),
    others: all.filter(({ mesh }) => mesh !== true),
  }));
}
