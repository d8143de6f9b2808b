import type { LabelSelector } from './labels.ts';
import type { Protocol } from './resources.ts';

/** `spec` of a networking.k8s.io/v1 NetworkPolicy, ingress only: egress rules have no effect here. */
export interface NetworkPolicySpec {
  readonly podSelector: LabelSelector;
  readonly policyTypes: readonly ('Ingress' | 'Egress')[];
  readonly ingress: readonly IngressRule[];
}

/** Admits what comes from any of `from` to any of `ports`; null means every source, every port. */
export interface IngressRule {
  readonly from: readonly PolicyPeer[] | null;
  readonly ports: readonly PolicyPort[] | null;
}

/** An address range, or pods: both selectors in one peer must hold together. */
export type PolicyPeer =
  | { readonly type: 'ipBlock'; readonly cidr: string; readonly except: readonly string[] }
  | {
      readonly type: 'pods';
      /** Null: pods of the policy's own namespace. */
      readonly namespaceSelector: LabelSelector | null;
      /** Null: every pod of the selected namespaces. */
      readonly podSelector: LabelSelector | null;
    };

/** Ports of the destination pod that a rule admits. */
export interface PolicyPort {
  readonly protocol: Protocol;
  /** Number or name of a container port; null for every port of the protocol. */
  readonly port: number | string | null;
  readonly endPort: number | null;
}
