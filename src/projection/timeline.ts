import type { DecisionPoint, Entry, EntryKind, EntryOf, PodRef } from '../trace/entry.ts';
import { splitPodRef, workloadKey } from './actor.ts';
import { Growing } from './growing.ts';
import { takeAuthorityEntry } from './timeline-authorities.ts';
import type { CertificateBar, MarkKind, PodLife, TimelineModel, WorkloadLane } from './timeline-model.ts';

interface Draft {
  readonly model: TimelineModel;
  readonly pods: Map<PodRef, PodLife>;
  readonly lanes: Map<string, WorkloadLane>;
  readonly notBefore: Map<PodRef, number>;
}

/** Lanes of a growing trace. */
export class TimelineTracker extends Growing<Draft> {
  constructor() {
    super(emptyDraft, take);
  }
}

function emptyDraft(): Draft {
  return {
    model: {
      epochMs: 0,
      count: 0,
      lastAtMs: 0,
      istiod: { fromMs: null, outages: [], marks: [] },
      authorities: [],
      trustStory: false,
      lanes: [],
      latestNotAfterMs: 0,
    },
    pods: new Map(),
    lanes: new Map(),
    notBefore: new Map(),
  };
}

function take(draft: Draft, entry: Entry): void {
  draft.model.count += 1;
  draft.model.lastAtMs = Math.max(draft.model.lastAtMs, entry.atMs);
  takeAuthorityEntry(draft.model, entry);
  const handle = handlers[entry.kind] as ((draft: Draft, entry: Entry) => void) | undefined;
  handle?.(draft, entry);
}

type Handlers = { readonly [K in EntryKind]?: (draft: Draft, entry: EntryOf<K>) => void };

const connectionDeciders: ReadonlySet<DecisionPoint> = new Set([
  'NetworkPolicy',
  'TLS',
  'PeerIdentity',
  'PeerAuthentication',
]);

const handlers: Handlers = {
  'world.started': ({ model }, { data }) => {
    model.epochMs = data.epochMs;
  },
  'root.created': ({ model }, entry) => {
    model.istiod.fromMs ??= entry.atMs;
  },
  'istiod.stopped': ({ model }, entry) => {
    model.istiod.outages.push({ fromMs: entry.atMs, untilMs: null, seq: entry.seq });
    model.istiod.marks.push(markOf(entry, 'stopped'));
  },
  'istiod.started': ({ model }, entry) => {
    model.istiod.fromMs ??= entry.atMs;
    const outage = model.istiod.outages.at(-1);
    if (outage?.untilMs === null) outage.untilMs = entry.atMs;
    model.istiod.marks.push(markOf(entry, 'started'));
  },
  'pod.scheduled': (draft, entry) => {
    addPod(draft, entry);
  },
  'pod.ready': mark('ready'),
  'pod.unready': mark('unready'),
  'pod.deleted': (draft, entry) => {
    const pod = draft.pods.get(entry.data.pod);
    if (pod === undefined) return;
    pod.untilMs = entry.atMs;
    pod.marks.push(markOf(entry, 'deleted'));
  },
  'token.projected': (draft, { seq, atMs, data }) => {
    const { artefact, expiresAtMs: untilMs } = data;
    draft.pods.get(data.pod)?.tokens.push({ artefact, seq, fromMs: atMs, untilMs });
  },
  'certificate.issued': (draft, entry) => {
    draft.model.istiod.marks.push(markOf(entry, 'issued'));
    if (entry.data.pod !== null) draft.notBefore.set(entry.data.pod, entry.data.notBeforeMs);
  },
  'csr.refused': (draft, entry) => {
    draft.model.istiod.marks.push(markOf(entry, 'refused-csr'));
  },
  'svid.received': (draft, { seq, atMs, data }) => {
    const pod = draft.pods.get(data.pod);
    if (pod === undefined) return;
    pod.certificates.push({
      artefact: data.artefact,
      spiffeId: data.spiffeId,
      generation: data.generation,
      seq,
      receivedAtMs: atMs,
      acceptedAtMs: null,
      notBeforeMs: draft.notBefore.get(data.pod) ?? atMs,
      notAfterMs: data.notAfterMs,
      dueAtMs: null,
      replacedAtMs: null,
    });
    draft.model.latestNotAfterMs = Math.max(draft.model.latestNotAfterMs, data.notAfterMs);
  },
  'rotation.scheduled': (draft, { data }) => {
    const bar = draft.pods.get(data.pod)?.certificates.at(-1);
    if (bar !== undefined) bar.dueAtMs = data.dueAtMs;
  },
  'secret.accepted': (draft, entry) => {
    if (entry.data.resource !== 'default') return;
    const pod = draft.pods.get(entry.data.pod);
    if (pod === undefined) return;
    acceptSecret(pod.certificates, entry);
    pod.marks.push(markOf(entry, 'accepted'));
  },
  'rotation.started': mark('rotation'),
  'renewal.failed': mark('failed'),
  'certificate.expired': mark('expired'),
  'connection.opened': ({ pods }, entry) => {
    pods.get(entry.data.from)?.marks.push(markOf(entry, entry.data.security));
  },
  'connection.refused': ({ pods }, entry) => {
    pods.get(entry.data.from)?.marks.push(markOf(entry, 'refused'));
  },
  'request.answered': ({ pods }, entry) => {
    const { outcome, by, from } = entry.data;
    // A refused connection has its own mark; this one is for what was refused on an open connection.
    if (outcome === 'allowed' || (by !== null && connectionDeciders.has(by))) return;
    pods.get(from)?.marks.push(markOf(entry, 'refused'));
  },
};

