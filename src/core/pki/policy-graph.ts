import { OID } from './oid.ts';
import type { PolicyMapping } from './policy-extensions.ts';

/** A node of one level: the policy, and the policies above whose expected set led to it; null for anyPolicy. */
interface PolicyNode {
  readonly policy: string;
  parents: Set<string> | null;
}

interface Level {
  nodes: Map<string, PolicyNode>;
  hasAny: boolean;
}

/**
 * The valid policies of a path (RFC 5280 6.1.2 a) as RFC 9618 has them: a graph with one node for each policy of a
 * level. The tree it replaces has the same policies at its leaves and can grow exponentially with its depth.
 */
export class PolicyGraph {
  /** Levels whose policies are final, from the anchor down. */
  readonly #done: Level[] = [];
  /** The policies expected of the next certificate. */
  #expected: Level = { nodes: new Map(), hasAny: true };
  #current: Level = this.#expected;

  /** Whether no policy is left that is valid for all certificates so far. */
  get isEmpty(): boolean {
    return this.#current.nodes.size === 0 && !this.#current.hasAny;
  }

  /** The policies valid for the last certificate; `anyPolicy` where all are. */
  get policies(): readonly string[] {
    return [...this.#current.nodes.keys(), ...(this.#current.hasAny ? [OID.anyPolicy] : [])];
  }

  /**
   * 6.1.3 (d) and (e): keeps the policies the next certificate asserts.
   *
   * @param policies its certificatePolicies; null where it has none
   * @param anyAllowed whether anyPolicy in it counts
   */
  addCertificate(policies: readonly string[] | null, anyAllowed: boolean): void {
    const { nodes, hasAny } = this.#expected;
    const assertsAny = anyAllowed && (policies?.includes(OID.anyPolicy) ?? false);
    const kept = new Map<string, PolicyNode>();
    for (const [policy, node] of nodes) if (assertsAny || policies?.includes(policy)) kept.set(policy, node);
    if (hasAny) {
      for (const policy of policies ?? [])
        if (policy !== OID.anyPolicy && !kept.has(policy)) kept.set(policy, { policy, parents: null });
    }
    this.#current = { nodes: kept, hasAny: hasAny && assertsAny };
    this.#done.push(this.#current);
  }

  /**
   * 6.1.4 (b): what the certificate's mappings make the next one be expected to assert.
   *
   * @param isAllowed whether policy_mapping is not 0; where it is, mapped policies are removed
   */
  map(mappings: readonly PolicyMapping[], isAllowed: boolean): void {
    const level = this.#current;
    const mapped = new Set<string>();
    for (const { issuerDomain } of mappings) {
      if (!isAllowed) {
        level.nodes.delete(issuerDomain);
        continue;
      }
      if (level.hasAny && !level.nodes.has(issuerDomain)) {
        level.nodes.set(issuerDomain, { policy: issuerDomain, parents: null });
      }
      if (level.nodes.has(issuerDomain)) mapped.add(issuerDomain);
    }
    const next: Level = { nodes: new Map(), hasAny: level.hasAny };
    for (const { policy } of level.nodes.values()) if (!mapped.has(policy)) expect(next, policy, policy);
    if (isAllowed) {
      for (const { issuerDomain, subjectDomain } of mappings)
        if (mapped.has(issuerDomain)) expect(next, subjectDomain, issuerDomain);
    }
    this.#expected = next;
  }

  /**
   * 6.1.5 (g): whether a policy is left that the user accepts.
   *
   * @param accepted the user-initial-policy-set; null for any policy
   */
  satisfies(accepted: readonly string[] | null): boolean {
    if (accepted === null || accepted.includes(OID.anyPolicy) || this.isEmpty) return !this.isEmpty;
    // The user's policies stand at the nodes that hang below anyPolicy; the levels below may bear other names.
    if (this.#current.hasAny && accepted.length > 0) return true;
    let reachable: ReadonlySet<string> = new Set(this.#current.nodes.keys());
    for (let depth = this.#done.length - 1; depth >= 0; depth--) {
      const above = new Set<string>();
      for (const { policy, parents } of this.#done[depth]!.nodes.values()) {
        if (!reachable.has(policy)) continue;
        if (parents === null && accepted.includes(policy)) return true;
        for (const parent of parents ?? []) above.add(parent);
      }
      reachable = above;
    }
    return false;
  }
}

function expect(level: Level, policy: string, parent: string): void {
  const node = level.nodes.get(policy);
  if (node === undefined) level.nodes.set(policy, { policy, parents: new Set([parent]) });
  else node.parents?.add(parent);
}
