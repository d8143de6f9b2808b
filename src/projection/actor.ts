import type { PodRef } from '../trace/entry.ts';

type ActorRole = 'api-server' | 'istiod' | 'node' | 'pod' | 'agent' | 'envoy' | 'app' | 'other';

/** An actor's systemId taken apart: `envoy:shop/order-x2k7q` is the role `envoy` in the pod `shop/order-x2k7q`. */
export interface ActorName {
  readonly role: ActorRole;
  readonly pod: PodRef | null;
  readonly node: string | null;
}

const inPod: ReadonlySet<string> = new Set(['pod', 'agent', 'envoy', 'app']);

/**
 * Reads the systemId of an actor or the endpoint of a message.
 *
 * @param systemId `istiod`, `istiod:<cluster>`, `api-server`, `node:<node>` or `pod|agent|envoy|app:<namespace>/<name>`
 * @returns role `other` for anything else
 */
export function actorOf(systemId: string): ActorName {
  if (systemId === 'istiod' || systemId === 'api-server') return { role: systemId, pod: null, node: null };
  const colon = systemId.indexOf(':');
  const role = systemId.slice(0, Math.max(0, colon));
  const name = systemId.slice(colon + 1);
  // The first istiod is called just that; those of other clusters have the cluster's name behind.
  if (role === 'istiod') return { role, pod: null, node: null };
  if (role === 'node') return { role, pod: null, node: name };
  if (inPod.has(role)) return { role: role as ActorRole, pod: name, node: null };
  return { role: 'other', pod: null, node: null };
}

/** The two halves of a pod reference `namespace/name`. */
export function splitPodRef(ref: PodRef): { readonly namespace: string; readonly name: string } {
  const slash = ref.indexOf('/');
  return { namespace: ref.slice(0, Math.max(0, slash)), name: ref.slice(slash + 1) };
}

/** A pod's name as people say it: its workload and the random end, `order-…x2k7q` for `order-7d9c5f68b4-x2k7q`. */
export function shortPodName(ref: PodRef, workload: string): string {
  const { name } = splitPodRef(ref);
  const own = workload.slice(workload.indexOf('/') + 1);
  if (!name.startsWith(`${own}-`)) return name;
  const rest = name.slice(own.length + 1);
  const dash = rest.lastIndexOf('-');
  return dash < 0 ? name : `${own}-…${rest.slice(dash + 1)}`;
}

/** Wordings of a pod's name from the fullest to the shortest; with its namespace first where it is asked for. */
export function podNames(
  pod: { readonly ref: PodRef; readonly namespace: string; readonly workload: string },
  withNamespace: boolean,
): readonly string[] {
  const { namespace, workload } = pod;
  const short = shortPodName(pod.ref, workload);
  return withNamespace ? [`${namespace}/${short}`, `${namespace}/${workload}`, workload] : [short, workload];
}

/** `namespace/workload`: two namespaces may both have an `order`. */
export function workloadKey(of: { readonly namespace: string; readonly workload: string }): string {
  return of.workload.includes('/') ? of.workload : `${of.namespace}/${of.workload}`;
}
