import { actorOf } from './actor.ts';
import type { StageHandlers } from './stage-draft.ts';
import type { IstiodModel, StageState } from './stage-model.ts';

/** systemId of the istiod of the first cluster. */
export const firstIstiod = 'istiod';

export const newIstiod: IstiodModel = {
  cluster: null,
  ca: null,
  clockOffsetMs: 0,
  running: true,
  sinceMs: 0,
  reason: null,
  root: null,
  decision: null,
  issued: 0,
  refused: 0,
};

/** An istiod by its systemId; one that is not there yet has done nothing. */
export function istiodOf({ istiods }: Pick<StageState, 'istiods'>, systemId: string): IstiodModel {
  return istiods.get(systemId) ?? newIstiod;
}

/** Replaces an istiod by a changed copy; an entry by somebody else speaks of the first. */
export function changeIstiod(
  draft: StageState,
  actor: string,
  change: (istiod: IstiodModel) => Partial<IstiodModel>,
): void {
  const systemId = actorOf(actor).role === 'istiod' ? actor : firstIstiod;
  const before = istiodOf(draft, systemId);
  draft.istiods.set(systemId, { ...before, ...change(before) });
}

export const istiodHandlers: StageHandlers = {
  'authority.certified': (draft, { data }) => {
    draft.caKeys.set(data.artefact, data.key);
  },
  'cacerts.loaded': (draft, { actor, data }) => {
    const { cluster, authority, certificate } = data;
    const stolen = draft.stolenKeys.has(draft.caKeys.get(certificate) ?? '');
    changeIstiod(draft, actor, () => ({ cluster, ca: { authority, certificate, stolen } }));
  },
  'key.stolen': (draft, { data }) => {
    draft.stolenKeys.add(data.key);
    for (const [systemId, { ca }] of draft.istiods) {
      if (ca !== null && draft.caKeys.get(ca.certificate) === data.key) {
        changeIstiod(draft, systemId, () => ({ ca: { ...ca, stolen: true } }));
      }
    }
  },
  'clock.skewed': (draft, { data }) => {
    const { of, name, offsetMs: clockOffsetMs } = data;
    const node = draft.nodes.get(name);
    if (of === 'node' && node !== undefined) draft.nodes.set(name, { ...node, clockOffsetMs });
    if (of === 'node') return;
    for (const [systemId, { cluster }] of draft.istiods) {
      if (cluster === name) changeIstiod(draft, systemId, () => ({ clockOffsetMs }));
    }
  },
};
