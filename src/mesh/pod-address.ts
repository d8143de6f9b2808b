import { tellIfAlive, type MeshSystem } from './tell.ts';
import type { World } from './world.ts';

/** The CNI plugin of a node gives a pod's sandbox its address; nothing where the pod is gone. */
export function allocateAddress(world: World, system: MeshSystem, node: string, pod: string): void {
  const { cluster, trace } = world;
  const record = cluster.pods.get(pod);
  const pool = cluster.nodes.get(node)?.pool;
  if (record === undefined || pool === undefined) return;
  const allocated = pool.allocate(pod);
  if (!allocated.ok) {
    trace.append(`node:${node}`, 'pod.rejected', {
      workload: record.workload.name,
      namespace: record.namespace,
      reason: 'FailedCreatePodSandBox',
      message: allocated.message,
    });
    return;
  }
  record.ip = allocated.ip;
  cluster.podByIp.set(allocated.ip, pod);
  trace.append(`node:${node}`, 'pod.addressed', {
    pod,
    ip: allocated.ip,
    previousPod: allocated.previousOwner,
  });
  tellIfAlive(world, system, `pod:${pod}`, { type: 'sandbox.ready' });
}
