import type { ArtefactId } from '../../trace/artefact.ts';
import type { PodRef } from '../../trace/entry.ts';

/** One thing of the world that can be pointed at, opened in the inspector and highlighted. */
export type Target =
  | { readonly type: 'pod'; readonly pod: PodRef }
  /** `istiod`, `api-server`, or a systemId such as `envoy:shop/order-7d9c5f68b4-x2k7q`. */
  | { readonly type: 'actor'; readonly actor: string }
  | { readonly type: 'node'; readonly node: string }
  | { readonly type: 'artefact'; readonly id: ArtefactId }
  | { readonly type: 'message'; readonly message: string }
  /** Everything between two ends; `connection` is the one that is meant, where there is one. */
  | {
      readonly type: 'connection';
      readonly from: PodRef;
      readonly to: string;
      readonly connection: string | null;
    }
  /** A TLS connection, opened as a ladder of its own. */
  | { readonly type: 'handshake'; readonly connection: string }
  /** The CAs as a tree; one of them is meant where it is named. */
  | { readonly type: 'trust'; readonly authority: string | null }
  /** How trust and issuance move through the fleet. */
  | { readonly type: 'rollout' }
  | { readonly type: 'authority'; readonly authority: string }
  | { readonly type: 'policy'; readonly policy: string }
  | { readonly type: 'entry'; readonly seq: number };

/** Equal for equal things: what sets and keyed blocks go by. */
export function targetKey(target: Target): string {
  switch (target.type) {
    case 'pod':
      return `pod:${target.pod}`;
    case 'actor':
      return `actor:${target.actor}`;
    case 'node':
      return `node:${target.node}`;
    case 'artefact':
      return `artefact:${target.id}`;
    case 'message':
      return `message:${target.message}`;
    case 'connection':
      return `connection:${target.from}>${target.to}`;
    case 'handshake':
      return `handshake:${target.connection}`;
    case 'trust':
      // Who is pointed at the tree because of a CA is pointed at the CA.
      return target.authority === null ? 'trust' : `authority:${target.authority}`;
    case 'rollout':
      return 'rollout';
    case 'authority':
      return `authority:${target.authority}`;
    case 'policy':
      return `policy:${target.policy}`;
    case 'entry':
      return `entry:${target.seq}`;
  }
}
