import { Growing } from '../growing.ts';
import type { ArtefactId } from '../../trace/artefact.ts';
import type { Entry, EntryKind, EntryOf, PodRef } from '../../trace/entry.ts';
import type { Band, RolloutModel } from './rollout-model.ts';

interface Member {
  ready: boolean;
  anchors: string | null;
  issuer: string | null;
}

interface CaCertificateKnown {
  readonly authority: string;
  readonly key: ArtefactId;
}

interface Draft {
  readonly model: RolloutModel;
  readonly fleet: Map<PodRef, Member>;
  readonly caCertificates: Map<ArtefactId, CaCertificateKnown>;
  /** What the istiod of a systemId signs with. */
  readonly signing: Map<string, ArtefactId>;
  /** Which band a signed leaf belongs to, until its Envoy presents it. */
  readonly issued: Map<ArtefactId, string>;
  readonly counts: Counts;
  readonly forged: Set<ArtefactId>;
  /** Stolen certificates of workloads, and whose they are. */
  readonly stolen: Map<ArtefactId, string>;
  /** Connections on which the server has yet to judge such a certificate. */
  readonly unjudged: Set<string>;
}

interface Counts {
  ready: number;
  readonly anchors: Map<string, number>;
  readonly issuers: Map<string, number>;
}

/** The rollout of a growing trace. */
export class RolloutTracker extends Growing<Draft> {
  constructor() {
    super(emptyDraft, take);
  }
}

function emptyDraft(): Draft {
  return {
    model: {
      count: 0,
      epochMs: 0,
      anchorBands: [],
      issuerBands: [],
      samples: [],
      refusedConnections: [],
      failedRequests: [],
      acceptedForgeries: [],
    },
    fleet: new Map(),
    caCertificates: new Map(),
    signing: new Map(),
    issued: new Map(),
    counts: { ready: 0, anchors: new Map(), issuers: new Map() },
    forged: new Set(),
    stolen: new Map(),
    unjudged: new Set(),
  };
}

function take(draft: Draft, entry: Entry): void {
  draft.model.count += 1;
  const handle = handlers[entry.kind] as ((draft: Draft, entry: Entry) => void) | undefined;
  handle?.(draft, entry);
}

type Handlers = { readonly [K in EntryKind]?: (draft: Draft, entry: EntryOf<K>) => void };

const handlers: Handlers = {
  'world.started': ({ model }, { data }) => {
    model.epochMs = data.epochMs;
  },
  'authority.certified': ({ caCertificates }, { data }) => {
    caCertificates.set(data.artefact, { authority: data.authority, key: data.key });
  },
  'cacerts.loaded': ({ signing }, { actor, data }) => {
    signing.set(actor, data.certificate);
  },
  'pod.scheduled': ({ fleet }, { data }) => {
    if (data.injected) fleet.set(data.pod, { ready: false, anchors: null, issuer: null });
  },
  'pod.ready': (draft, entry) => change(draft, entry, { ready: true }),
  'pod.unready': (draft, entry) => change(draft, entry, { ready: false }),
  'pod.terminating': (draft, entry) => change(draft, entry, { ready: false }),
  'pod.deleted': (draft, entry) => {
    change(draft, entry, { ready: false });
    draft.fleet.delete(entry.data.pod);
  },
  'anchors.adopted': (draft, entry) => {
    change(draft, entry, { anchors: anchorBand(draft, entry.data.roots) });
  },
  'certificate.issued': (draft, { actor, data }) => {
    const signedWith = draft.signing.get(actor);
    const band = signedWith === undefined ? null : issuerBand(draft, signedWith);
    if (band !== null && data.pod !== null) draft.issued.set(data.artefact, band);
  },
  'secret.accepted': (draft, entry) => {
    const { resource, certificate } = entry.data;
    const issuer = certificate === null ? undefined : draft.issued.get(certificate);
    if (resource !== 'default' || certificate === null || issuer === undefined) return;
    draft.issued.delete(certificate);
    change(draft, entry, { issuer });
  },
  'certificate.forged': ({ forged }, { data }) => {
    forged.add(data.artefact);
  },
  'key.stolen': ({ stolen }, { data }) => {
    if (data.of === 'workload') stolen.set(data.certificate, data.holder);
  },
  // A client of TLS 1.3 takes a connection for open before the server has judged the client's certificate.
  'connection.opened': (draft, { seq, atMs, data }) => {
    const { connection, clientCertificate, serverCertificate, from, to } = data;
    if (isMisused(draft, serverCertificate, to)) draft.model.acceptedForgeries.push({ seq, atMs });
    else if (isMisused(draft, clientCertificate, from)) draft.unjudged.add(connection);
  },
  'tls.established': ({ model, unjudged }, { seq, atMs, data }) => {
    if (data.side === 'server' && unjudged.delete(data.connection))
      model.acceptedForgeries.push({ seq, atMs });
  },
  'connection.refused': ({ model }, { seq, atMs }) => {
    model.refusedConnections.push({ seq, atMs });
  },
  'request.answered': ({ model }, { seq, atMs, data }) => {
    if (data.outcome !== 'allowed') model.failedRequests.push({ seq, atMs });
  },
};

