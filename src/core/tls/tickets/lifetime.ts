/** The longest a ticket may live (RFC 9846 section 4.6.1). */
export const MAX_LIFETIME_SECONDS = 604_800;

/**
 * How long resumption may put off that the peers prove anew who they are: SSL_DEFAULT_SESSION_AUTH_TIMEOUT of BoringSSL
 * (include/openssl/ssl.h), counted from the last full handshake.
 */
const AUTHENTICATION_SECONDS = 604_800;

/** Seconds a session may still be resumed for, whatever its tickets say; 0 where its peers have to prove themselves. */
export function authenticationLeft(authenticatedAtMs: number, nowMs: number): number {
  return Math.max(0, AUTHENTICATION_SECONDS - Math.ceil((nowMs - authenticatedAtMs) / 1000));
}
