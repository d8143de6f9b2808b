import { admitPod } from './admission.ts';
import type { PodRecord, Workload } from './cluster.ts';
import { tell, type MeshSystem } from './tell.ts';
import type { World } from './world.ts';

/**
 * Brings the pods of a workload towards its template and replica count, as the deployment and replica-set
 * controllers do together. Simplified: a rollout starts every new pod at once and ends one old pod for each new
 * pod that is ready; a StatefulSet starts its ordinals together and replaces them from the highest down.
 */
export function reconcile(world: World, system: MeshSystem, workload: Workload): void {
  const live = livePods(world, workload);
  if (workload.deleted) {
    for (const pod of live) terminatePod(world, system, pod);
    return;
  }
  if (workload.kind === 'StatefulSet') reconcileStatefulSet(world, system, workload, live);
  else reconcileReplicas(world, system, workload, live);
}

function reconcileReplicas(world: World, system: MeshSystem, workload: Workload, live: PodRecord[]): void {
  const current = live.filter((pod) => pod.hash === workload.hash);
  const old = live.filter((pod) => pod.hash !== workload.hash);
  for (let missing = workload.replicas - current.length; missing > 0; missing -= 1) {
    if (!createPod(world, system, workload, null)) break;
  }
  const surplus = current.length - workload.replicas;
  if (surplus > 0) {
    const victims = [...current].sort(
      (a, b) => Number(a.ready) - Number(b.ready) || b.createdAtMs - a.createdAtMs,
    );
    for (const pod of victims.slice(0, surplus)) terminatePod(world, system, pod);
  }
  const ready = current.filter((pod) => pod.ready).length;
  const keep = Math.max(0, workload.replicas - ready);
  for (const pod of old.slice(0, Math.max(0, old.length - keep))) terminatePod(world, system, pod);
  workload.rolling = old.length > 0;
}

function reconcileStatefulSet(world: World, system: MeshSystem, workload: Workload, live: PodRecord[]): void {
  const byName = new Map(live.map((pod) => [pod.name, pod]));
  const existing = new Set([...workload.pods].map((pod) => world.cluster.pods.get(pod)?.name));
  for (let ordinal = 0; ordinal < workload.replicas; ordinal += 1) {
    const name = `${workload.name}-${ordinal}`;
    if (!existing.has(name) && !createPod(world, system, workload, name)) break;
    byName.delete(name);
  }
  for (const pod of byName.values()) terminatePod(world, system, pod);
  const stale = live.filter((pod) => pod.hash !== workload.hash && !byName.has(pod.name));
  const settled =
    live.length >= workload.replicas && live.every((pod) => pod.ready || pod.hash !== workload.hash);
  const next = stale.sort((a, b) => ordinalOf(b) - ordinalOf(a))[0];
  if (next !== undefined && settled) terminatePod(world, system, next);
  workload.rolling = stale.length > 0;
}

function ordinalOf(pod: PodRecord): number {
  return Number(pod.name.slice(pod.name.lastIndexOf('-') + 1));
}

function createPod(world: World, system: MeshSystem, workload: Workload, name: string | null): boolean {
  const admitted = admitPod(world, workload, name);
  if (!admitted.ok) {
    world.trace.append('api-server', 'pod.rejected', {
      workload: workload.name,
      namespace: workload.namespace,
      reason: 'FailedCreate',
      message: admitted.message,
    });
    workload.refusals += 1;
    tell(world, system, 'api-server', {
      type: 'creation.refused',
      workload: workload.key,
      refusals: workload.refusals,
    });
    return false;
  }
  workload.refusals = 0;
  tell(world, system, `node:${admitted.record.node}`, { type: 'pod.bound', record: admitted.record });
  return true;
}

/** Marks a pod as terminating and tells its node. */
export function terminatePod(world: World, system: MeshSystem, record: PodRecord): void {
  if (record.deletionAtMs !== null) return;
  record.deletionAtMs = world.clock.now();
  record.ready = false;
  world.trace.append('api-server', 'pod.terminating', { pod: record.pod });
  tell(world, system, `pod:${record.pod}`, { type: 'pod.terminate' });
}

function livePods(world: World, workload: Workload): PodRecord[] {
  const live: PodRecord[] = [];
  for (const pod of workload.pods) {
    const record = world.cluster.pods.get(pod);
    if (record !== undefined && record.deletionAtMs === null) live.push(record);
  }
  return live;
}
