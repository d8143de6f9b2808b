import { evaluateNetworkPolicies } from '../../core/kubernetes/index.ts';
import type { PodRecord } from '../cluster.ts';
import { podOfActor } from '../pod-names.ts';
import type { Incoming, World } from '../world.ts';

/**
 * What the CNI plugin of the destination's node does with the first packet of a connection. A packet's identity is its
 * source address at that moment: selectors are turned into the addresses that pods have right now.
 * Simplified: no plugin's cache is ever stale, and only ingress rules act.
 */
export function admitPacket(world: World, record: PodRecord, incoming: Incoming): boolean {
  const { packet } = incoming.meta;
  if (packet === undefined || record.ip === null) return true;
  const { cluster } = world;
  const sourcePod = cluster.pods.get(cluster.podByIp.get(packet.sourceIp) ?? '');
  const decision = evaluateNetworkPolicies({
    policies: [...cluster.networkPolicies.values()],
    namespaces: cluster.namespaces,
    destination: {
      namespace: record.namespace,
      labels: record.labels,
      containers: record.template.spec.containers,
    },
    source: {
      ip: packet.sourceIp,
      pod: sourcePod === undefined ? null : { namespace: sourcePod.namespace, labels: sourcePod.labels },
    },
    port: packet.port,
  });
  const connection = incoming.meta.stream;
  if (decision.selected) {
    world.trace.append(`node:${record.node}`, 'policy.decided', {
      request: connection,
      pod: record.pod,
      layer: 'NetworkPolicy',
      verdict: decision.verdict,
      policy: decision.policy,
      evidence: decision.evidence,
    });
  }
  if (decision.verdict === 'allowed') return true;
  const reason = `no NetworkPolicy allows ${packet.sourceIp} to reach ${record.name}`;
  world.connections.droppedBy.set(connection, { by: 'NetworkPolicy', reason });
  world.trace.append(`node:${record.node}`, 'connection.refused', {
    connection,
    from: podOfActor(incoming.from),
    to: record.pod,
    sourceIp: packet.sourceIp,
    destinationIp: packet.destinationIp,
    by: 'NetworkPolicy',
    side: 'network',
    alert: null,
    reason: 'dropped',
    message: reason,
    checks: decision.evidence,
  });
  return false;
}

/** The source address a pod's packets show at another pod: its own, or its node's where that masquerades. */
export function sourceAddress(world: World, from: PodRecord, to: PodRecord | null): string {
  const node = world.cluster.nodes.get(from.node);
  const leavesNode = to === null || to.node !== from.node;
  return (leavesNode ? node?.masqueradeAs : null) ?? from.ip ?? '';
}
