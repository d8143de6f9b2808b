import type { PodRecord } from '../cluster.ts';

/** The SPIFFE ID that istiod of a pod's cluster gives its account. */
export function identityOf({ controlPlane, namespace, serviceAccount }: PodRecord): string {
  return `spiffe://${controlPlane.trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}