function isMisused({ forged, stolen }: Draft, certificate: ArtefactId | null, shownBy: PodRef): boolean {
  if (certificate === null) return false;
  const owner = stolen.get(certificate);
  return forged.has(certificate) || (owner !== undefined && owner !== shownBy);
}

function change(
  draft: Draft,
  entry: Entry & { readonly data: { readonly pod: PodRef } },
  to: Partial<Member>,
): void {
  const member = draft.fleet.get(entry.data.pod);
  if (member === undefined) return;
  count(draft.counts, member, -1);
  Object.assign(member, to);
  count(draft.counts, member, 1);
  sample(draft, entry);
}

function count(counts: Counts, { ready, anchors, issuer }: Member, by: 1 | -1): void {
  if (!ready) return;
  counts.ready += by;
  if (anchors !== null) counts.anchors.set(anchors, (counts.anchors.get(anchors) ?? 0) + by);
  if (issuer !== null) counts.issuers.set(issuer, (counts.issuers.get(issuer) ?? 0) + by);
}

/** Notes the fleet as it stands now, where it is not as it was; one sample an instant. */
function sample({ model, counts }: Draft, { seq, atMs }: Entry): void {
  const next = {
    seq,
    atMs,
    ready: counts.ready,
    anchors: model.anchorBands.map(({ key }) => counts.anchors.get(key) ?? 0),
    issuers: model.issuerBands.map(({ key }) => counts.issuers.get(key) ?? 0),
  };
  const before = model.samples.at(-1);
  const same =
    before?.ready === next.ready &&
    sameCounts(before.anchors, next.anchors) &&
    sameCounts(before.issuers, next.issuers);
  if (same) return;
  if (before?.atMs === atMs) model.samples.pop();
  model.samples.push(next);
}

/** Bands that did not exist yet held nobody. */
function sameCounts(before: readonly number[], after: readonly number[]): boolean {
  return after.every((each, index) => each === (before[index] ?? 0));
}

function anchorBand({ model, caCertificates }: Draft, roots: readonly ArtefactId[]): string {
  const certificates = [...roots].sort();
  const key = certificates.join(' ');
  if (!model.anchorBands.some((band) => band.key === key)) {
    const names = certificates.map((root) => caCertificates.get(root)?.authority ?? root);
    model.anchorBands.push({ key, authorities: [...new Set(names)], certificates });
  }
  return key;
}

/** Leaves of one key of a CA belong together, whichever certificate of that key goes with them. */
function issuerBand({ model, caCertificates }: Draft, signedWith: ArtefactId): string {
  const known = caCertificates.get(signedWith);
  const authority = known?.authority ?? signedWith;
  const key = `${authority} ${known?.key ?? ''}`;
  const at = model.issuerBands.findIndex((band) => band.key === key);
  const band: Band = model.issuerBands[at] ?? { key, authorities: [authority], certificates: [] };
  if (!band.certificates.includes(signedWith)) {
    const grown = { ...band, certificates: [...band.certificates, signedWith] };
    model.issuerBands.splice(at < 0 ? model.issuerBands.length : at, at < 0 ? 0 : 1, grown);
  }
  return key;
}
