import { pemDecodeAll, utf8Decode } from '../../core/bytes/index.ts';
import { type Certificate, parseCertificate } from '../../core/pki/index.ts';
import type { Artefact, ArtefactId } from '../../trace/artefact.ts';
import type { Entry } from '../../trace/entry.ts';
import { entriesOfKind } from '../detail/trace-index.ts';
import { isReadingError } from '../inspect/reading-errors.ts';
import type { VerifyCase } from './evidence.ts';

export interface MeshScene {
  readonly entries: readonly Entry[];
  readonly cursor: number;
  readonly lookup: (id: ArtefactId) => Artefact | undefined;
  /** Now, milliseconds of Unix time. */
  readonly nowMs: number;
}

/**
 * A certificate or chain of the mesh held against the mesh's roots at the moment on display, by the rules of the
 * Envoys, which hold nobody to RFC 5280 section 4. Intermediates are those it refers to and those it was shown with.
 *
 * @returns null where the artefact holds no certificate
 */
export function meshCase(artefact: Artefact, scene: MeshScene): VerifyCase | null {
  const own = certificatesIn(artefact);
  const [leaf] = own;
  if (leaf === undefined) return null;
  const rootIds = rootsIn(scene);
  const held = (ids: Iterable<ArtefactId>): readonly Certificate[] =>
    [...ids].flatMap((id) => certificatesIn(scene.lookup(id)));
  const further = new Set([...referredTo(artefact, scene.lookup), ...shownWith(artefact.id, scene)]);
  for (const id of rootIds) further.delete(id);
  const isSvid = leaf.uris.some((uri) => uri.startsWith('spiffe://'));
  return {
    chain: [...own, ...held(further)],
    roots: held(rootIds),
    crls: [],
    staple: null,
    at: new Date(scene.nowMs),
    purpose: 'any',
    profile: isSvid ? 'spiffe' : 'rfc5280',
    revocation: 'off',
    strict: false,
  };
}

/** What the istiods of all clusters hand out as roots by now. */
function rootsIn({ entries, cursor }: MeshScene): readonly ArtefactId[] {
  const byCluster = new Map<string, readonly ArtefactId[]>();
  for (const { data } of entriesOfKind(entries, cursor, 'cacerts.loaded'))
    byCluster.set(data.cluster, data.roots);
  return [...new Set([...byCluster.values()].flat())];
}

/** Certificates that an artefact leads to by its references, and those lead to. */
function referredTo(artefact: Artefact, lookup: MeshScene['lookup']): ReadonlySet<ArtefactId> {
  const found = new Set<ArtefactId>();
  const open = [artefact];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const id of Object.values(one.refs)) {
      const other = lookup(id);
      if (other?.kind !== 'certificate' || id === artefact.id || found.has(id)) continue;
      found.add(id);
      open.push(other);
    }
  }
  return found;
}

/** The rest of the chains that began with it in handshakes. */
function shownWith(id: ArtefactId, { entries, cursor }: MeshScene): readonly ArtefactId[] {
  return entriesOfKind(entries, cursor, 'tls.verified').flatMap(({ data }) =>
    data.chain[0] === id ? data.chain.slice(1) : [],
  );
}

function certificatesIn(artefact: Artefact | undefined): readonly Certificate[] {
  if (artefact === undefined) return [];
  try {
    if (artefact.kind === 'certificate') return [parseCertificate(artefact.bytes)];
    if (artefact.kind !== 'chain') return [];
    return pemDecodeAll(utf8Decode(artefact.bytes)).map(({ der }) => parseCertificate(der));
  } catch (error) {
    if (isReadingError(error)) return [];
    throw error;
  }
}
