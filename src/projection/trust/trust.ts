import type { ArtefactId } from '../../trace/artefact.ts';
import type { Entry, EntryKind, EntryOf, PodRef } from '../../trace/entry.ts';
import { splitPodRef, workloadKey } from '../actor.ts';
import type { Fold } from '../fold.ts';
import type { AuthorityModel, LeafModel, TrustPod, TrustState } from './model.ts';

/** CAs, anchors, leaves, thefts and revocations as a fold over the trace. */
export const trustFold: Fold<TrustState> = {
  start: () => ({
    seq: -1,
    atMs: 0,
    epochMs: 0,
    authorities: new Map(),
    clusters: new Map(),
    clusterOf: new Map(),
    pods: new Map(),
    stolen: new Map(),
    forged: new Map(),
    revocations: new Map(),
    crls: new Map(),
    blasts: [],
  }),
  copy: (state) => ({
    ...state,
    authorities: new Map(state.authorities),
    clusters: new Map(state.clusters),
    clusterOf: new Map(state.clusterOf),
    pods: new Map(state.pods),
    stolen: new Map(state.stolen),
    forged: new Map(state.forged),
    revocations: new Map(state.revocations),
    crls: new Map(state.crls),
  }),
  step: (draft, entry) => {
    draft.seq = entry.seq;
    draft.atMs = entry.atMs;
    const handle = handlers[entry.kind] as ((draft: TrustState, entry: Entry) => void) | undefined;
    handle?.(draft, entry);
  },
};

type Handlers = { readonly [K in EntryKind]?: (draft: TrustState, entry: EntryOf<K>) => void };

/** Measurements kept for comparing the last with those before it. */
const blastsKept = 4;
/** A certificate signed for a pod is presented soon or never. */
const issuedKept = 3;

const handlers: Handlers = {
  'world.started': (draft, { data }) => {
    draft.epochMs = data.epochMs;
  },
  'authority.certified': (draft, { seq, atMs, data }) => {
    const { authority: name, custody, ...certificate } = data;
    const before = draft.authorities.get(name);
    const certificates = [...(before?.certificates ?? []), { ...certificate, seq, atMs }];
    draft.authorities.set(name, { name, custody, certificates, refusal: null });
  },
  'authority.custody': (draft, { data }) => {
    changeAuthority(draft, data.authority, { custody: data.custody });
  },
  'authority.refused': (draft, { seq, data }) => {
    changeAuthority(draft, data.authority, { refusal: { rule: data.rule, message: data.message, seq } });
  },
  'cacerts.loaded': (draft, { seq, atMs, actor, data }) => {
    const { cluster: name, authority, certificate, roots, crls, selfSigned } = data;
    const loaded = { name, istiod: actor, authority, certificate, roots, crls, selfSigned, seq, atMs };
    draft.clusters.set(name, { ...loaded, refusal: null });
    draft.clusterOf.set(actor, name);
  },
  'cacerts.refused': (draft, { seq, data }) => {
    const cluster = draft.clusters.get(data.cluster);
    if (cluster === undefined) return;
    draft.clusters.set(cluster.name, { ...cluster, refusal: { rule: data.rule, log: data.log, seq } });
  },
  'pod.scheduled': (draft, { data }) => {
    const { namespace } = splitPodRef(data.pod);
    draft.pods.set(data.pod, {
      ref: data.pod,
      workload: workloadKey({ namespace, workload: data.workload }),
      injected: data.injected,
      ready: false,
      cluster: null,
      anchors: null,
      issued: [],
      leaf: null,
    });
  },
  'pod.ready': (draft, { data }) => changePod(draft, data.pod, () => ({ ready: true })),
  'pod.unready': (draft, { data }) => changePod(draft, data.pod, () => ({ ready: false })),
  'pod.terminating': (draft, { data }) => changePod(draft, data.pod, () => ({ ready: false })),
  'pod.deleted': (draft, { data }) => {
    draft.pods.delete(data.pod);
  },
  'anchors.adopted': (draft, { atMs, data }) => {
    const { pod, cluster, roots, crls } = data;
    changePod(draft, pod, () => ({ cluster, anchors: { roots, crls, atMs } }));
  },
  'certificate.issued': (draft, entry) => {
    const { pod, artefact, spiffeId, notBeforeMs, notAfterMs } = entry.data;
    const cluster = draft.clusters.get(draft.clusterOf.get(entry.actor) ?? '');
    const [authority, signedWith] = [cluster?.authority ?? null, cluster?.certificate ?? null];
    const leaf = { artefact, spiffeId, notBeforeMs, notAfterMs, authority, signedWith };
    changePod(draft, pod, ({ issued }) => ({
      cluster: cluster?.name ?? null,
      issued: [...issued, leaf].slice(-issuedKept),
    }));
  },
  'secret.accepted': (draft, { data }) => {
    if (data.resource !== 'default') return;
    changePod(draft, data.pod, ({ issued, leaf }) => ({
      leaf: issued.find(({ artefact }) => artefact === data.certificate) ?? unexplained(data) ?? leaf,
    }));
  },
  'key.stolen': (draft, { seq, atMs, data }) => {
    const authority = data.of === 'authority' ? data.holder : signerOf(draft, data.certificate);
    draft.stolen.set(data.key, { ...data, authority, seq, atMs });
  },
  'certificate.forged': (draft, { seq, atMs, data }) => {
    const { authority, artefact, spiffeId, notAfterMs } = data;
    draft.forged.set(artefact, { authority, artefact, spiffeId, notAfterMs, seq, atMs });
  },
  'certificate.revoked': (draft, { seq, atMs, data }) => {
    draft.revocations.set(`${data.authority} ${data.serialNumber}`, { ...data, seq, atMs });
  },
  'crl.published': (draft, { seq, data }) => {
    draft.crls.set(data.authority, { ...data, seq });
  },
  'blast-radius.measured': (draft, { seq, atMs, data }) => {
    draft.blasts = [...draft.blasts, { ...data, seq, atMs }].slice(-blastsKept);
  },
};

function changePod(
  draft: TrustState,
  ref: PodRef | null,
  change: (pod: TrustPod) => Partial<TrustPod>,
): void {
  const pod = ref === null ? undefined : draft.pods.get(ref);
  if (pod !== undefined) draft.pods.set(pod.ref, { ...pod, ...change(pod) });
}

function changeAuthority(draft: TrustState, name: string, change: Partial<AuthorityModel>): void {
  const authority = draft.authorities.get(name);
  if (authority !== undefined) draft.authorities.set(name, { ...authority, ...change });
}

function signerOf({ pods }: TrustState, certificate: ArtefactId): string | null {
  for (const { issued, leaf } of pods.values()) {
    const found = [...issued, leaf].find((each) => each?.artefact === certificate);
    if (found) return found.authority;
  }
  return null;
}

/** A certificate that Envoy presents and that no entry has told the signing of, such as one laid down by hand. */
function unexplained(data: EntryOf<'secret.accepted'>['data']): LeafModel | null {
  const { certificate, spiffeId, notBeforeMs, notAfterMs } = data;
  if (certificate === null || spiffeId === null || notBeforeMs === null || notAfterMs === null) return null;
  return { artefact: certificate, spiffeId, notBeforeMs, notAfterMs, authority: null, signedWith: null };
}
