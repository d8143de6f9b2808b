import type { Entry } from '../trace/entry.ts';
import { workloadKey } from './actor.ts';
import type { Fold } from './fold.ts';
import { connectionHandlers } from './stage-connections.ts';
import { changePod, type StageHandlers } from './stage-draft.ts';
import { issuanceHandlers } from './stage-issuance.ts';
import { firstIstiod, istiodHandlers, newIstiod } from './stage-istiods.ts';
import type { PolicyModel, StageState } from './stage-model.ts';
import { podHandlers } from './stage-pods.ts';

/** The stage as a fold over the trace: who is there, what everybody holds, what travels and what is connected. */
export const stageFold: Fold<StageState> = {
  start: emptyStage,
  copy: (state) => ({
    ...state,
    istiods: new Map(state.istiods),
    caKeys: new Map(state.caKeys),
    stolenKeys: new Set(state.stolenKeys),
    nodes: new Map(state.nodes),
    pods: new Map(state.pods),
    workloads: new Map(state.workloads),
    messages: new Map(state.messages),
    links: new Map(state.links),
    policies: new Map(state.policies),
    rejections: new Map(state.rejections),
  }),
  step: (draft, entry) => {
    draft.seq = entry.seq;
    draft.atMs = entry.atMs;
    const handle = handlers[entry.kind] as ((draft: StageState, entry: Entry) => void) | undefined;
    handle?.(draft, entry);
  },
};

function emptyStage(): StageState {
  return {
    seq: -1,
    atMs: 0,
    epochMs: 0,
    trustDomain: 'cluster.local',
    cluster: 'Kubernetes',
    istiods: new Map([[firstIstiod, newIstiod]]),
    caKeys: new Map(),
    stolenKeys: new Set(),
    apiServer: { review: null, reviews: 0 },
    nodes: new Map(),
    pods: new Map(),
    workloads: new Map(),
    messages: new Map(),
    links: new Map(),
    policies: new Map(),
    rejections: new Map(),
  };
}

const policyKinds: ReadonlySet<string> = new Set([
  'AuthorizationPolicy',
  'NetworkPolicy',
  'PeerAuthentication',
] satisfies PolicyModel['kind'][]);

const worldHandlers: StageHandlers = {
  'world.started': (draft, { data }) => {
    draft.epochMs = data.epochMs;
    draft.trustDomain = data.trustDomain;
    draft.cluster = data.cluster;
  },
  'node.added': (draft, { data }) => {
    draft.nodes.set(data.node, { name: data.node, podCidr: data.podCidr, clockOffsetMs: 0 });
  },
  'resource.applied': (draft, { seq, data }) => {
    if (!policyKinds.has(data.resourceKind)) return;
    const name = `${data.namespace ?? ''}/${data.name}`;
    const key = `${data.resourceKind}:${name}`;
    if (data.change === 'deleted') draft.policies.delete(key);
    else {
      const kind = data.resourceKind as PolicyModel['kind'];
      draft.policies.set(key, { name, kind, seq, understood: data.understood });
    }
  },
  'policy.decided': (draft, { seq, data }) => {
    const { layer, policy, verdict } = data;
    changePod(draft, data.pod, (pod) => ({
      decisions: { ...pod.decisions, [layer]: { layer, policy, verdict, seq } },
    }));
  },
  'pod.rejected': (draft, { seq, data }) => {
    draft.rejections.set(workloadKey(data), { ...data, seq });
  },
};

const handlers: StageHandlers = {
  ...worldHandlers,
  ...podHandlers,
  ...issuanceHandlers,
  ...istiodHandlers,
  ...connectionHandlers,
};
