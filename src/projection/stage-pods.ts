import type { EntryOf } from '../trace/entry.ts';
import { actorOf, splitPodRef, workloadKey } from './actor.ts';
import type { PodModel, StageState } from './stage-model.ts';
import { changePod, type StageHandlers } from './stage-draft.ts';

/** How long a deleted pod stays on the stage as a ghost, so that a freed address can still be seen. */
export const GHOST_MS = 30_000;

export const podHandlers: StageHandlers = {
  'pod.scheduled': (draft, entry) => {
    forgetGhosts(draft, entry.atMs);
    const pod = newPod(entry);
    const workload = workloadKey(pod);
    if (!draft.workloads.has(workload)) draft.workloads.set(workload, draft.workloads.size);
    draft.pods.set(pod.ref, pod);
    draft.rejections.delete(workload);
  },
  'pod.addressed': (draft, { data }) => {
    changePod(draft, data.pod, () => ({ phase: 'addressed', ip: data.ip, previousPod: data.previousPod }));
  },
  'pod.ready': (draft, { data }) => {
    changePod(draft, data.pod, () => ({ phase: 'ready', unreadyReason: null }));
  },
  'pod.unready': (draft, { data }) => {
    changePod(draft, data.pod, () => ({ phase: 'unready', unreadyReason: data.reason }));
  },
  'pod.terminating': (draft, { data }) => {
    changePod(draft, data.pod, () => ({ phase: 'terminating' }));
  },
  'pod.deleted': (draft, { atMs, data }) => {
    changePod(draft, data.pod, () => ({ phase: 'deleted', deletedAtMs: atMs }));
    for (const link of draft.links.values()) {
      if (link.from === data.pod || link.to === data.pod) draft.links.delete(link.key);
    }
  },
  'token.projected': (draft, { data }) => {
    const { artefact, audience, expiresAtMs } = data;
    changePod(draft, data.pod, ({ agent }) => ({
      agent: { ...agent, token: { artefact, audience, expiresAtMs } },
    }));
  },
  'key.generated': (draft, { actor, data }) => {
    const { artefact } = data;
    changePod(draft, data.pod, ({ agent }) =>
      byHand(actor)
        ? { app: { key: artefact, csr: null } }
        : { agent: { ...agent, doing: 'requesting', key: artefact, csr: null } },
    );
  },
  'csr.created': (draft, { actor, data }) => {
    const csr = { artefact: data.artefact, san: data.san };
    changePod(draft, data.pod, ({ app, agent }) =>
      byHand(actor) ? { app: { ...app, csr } } : { agent: { ...agent, doing: 'requesting', csr } },
    );
  },
  'svid.received': (draft, { atMs, data }) => {
    const { artefact, key, spiffeId, notAfterMs, generation } = data;
    changePod(draft, data.pod, ({ agent, lastIssued }) => ({
      agent: {
        ...agent,
        doing: 'serving',
        key,
        failure: null,
        certificate: {
          artefact,
          spiffeId,
          notBeforeMs: lastIssued?.artefact === artefact ? lastIssued.notBeforeMs : atMs,
          notAfterMs,
          heldSinceMs: atMs,
          generation,
        },
      },
    }));
  },
  'rotation.scheduled': (draft, { data }) => {
    const { dueAtMs, ratio, jitter, lifetimeMs } = data;
    changePod(draft, data.pod, ({ agent }) => ({
      rotation: { certificate: agent.certificate?.artefact ?? null, dueAtMs, ratio, jitter, lifetimeMs },
    }));
  },
  'rotation.started': (draft, { data }) => {
    changePod(draft, data.pod, ({ agent }) => ({ agent: { ...agent, doing: 'requesting' } }));
  },
  'renewal.failed': (draft, { atMs, data }) => {
    const { attempt, status, retryInMs } = data;
    const retryAtMs = retryInMs === null ? null : atMs + retryInMs;
    changePod(draft, data.pod, ({ agent }) => ({
      agent: { ...agent, doing: 'retrying', failure: { attempt, status, retryAtMs } },
    }));
  },
  'secret.pushed': (draft, { data }) => {
    if (data.resource !== 'default') return;
    changePod(draft, data.pod, ({ envoy }) => ({ envoy: { ...envoy, delivery: data.artefact } }));
  },
  'secret.accepted': (draft, { atMs, data }) => {
    const { certificate, spiffeId, notBeforeMs, notAfterMs } = data;
    if (data.resource === 'ROOTCA') {
      changePod(draft, data.pod, ({ envoy }) => ({ envoy: { ...envoy, trustsRoots: true } }));
      return;
    }
    if (certificate === null || spiffeId === null || notAfterMs === null) return;
    changePod(draft, data.pod, ({ envoy, agent }) => ({
      envoy: {
        ...envoy,
        secret: {
          artefact: certificate,
          spiffeId,
          notBeforeMs: notBeforeMs ?? atMs,
          notAfterMs,
          heldSinceMs: atMs,
          generation: agent.certificate?.generation ?? 1,
        },
      },
    }));
  },
};

/** Whether a key or CSR was made in the app's container rather than by the agent. */
function byHand(actor: string): boolean {
  return actorOf(actor).role === 'app';
}

function newPod({ seq, atMs, data }: EntryOf<'pod.scheduled'>): PodModel {
  const { namespace, name } = splitPodRef(data.pod);
  return {
    ref: data.pod,
    namespace,
    name,
    uid: data.uid,
    node: data.node,
    workload: data.workload,
    serviceAccount: data.serviceAccount,
    labels: data.labels,
    injected: data.injected,
    injection: data.injection,
    phase: 'scheduled',
    unreadyReason: null,
    ip: null,
    previousPod: null,
    scheduledAtMs: atMs,
    deletedAtMs: null,
    app: { key: null, csr: null },
    agent: { doing: 'waiting', token: null, key: null, csr: null, certificate: null, failure: null },
    envoy: { secret: null, delivery: null, trustsRoots: false },
    rotation: null,
    lastIssued: null,
    decisions: {},
    lastSeq: seq,
  };
}

function forgetGhosts(draft: StageState, atMs: number): void {
  for (const pod of draft.pods.values()) {
    if (pod.deletedAtMs !== null && atMs - pod.deletedAtMs > GHOST_MS) draft.pods.delete(pod.ref);
  }
}