function mark(kind: MarkKind) {
  return (draft: Draft, entry: Entry & { readonly data: { readonly pod: PodRef } }): void => {
    draft.pods.get(entry.data.pod)?.marks.push(markOf(entry, kind));
  };
}

function markOf({ seq, atMs }: Entry, kind: MarkKind): { seq: number; atMs: number; kind: MarkKind } {
  return { seq, atMs, kind };
}

function addPod(draft: Draft, entry: EntryOf<'pod.scheduled'>): void {
  const { pod: ref, workload, serviceAccount, injected } = entry.data;
  const pod: PodLife = {
    ref,
    workload,
    serviceAccount,
    injected,
    seq: entry.seq,
    fromMs: entry.atMs,
    untilMs: null,
    certificates: [],
    tokens: [],
    marks: [markOf(entry, 'born')],
  };
  draft.pods.set(ref, pod);
  const lane = laneOf(draft, pod);
  const free = lane.rows.find((row) => (row.pods.at(-1)?.untilMs ?? Infinity) <= pod.fromMs);
  if (free === undefined) lane.rows.push({ pods: [pod] });
  else free.pods.push(pod);
}

function laneOf(draft: Draft, pod: PodLife): WorkloadLane {
  const { namespace } = splitPodRef(pod.ref);
  const key = workloadKey({ namespace, workload: pod.workload });
  let lane = draft.lanes.get(key);
  if (lane === undefined) {
    lane = { workload: splitPodRef(pod.workload).name, namespace, rows: [] };
    draft.lanes.set(key, lane);
    draft.model.lanes.push(lane);
  }
  return lane;
}

function acceptSecret(bars: CertificateBar[], { seq, atMs, data }: EntryOf<'secret.accepted'>): void {
  const index = bars.findLastIndex((bar) => bar.artefact === data.certificate);
  const bar = bars[index];
  // Envoy may be given the same secret again, after a reconnect: its life began with the first time.
  if (bar === undefined || bar.acceptedAtMs !== null) return;
  bar.acceptedAtMs = atMs;
  bar.seq = seq;
  if (data.notBeforeMs !== null) bar.notBeforeMs = data.notBeforeMs;
  const before = bars[index - 1];
  if (before !== undefined) before.replacedAtMs ??= atMs;
}
