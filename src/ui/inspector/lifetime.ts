import type { KnownCertificate } from '../../projection/detail/certificates.ts';

/** A stretch of validity, in milliseconds of virtual time. */
export interface Lifetime {
  readonly fromMs: number;
  readonly toMs: number;
  /** When it is to be renewed; null where that is not known. */
  readonly dueMs: number | null;
}

export function lifetimeOf({ notBeforeMs, notAfterMs, dueAtMs }: KnownCertificate): Lifetime {
  return { fromMs: notBeforeMs, toMs: notAfterMs, dueMs: dueAtMs };
}

/** Where in a life a moment stands. */
export type Age = 'early' | 'valid' | 'due' | 'expired';

export function ageAt({ fromMs, toMs, dueMs }: Lifetime, atMs: number): Age {
  if (atMs < fromMs) return 'early';
  if (atMs > toMs) return 'expired';
  return dueMs !== null && atMs >= dueMs ? 'due' : 'valid';
}

/** A place on a scale in percent, kept within it. */
export function percent(atMs: number, scale: { readonly fromMs: number; readonly toMs: number }): number {
  const share = (atMs - scale.fromMs) / Math.max(1, scale.toMs - scale.fromMs);
  return Math.round(Math.max(0, Math.min(1, share)) * 10_000) / 100;
}
