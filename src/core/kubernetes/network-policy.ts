import type { Check } from '../pki/index.ts';
import { contains, parseAddress, parseCidr } from './cidr.ts';
import { formatSelector, selects, type Labels } from './labels.ts';
import type { IngressRule, PolicyPeer, PolicyPort } from './network-policy-spec.ts';
import type { Container, NetworkPolicyResource, Protocol } from './resources.ts';

/** A packet that asks to come in. */
export interface NetworkPolicyQuestion {
  readonly policies: Iterable<NetworkPolicyResource>;
  /** Labels of each namespace; `kubernetes.io/metadata.name` is added where it is missing. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly destination: {
    readonly namespace: string;
    readonly labels: Labels;
    /** Where named ports are looked up. */
    readonly containers?: readonly Container[];
  };
  readonly source: {
    readonly ip: string;
    /** Whoever holds that address as far as the network knows; null for an address outside the cluster. */
    readonly pod: { readonly namespace: string; readonly labels: Labels } | null;
  };
  /** Port of the destination pod, after a service's translation. */
  readonly port: number;
  readonly protocol?: Protocol;
}

/** The verdict on a packet, and the way to it. */
export interface NetworkPolicyDecision {
  readonly verdict: 'allowed' | 'denied';
  /** Whether any policy selects the destination for ingress; without one everything is allowed. */
  readonly selected: boolean;
  /** `namespace/name` of the policy that allows, or of the first that selects and does not; null if none selects. */
  readonly policy: string | null;
  /** What matched and what did not, in the order in which it was looked at. */
  readonly evidence: readonly Check[];
}

/**
 * Decides a packet by the NetworkPolicies of the destination's namespace: nothing is restricted until a policy
 * selects the pod, then only what at least one of them allows comes in; policies add up and have no order
 * (Kubernetes API, networking/v1). What a packet is known by is its source address at this moment.
 *
 * Simplified: ipBlock is compared with the address the packet shows, for pods too (plugins differ there); traffic from
 * the pod's own node is not exempt; ingress only.
 */
export function evaluateNetworkPolicies(question: NetworkPolicyQuestion): NetworkPolicyDecision {
  const { namespace, labels } = question.destination;
  const evidence: Check[] = [];
  let denying: string | null = null;
  for (const policy of question.policies) {
    if (policy.metadata.namespace !== namespace || !policy.spec.policyTypes.includes('Ingress')) continue;
    if (!selects(policy.spec.podSelector, labels)) continue;
    const name = `${namespace}/${policy.metadata.name}`;
    const selector = formatSelector(policy.spec.podSelector);
    evidence.push({ id: 'networkPolicy.selects', ok: true, detail: `${name} selects pods ${selector}` });
    if (allows(policy.spec.ingress, name, question, evidence)) {
      return { verdict: 'allowed', selected: true, policy: name, evidence };
    }
    denying ??= name;
  }
  if (denying !== null) return { verdict: 'denied', selected: true, policy: denying, evidence };
  const detail = `no NetworkPolicy of namespace ${namespace} selects the pod for ingress`;
  return {
    verdict: 'allowed',
    selected: false,
    policy: null,
    evidence: [{ id: 'networkPolicy.none', ok: true, detail }],
  };
}

function allows(
  rules: readonly IngressRule[],
  policy: string,
  question: NetworkPolicyQuestion,
  evidence: Check[],
): boolean {
  if (rules.length === 0) {
    evidence.push({
      id: 'networkPolicy.rules',
      ok: false,
      detail: `${policy} has no ingress rules: it allows nothing`,
    });
  }
  return rules.some((rule, index) => {
    const where = `${policy} ingress[${index}]`;
    return fromMatches(rule, where, question, evidence) && portMatches(rule, where, question, evidence);
  });
}

