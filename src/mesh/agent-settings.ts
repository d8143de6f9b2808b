import type { KeyType } from '../core/pki/index.ts';
import { parseGoDuration } from '../core/time/duration.ts';
import type { MeshSettings } from './settings.ts';

/** What pilot-agent reads from its environment (pilot/cmd/pilot-agent/options/options.go). */
export interface AgentSettings {
  readonly trustDomain: string;
  readonly keyType: KeyType;
  readonly pkcs8Key: boolean;
  readonly secretTtlMs: number;
  readonly gracePeriodRatio: number;
  readonly gracePeriodRatioJitter: number;
}

/** The agent's environment: the mesh's settings, overridden by the pod's `proxyMetadata`. */
export function agentSettings(mesh: MeshSettings, env: Readonly<Record<string, string>>): AgentSettings {
  return {
    trustDomain: env['TRUST_DOMAIN'] ?? mesh.trustDomain,
    keyType: keyTypeOf(env, mesh.keyType),
    pkcs8Key: env['PKCS8_KEY'] === 'true',
    secretTtlMs: parseGoDuration(env['SECRET_TTL'] ?? '') ?? mesh.secretTtlMs,
    gracePeriodRatio: numberOr(env['SECRET_GRACE_PERIOD_RATIO'], mesh.gracePeriodRatio),
    gracePeriodRatioJitter: numberOr(env['SECRET_GRACE_PERIOD_RATIO_JITTER'], mesh.gracePeriodRatioJitter),
  };
}

function keyTypeOf(env: Readonly<Record<string, string>>, fallback: KeyType): KeyType {
  if (env['ECC_SIGNATURE_ALGORITHM'] === 'ECDSA')
    return env['ECC_CURVE'] === 'P384' ? 'ecdsa-p384' : 'ecdsa-p256';
  if (env['WORKLOAD_RSA_KEY_SIZE'] === '4096') return 'rsa-4096';
  if (env['WORKLOAD_RSA_KEY_SIZE'] === '3072') return 'rsa-3072';
  if (env['WORKLOAD_RSA_KEY_SIZE'] === '2048') return 'rsa-2048';
  return fallback;
}

function numberOr(text: string | undefined, fallback: number): number {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : fallback;
}

export interface RenewalPlan {
  readonly dueAtMs: number;
  readonly ratio: number;
  readonly jitter: number;
  readonly lifetimeMs: number;
}

/**
 * When to renew: `max(0, until(ExpireTime − r·L))` with L counted from the agent's clock at arrival and
 * r = clamp(ratio ± u·jitter, 0, 1) (security/pkg/nodeagent/cache/secretcache.go, rotateTime).
 */
export function renewalAfter(
  settings: AgentSettings,
  secret: { readonly createdAtMs: number; readonly notAfterMs: number },
  chance: { next(): number },
  clockAheadMs = 0,
): RenewalPlan {
  // By the agent's clock the certificate was received later, and ends sooner, by as much as the clock is ahead.
  const lifetimeMs = secret.notAfterMs - (secret.createdAtMs + clockAheadMs);
  const sign = chance.next() < 0.5 ? -1 : 1;
  const jitter = sign * chance.next() * settings.gracePeriodRatioJitter;
  const ratio = Math.min(1, Math.max(0, settings.gracePeriodRatio + jitter));
  const dueAtMs = Math.max(
    secret.createdAtMs,
    Math.round(secret.notAfterMs - clockAheadMs - ratio * lifetimeMs),
  );
  return { dueAtMs, ratio, jitter, lifetimeMs };
}
