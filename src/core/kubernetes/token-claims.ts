import type { ObjectReference, ServiceAccountClaims } from '../jwt/claims.ts';

/** What a token request asks for and the API server adds. */
export interface BoundToken {
  /** `--service-account-issuer`. */
  readonly issuer: string;
  /** Who may accept the token; at least one. */
  readonly audiences: readonly string[];
  readonly namespace: string;
  readonly serviceAccount: { readonly name: string; readonly uid: string };
  /** The pod it dies with. */
  readonly pod?: { readonly name: string; readonly uid: string };
  /** The pod's node; informative only. With a node and no pod the token is bound to the node. */
  readonly node?: ObjectReference;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly ttlSeconds: number;
  /** Random UUID. */
  readonly jti: string;
}

/**
 * The claims of a bound service-account token (kubernetes: pkg/serviceaccount/claims.go): whole seconds, `nbf` = `iat` =
 * now, audiences always a list.
 */
export function boundTokenClaims(token: BoundToken): ServiceAccountClaims {
  const { issuer, audiences, namespace, serviceAccount, pod, node, nowMs, ttlSeconds, jti } = token;
  const now = Math.floor(nowMs / 1000);
  return {
    aud: [...audiences],
    exp: now + ttlSeconds,
    iat: now,
    iss: issuer,
    jti,
    'kubernetes.io': {
      namespace,
      ...(node === undefined ? {} : { node }),
      ...(pod === undefined ? {} : { pod }),
      serviceaccount: serviceAccount,
    },
    nbf: now,
    sub: serviceAccountUsername(namespace, serviceAccount.name),
  };
}

/** `system:serviceaccount:NAMESPACE:NAME`. */
export function serviceAccountUsername(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