function fromMatches(
  rule: IngressRule,
  where: string,
  question: NetworkPolicyQuestion,
  evidence: Check[],
): boolean {
  if (rule.from === null) {
    evidence.push({ id: 'networkPolicy.from', ok: true, detail: `${where} has no from: every source` });
    return true;
  }
  return rule.from.some((peer, index) => {
    const { ok, detail } = peer.type === 'ipBlock' ? matchBlock(peer, question) : matchPods(peer, question);
    evidence.push({ id: `networkPolicy.${peer.type}`, ok, detail: `${where}.from[${index}]: ${detail}` });
    return ok;
  });
}

interface Match {
  readonly ok: boolean;
  readonly detail: string;
}

function matchBlock(peer: PolicyPeer & { type: 'ipBlock' }, { source }: NetworkPolicyQuestion): Match {
  const address = parseAddress(source.ip);
  const inside = (cidr: string) => {
    const range = parseCidr(cidr);
    return range !== null && address !== null && contains(range, address);
  };
  if (!inside(peer.cidr)) return { ok: false, detail: `${peer.cidr} does not contain ${source.ip}` };
  const except = peer.except.find(inside);
  if (except !== undefined)
    return { ok: false, detail: `${peer.cidr} contains ${source.ip}, but except ${except} does too` };
  return { ok: true, detail: `${peer.cidr} contains ${source.ip}` };
}

function matchPods(peer: PolicyPeer & { type: 'pods' }, question: NetworkPolicyQuestion): Match {
  const { ip, pod } = question.source;
  if (pod === null) return { ok: false, detail: `${ip} is no pod's address` };
  const namespaces = matchNamespace(peer, question, pod.namespace);
  if (!namespaces.ok || peer.podSelector === null) return namespaces;
  const wanted = formatSelector(peer.podSelector);
  const ok = selects(peer.podSelector, pod.labels);
  const found = showLabels(pod.labels);
  return {
    ok,
    detail: `${namespaces.detail}; podSelector ${wanted} ${ok ? 'matches' : 'does not match'} ${found}`,
  };
}

function matchNamespace(
  peer: PolicyPeer & { type: 'pods' },
  question: NetworkPolicyQuestion,
  from: string,
): Match {
  const { destination, namespaces, source } = question;
  if (peer.namespaceSelector === null) {
    const ok = from === destination.namespace;
    const detail = ok
      ? `${source.ip} is a pod of namespace ${from}`
      : `${source.ip} is a pod of namespace ${from}, and a podSelector alone means namespace ${destination.namespace}`;
    return { ok, detail };
  }
  const labels = { 'kubernetes.io/metadata.name': from, ...namespaces.get(from) };
  const ok = selects(peer.namespaceSelector, labels);
  const wanted = formatSelector(peer.namespaceSelector);
  return {
    ok,
    detail: `namespaceSelector ${wanted} ${ok ? 'matches' : 'does not match'} namespace ${from} of ${source.ip}`,
  };
}

function showLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? 'a pod without labels' : `the pod's ${pairs.join(',')}`;
}

function portMatches(
  rule: IngressRule,
  where: string,
  question: NetworkPolicyQuestion,
  evidence: Check[],
): boolean {
  if (rule.ports === null) return true;
  const ok = rule.ports.some((port) => admitsPort(port, question));
  const wanted = rule.ports.map(showPort).join(', ') || 'no port';
  const asked = `${question.protocol ?? 'TCP'} ${question.port}`;
  evidence.push({
    id: 'networkPolicy.port',
    ok,
    detail: `${where}: ${wanted} ${ok ? 'admits' : 'does not admit'} ${asked}`,
  });
  return ok;
}

function admitsPort({ protocol, port, endPort }: PolicyPort, question: NetworkPolicyQuestion): boolean {
  if (protocol !== (question.protocol ?? 'TCP')) return false;
  if (port === null) return true;
  if (typeof port === 'number') return question.port >= port && question.port <= (endPort ?? port);
  const ports = (question.destination.containers ?? []).flatMap((container) => container.ports);
  return ports.some(
    (each) => each.name === port && each.protocol === protocol && each.containerPort === question.port,
  );
}

function showPort({ protocol, port, endPort }: PolicyPort): string {
  if (port === null) return `every ${protocol} port`;
  return `${protocol} ${port}${endPort === null ? '' : `-${endPort}`}`;
}
