import type { PodRef } from '../trace/index.ts';

const podName = 'authentication.kubernetes.io/pod-name';

interface ReviewedUser {
  readonly username: string;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** The pod a reviewed token is bound to, from the user's `extra` as istiod reads it. */
export function podOfUser(review: { readonly user?: ReviewedUser | null }): PodRef | null {
  const name = review.user?.extra[podName]?.[0];
  const namespace = review.user?.username.split(':')[2];
  return name === undefined || namespace === undefined ? null : `${namespace}/${name}`;
}

/** `ns/name` out of a systemId such as `agent:ns/name`. */
export function podOfActor(systemId: string): PodRef {
  return systemId.slice(systemId.indexOf(':') + 1);
}
