import { utf8Encode } from '../../core/bytes/index.ts';
import type { PodRecord } from '../cluster.ts';
import { pushSecret } from '../agent-secrets.ts';
import { post, type Incoming, type World } from '../world.ts';
import { pemOf, rootArtefacts, type ControlPlane } from './control-plane.ts';

/**
 * From a changed ConfigMap to the file in a running pod: kubelet's sync period and the lifetime of its cache. Simplified:
 * one minute for every pod.
 */
const mountDelayMs = 60_000;

/**
 * The ConfigMap `istio-ca-root-cert`, by which agents know istiod (pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go).
 * Simplified: agents see the new file at once.
 */
export function distributeRoots(world: World, plane: ControlPlane): void {
  const { actor, cluster } = plane;
  const roots = rootArtefacts(plane);
  world.trace.append(actor, 'trust.distributed', { cluster, channel: 'istio-ca-root-cert', roots, crls: [] });
  publishBundle(world, plane, 'configured');
}

/**
 * The ClusterTrustBundle of istiod, where that is switched on: for workloads that mount it as a projected volume, not for
 * sidecars (pilot/pkg/config/kube/clustertrustbundle/controller.go).
 */
export function publishBundle(world: World, plane: ControlPlane, change: 'created' | 'configured'): void {
  if (!plane.clusterTrustBundle) return;
  const { actor, cluster } = plane;
  world.trace.append('api-server', 'resource.applied', {
    apiVersion: 'certificates.k8s.io/v1beta1',
    resourceKind: 'ClusterTrustBundle',
    namespace: null,
    name: 'istio.io:istiod-ca:root-cert',
    change,
    understood: 'full',
    notices: [],
  });
  const roots = rootArtefacts(plane);
  world.trace.append(actor, 'trust.distributed', { cluster, channel: 'ClusterTrustBundle', roots, crls: [] });
}

/** The ConfigMap `istio-ca-crl`: once its file has come to a pod, the agent serves ROOTCA with the list. */
export function distributeCrls(world: World, plane: ControlPlane): void {
  const { actor, cluster, loaded } = plane;
  const crls = loaded.crls.map(({ artefact }) => artefact);
  world.trace.append(actor, 'trust.distributed', { cluster, channel: 'istio-ca-crl', roots: [], crls });
  world.clock.setTimeout(() => {
    for (const record of podsOf(world, plane)) mountCrls(world, record, plane);
  }, mountDelayMs);
}

/** Writes the lists of the cluster into a pod; a pod that is being created finds them there. */
export function mountCrls(world: World, record: PodRecord, { loaded }: ControlPlane): void {
  if (loaded.crls.length === 0) return;
  const runtime = world.runtimes.of(record.pod);
  if (runtime.crls === loaded.crls) return;
  runtime.crls = loaded.crls;
  pushSecret(world, record, 'ROOTCA');
}

/** Anchors of the mesh configuration, where there are any, for an agent that has just come. */
export function sendAnchors(world: World, plane: ControlPlane, record: PodRecord): void {
  if (plane.extraAnchors.length > 0 && plane.multiRoot) postAnchors(world, plane, record);
}

/**
 * For agents that take them (`PROXY_CONFIG_XDS_AGENT`). Simplified: each agent gets them as a message of their own with the
 * PEM text, where Istio sends a ProxyConfig on the agent's xDS stream.
 */
function postAnchors(world: World, plane: ControlPlane, record: PodRecord): void {
  post(world, {
    from: plane.actor,
    to: record.actors.agent,
    protocol: 'TrustBundle',
    label: 'PCDS anchors',
    kind: 'chain',
    pod: record.pod,
    payload: utf8Encode(pemOf(plane.extraAnchors)),
    stream: `pcds:${record.pod}`,
    refs: Object.fromEntries(
      plane.extraAnchors.map(({ artefact }, index) => [`anchor-${index + 1}`, artefact]),
    ),
  });
}

export function distributeAnchors(world: World, plane: ControlPlane): void {
  const { actor, cluster, extraAnchors } = plane;
  const roots = extraAnchors.map(({ artefact }) => artefact);
  world.trace.append(actor, 'trust.distributed', { cluster, channel: 'PCDS', roots, crls: [] });
  // Those that were taken away have to be told of, too.
  for (const record of podsOf(world, plane)) postAnchors(world, plane, record);
}

/** An agent takes the anchors and hands Envoy the larger bundle. */
export function receiveAnchors(world: World, record: PodRecord, incoming: Incoming): void {
  const runtime = world.runtimes.of(record.pod);
  const pem = new TextDecoder().decode(incoming.payload);
  runtime.extraRootsPem = pem === '' ? null : pem;
  pushSecret(world, record, 'ROOTCA');
}

function podsOf(world: World, plane: ControlPlane): PodRecord[] {
  return [...world.cluster.pods.values()].filter(
    ({ controlPlane, injected, deletionAtMs }) => controlPlane === plane && injected && deletionAtMs === null,
  );
}
