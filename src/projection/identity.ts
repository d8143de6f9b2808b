import type { HeldCertificate, IdentityState, PodModel } from './stage-model.ts';

/** A pod's identity at a moment: the certificate it would present, and where in its life that is. */
export interface IdentityView {
  readonly state: IdentityState;
  readonly certificate: HeldCertificate | null;
  /** Share of the validity that has passed, 0 … 1; 0 without a certificate. */
  readonly elapsed: number;
  /** Share of the validity at which renewal is due; null while no renewal is planned. */
  readonly due: number | null;
  readonly leftMs: number;
  readonly renewsInMs: number | null;
}

/**
 * The identity a pod shows at a moment. What Envoy has accepted counts, for that is what a peer would see; the
 * agent's certificate stands in only until the first secret has been accepted.
 */
export function identityAt(pod: PodModel, atMs: number): IdentityView {
  const certificate = pod.envoy.secret ?? pod.agent.certificate;
  if (!pod.injected) return nothing('outside');
  if (certificate === null) return nothing('none');
  const { notBeforeMs, notAfterMs } = certificate;
  const span = Math.max(1, notAfterMs - notBeforeMs);
  // While Envoy still serves the old certificate, the plan made for the new one says nothing about it.
  const planned = pod.rotation?.certificate === certificate.artefact;
  const dueAtMs = planned ? (pod.rotation?.dueAtMs ?? null) : null;
  return {
    state: stateAt(certificate, dueAtMs, atMs),
    certificate,
    elapsed: clamp01((atMs - notBeforeMs) / span),
    due: dueAtMs === null ? null : clamp01((dueAtMs - notBeforeMs) / span),
    leftMs: notAfterMs - atMs,
    renewsInMs: dueAtMs === null ? null : dueAtMs - atMs,
  };
}

function stateAt(certificate: HeldCertificate, dueAtMs: number | null, atMs: number): IdentityState {
  if (atMs < certificate.notBeforeMs) return 'not-yet-valid';
  if (atMs > certificate.notAfterMs) return 'expired';
  return dueAtMs !== null && atMs >= dueAtMs ? 'due' : 'valid';
}

function nothing(state: 'outside' | 'none'): IdentityView {
  return { state, certificate: null, elapsed: 0, due: null, leftMs: 0, renewsInMs: null };
}

function clamp01(value: number): number {
  return Math.max(0, Math.min(1, value));
}
