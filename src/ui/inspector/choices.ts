import { certificatesUpTo, type KnownCertificate } from '../../projection/detail/certificates.ts';
import type { Artefact, ArtefactId, ArtefactKind } from '../../trace/artefact.ts';
import type { Entry } from '../../trace/entry.ts';

/** Artefacts of one kind that belong together: those of a pod, or of an actor where there is no pod. */
export interface ChoiceGroup {
  readonly owner: string;
  readonly isPod: boolean;
  readonly choices: readonly Artefact[];
}

/** Kinds of which there are at least two, certificates first. */
export function comparableKinds(artefacts: Iterable<Artefact>): ArtefactKind[] {
  const counts = new Map<ArtefactKind, number>();
  for (const { kind } of artefacts) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts].filter(([, count]) => count > 1).map(([kind]) => kind);
  return kinds.sort((a, b) => Number(b === 'certificate') - Number(a === 'certificate'));
}

/** What there is to choose from: by owner, in the order of making. */
export function choiceGroups(artefacts: Iterable<Artefact>, kind: ArtefactKind): ChoiceGroup[] {
  const groups = new Map<string, Artefact[]>();
  for (const artefact of artefacts) {
    if (artefact.kind !== kind) continue;
    // All certificates of a CA belong together, whichever of its keys they are for.
    const owner = artefact.pod ?? artefact.owner.replace(/^(authority:[^:]+):.*$/, '$1');
    const known = groups.get(owner);
    if (known) known.push(artefact);
    else groups.set(owner, [artefact]);
  }
  return [...groups].map(([owner, choices]) => ({
    owner,
    isPod: choices[0]?.pod !== null,
    choices,
  }));
}

/** Two artefacts worth comparing, the older one first; null where there are none. */
export function guessPair(
  artefacts: ReadonlyMap<ArtefactId, Artefact>,
  entries: readonly Entry[],
  kind: ArtefactKind,
  given: ArtefactId | null,
): readonly [ArtefactId, ArtefactId] | null {
  const all = [...artefacts.values()].filter((artefact) => artefact.kind === kind);
  if (kind === 'certificate') {
    const pair = guessCertificates(certificatesUpTo(entries, entries.length), given);
    if (pair) return pair;
  }
  const one = all.find(({ id }) => id === given) ?? all.at(-1);
  const siblings = all.filter((each) => each !== one && each.pod === one?.pod);
  const other = siblings.findLast(({ atMs }) => one && atMs <= one.atMs) ?? siblings[0];
  const fallback = other ?? all.findLast((each) => each !== one);
  return one && fallback ? inOrder(one, fallback) : null;
}

/** Before and after a renewal where there was one; else the certificates of two pods. */
function guessCertificates(
  known: readonly KnownCertificate[],
  given: ArtefactId | null,
): readonly [ArtefactId, ArtefactId] | null {
  const leaves = known.filter(({ isRoot }) => !isRoot);
  const renewed = leaves.findLast(({ generation }) => generation !== null && generation > 1);
  const one = leaves.find(({ artefact }) => artefact === given) ?? renewed ?? leaves.at(-1);
  if (!one) return null;
  const own = leaves.filter(({ pod, artefact }) => pod === one.pod && artefact !== one.artefact);
  const other =
    own.findLast(({ issuedAtMs }) => issuedAtMs <= one.issuedAtMs) ??
    own[0] ??
    leaves.findLast(({ pod }) => pod !== one.pod);
  if (!other) return null;
  return one.issuedAtMs >= other.issuedAtMs ? [other.artefact, one.artefact] : [one.artefact, other.artefact];
}

function inOrder(a: Artefact, b: Artefact): readonly [ArtefactId, ArtefactId] {
  return a.atMs <= b.atMs ? [a.id, b.id] : [b.id, a.id];
}
