/** An object a token is bound to, or speaks of. */
export interface ObjectReference {
  readonly name: string;
  /** Absent for a node whose object is missing. */
  readonly uid?: string;
}

/**
 * Claims of a bound service-account token (kubernetes: pkg/serviceaccount/claims.go). Times are whole seconds since
 * 1970.
 */
export interface ServiceAccountClaims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly 'kubernetes.io': KubernetesClaims;
  readonly nbf: number;
  readonly sub: string;
}

/** The claim `kubernetes.io`: whom the token names and what it dies with. */
export interface KubernetesClaims {
  readonly namespace: string;
  readonly node?: ObjectReference;
  readonly pod?: ObjectReference;
  readonly serviceaccount: ObjectReference;
  /** Set on auto-mounted API-server tokens whose life was extended. */
  readonly warnafter?: number;
}
