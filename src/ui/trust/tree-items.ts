import type { ForgedLeaf, StolenKey } from '../../projection/trust/model.ts';
import type { AuthorityView, Certification, TrustView } from '../../projection/trust/view.ts';

/** A card of the tree: a CA, or what hangs on one. */
export type TreeItem =
  | { readonly kind: 'authority'; readonly key: string; readonly authority: AuthorityView }
  | { readonly kind: 'leaves'; readonly key: string; readonly authority: AuthorityView }
  | { readonly kind: 'forged'; readonly key: string; readonly forged: readonly ForgedLeaf[] }
  | { readonly kind: 'stolen'; readonly key: string; readonly stolen: StolenKey };

export interface TreeBranch {
  readonly item: TreeItem;
  /** How the branch hangs on the one above; null for a root and for what is not a CA. */
  readonly certification: Certification | null;
  readonly branches: readonly TreeBranch[];
}

/** A forest of CAs, and the certifications that the forest has no place for: each CA stands once. */
export interface TrustForest {
  readonly roots: readonly TreeBranch[];
  readonly further: readonly Certification[];
}

/**
 * The CAs as a forest. One that signed itself is a root, whoever else has certified it; any other hangs on the first
 * that certified it.
 */
export function forestOf(view: TrustView): TrustForest {
  const parents = parentsOf(view);
  const branch = (authority: AuthorityView): TreeBranch => ({
    item: { kind: 'authority', key: authority.name, authority },
    certification: parents.get(authority.name) ?? null,
    branches: [
      ...view.authorities.filter((each) => parents.get(each.name)?.from === authority.name).map(branch),
      ...hanging(authority, view).map((item) => ({ item, certification: null, branches: [] })),
    ],
  });
  const used = new Set(parents.values());
  return {
    roots: view.authorities.filter(({ name }) => !parents.has(name)).map(branch),
    further: view.certifications.filter((each) => !used.has(each)),
  };
}

/** The certification that each CA but a root hangs by; whoever only stands in a circle becomes a root. */
function parentsOf({ authorities, certifications }: TrustView): ReadonlyMap<string, Certification> {
  const parents = new Map<string, Certification>();
  const certified = new Set(certifications.map(({ to }) => to));
  const placed = new Set(authorities.filter((each) => isRoot(each, certified)).map(({ name }) => name));
  for (let grown = true; grown;) {
    grown = false;
    for (const each of certifications) {
      if (placed.has(each.to) || !placed.has(each.from)) continue;
      parents.set(each.to, each);
      placed.add(each.to);
      grown = true;
    }
  }
  return parents;
}

function isRoot({ name, certificates }: AuthorityView, certified: ReadonlySet<string>): boolean {
  return !certified.has(name) || certificates.some(({ issuer }) => issuer === null || issuer === name);
}

function hanging(authority: AuthorityView, view: TrustView): TreeItem[] {
  const { name, leafCount, forged } = authority;
  const items: TreeItem[] = [];
  if (leafCount > 0) items.push({ kind: 'leaves', key: `leaves ${name}`, authority });
  for (const stolen of view.stolenWorkloads) {
    if (stolen.authority === name) items.push({ kind: 'stolen', key: `stolen ${stolen.key}`, stolen });
  }
  if (forged.length > 0) items.push({ kind: 'forged', key: `forged ${name}`, forged });
  return items;
}
