import { changePod, type StageHandlers } from './stage-draft.ts';

export const issuanceHandlers: StageHandlers = {
  'root.created': (draft, { data }) => {
    const { artefact, subject, notAfterMs } = data;
    draft.istiod = { ...draft.istiod, root: { artefact, subject, notAfterMs } };
  },
  'istiod.started': (draft, { atMs, data }) => {
    draft.istiod = { ...draft.istiod, running: true, sinceMs: atMs, reason: data.reason };
  },
  'istiod.stopped': (draft, { atMs, data }) => {
    draft.istiod = { ...draft.istiod, running: false, sinceMs: atMs, reason: data.reason };
  },
  'token.reviewed': (draft, { seq, atMs, data }) => {
    draft.apiServer = { review: { ...data, seq, atMs }, reviews: draft.apiServer.reviews + 1 };
  },
  'certificate.issued': (draft, { seq, atMs, data }) => {
    const { pod, artefact, spiffeId, requestedSan, checks, notBeforeMs } = data;
    draft.istiod = {
      ...draft.istiod,
      issued: draft.istiod.issued + 1,
      decision: { outcome: 'issued', pod, spiffeId, artefact, requestedSan, status: null, checks, seq, atMs },
    };
    changePod(draft, pod, () => ({ lastIssued: { artefact, notBeforeMs } }));
  },
  'csr.refused': (draft, { seq, atMs, data }) => {
    const { pod, status, checks } = data;
    draft.istiod = {
      ...draft.istiod,
      refused: draft.istiod.refused + 1,
      decision: {
        outcome: 'refused',
        pod,
        spiffeId: null,
        artefact: null,
        requestedSan: null,
        status,
        checks,
        seq,
        atMs,
      },
    };
  },
};
