import type { MomentOf } from './command.ts';
import type { PodRecord } from './cluster.ts';
import type { PodMaterial, PodStatus } from './mesh.ts';
import type { World } from './world.ts';

export function podStatus(world: World, record: PodRecord): PodStatus {
  const runtime = world.runtimes.peek(record.pod);
  return {
    pod: record.pod,
    namespace: record.namespace,
    name: record.name,
    uid: record.uid,
    workload: record.workload.name,
    node: record.node,
    ip: record.ip,
    serviceAccount: record.serviceAccount,
    injected: record.injected,
    ready: record.ready,
    terminating: record.deletionAtMs !== null,
    spiffeId: runtime?.envoy?.spiffeId ?? null,
    certificateNotAfterMs: runtime?.envoy?.notAfterMs ?? null,
    renewalDueMs: runtime?.renewalDueMs ?? null,
  };
}

export function podMaterial(world: World, pod: string): PodMaterial | null {
  const runtime = world.runtimes.peek(pod);
  if (runtime === undefined) return null;
  return {
    pod,
    csrPem: runtime.agent?.csrPem ?? runtime.pending?.csrPem ?? null,
    certChainPem: runtime.agent?.chainPem ?? null,
    keyPem: runtime.agent?.keyPem ?? null,
    rootCertPem: runtime.agent?.rootPem ?? null,
    token: runtime.token?.jwt ?? null,
  };
}

/** When a moment of a pod's certificate comes, the offset applied; null while it has none. */
export function momentOf(world: World, { moment, pod, offsetMs }: MomentOf): number | null {
  const record = world.cluster.resolve(pod);
  const runtime = record === null ? undefined : world.runtimes.peek(record.pod);
  const at = moment === 'renewal' ? runtime?.renewalDueMs : runtime?.envoy?.notAfterMs;
  return at === null || at === undefined ? null : at + offsetMs;
}
