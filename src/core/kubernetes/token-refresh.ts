const MAX_AGE_MS = 24 * 3_600_000;
const REFRESH_SHARE_LEFT = 0.2;

/**
 * When kubelet fetches a projected token anew: at an age of 24 h, or when a fifth of the requested lifetime is left,
 * whichever comes first, less a jitter (kubernetes: pkg/kubelet/token/token_manager.go, requiresRefresh). Kubelet looks
 * while it syncs the volume, so the file changes up to about a minute later.
 *
 * @param issuedAtMs - when the token was issued
 * @param ttlSeconds - the lifetime that was requested
 * @param jitterSeconds - whole seconds from 0 to 9, drawn anew for each token
 * @returns the moment, on the clock of `issuedAtMs`
 */
export function tokenRefreshDueMs(token: {
  readonly issuedAtMs: number;
  readonly ttlSeconds: number;
  readonly jitterSeconds: number;
}): number {
  const { issuedAtMs, ttlSeconds, jitterSeconds } = token;
  const bySharePast = Math.round(ttlSeconds * 1000 * (1 - REFRESH_SHARE_LEFT));
  return issuedAtMs + Math.min(MAX_AGE_MS, bySharePast) - jitterSeconds * 1000;
}
