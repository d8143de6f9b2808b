import type { SpiffeId } from './spiffe-id.ts';

export interface ServiceAccountIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Namespace and service account of an ID of Istio's form `/ns/X/sa/Y`; null for any other path. */
export function serviceAccountOf(id: SpiffeId): ServiceAccountIdentity | null {
  const [ns, namespace, sa, serviceAccount, ...more] = id.segments;
  if (
    ns !== 'ns' ||
    sa !== 'sa' ||
    namespace === undefined ||
    serviceAccount === undefined ||
    more.length > 0
  ) {
    return null;
  }
  return { namespace, serviceAccount };
}
