import { changePod, type StageHandlers } from './stage-draft.ts';
import { changeIstiod } from './stage-istiods.ts';

export const issuanceHandlers: StageHandlers = {
  'root.created': (draft, { actor, data }) => {
    const { artefact, subject, notAfterMs } = data;
    changeIstiod(draft, actor, () => ({ root: { artefact, subject, notAfterMs } }));
  },
  'istiod.started': (draft, { actor, atMs, data }) => {
    changeIstiod(draft, actor, () => ({ running: true, sinceMs: atMs, reason: data.reason }));
  },
  'istiod.stopped': (draft, { actor, atMs, data }) => {
    changeIstiod(draft, actor, () => ({ running: false, sinceMs: atMs, reason: data.reason }));
  },
  'token.reviewed': (draft, { seq, atMs, data }) => {
    draft.apiServer = { review: { ...data, seq, atMs }, reviews: draft.apiServer.reviews + 1 };
  },
  'certificate.issued': (draft, { seq, atMs, actor, data }) => {
    const { pod, artefact, spiffeId, requestedSan, checks, notBeforeMs } = data;
    changeIstiod(draft, actor, ({ issued }) => ({
      issued: issued + 1,
      decision: { outcome: 'issued', pod, spiffeId, artefact, requestedSan, status: null, checks, seq, atMs },
    }));
    changePod(draft, pod, () => ({ lastIssued: { artefact, notBeforeMs } }));
  },
  'csr.refused': (draft, { seq, atMs, actor, data }) => {
    const { pod, status, checks } = data;
    changeIstiod(draft, actor, ({ refused }) => ({
      refused: refused + 1,
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
    }));
  },
};
