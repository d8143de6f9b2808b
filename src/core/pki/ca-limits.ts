/** A refusal of istiod's CA: gRPC status, the text the client sees, and the metric label that counts it. */
export interface SigningRefusal {
  readonly kind:
    'csr-not-pem' | 'csr-not-parsed' | 'csr-signature' | 'ttl-above-max' | 'ca-not-ready' | 'signer-expired';
  readonly grpcCode: 3 | 13;
  readonly grpcName: 'InvalidArgument' | 'Internal';
  /** As the client sees it: `CSR signing error (…)`. */
  readonly message: string;
  /** Value of the label `error` of `citadel_server_csr_sign_err_count`. */
  readonly metricLabel: 'CSR_ERROR' | 'TTL_ERROR' | 'CA_NOT_READY' | 'CERT_GEN_ERROR';
}

export type TtlDecision =
  { readonly ok: true; readonly ttlMs: number } | { readonly ok: false; readonly refusal: SigningRefusal };

/**
 * The TTL istiod grants: zero and less mean the default, more than the maximum is refused and not cut.
 * Source: istio security/pkg/pki/ca/ca.go.
 */
export function checkRequestedTtl(input: {
  readonly requestedMs: number;
  readonly defaultMs: number;
  readonly maxMs: number;
}): TtlDecision {
  const { requestedMs, defaultMs, maxMs } = input;
  if (requestedMs > maxMs) {
    const reason = `requested TTL ${goDuration(requestedMs)} is greater than the max allowed TTL ${goDuration(maxMs)}`;
    return { ok: false, refusal: signingRefusal('ttl-above-max', reason) };
  }
  return { ok: true, ttlMs: requestedMs <= 0 ? defaultMs : requestedMs };
}

type Grpc = Pick<SigningRefusal, 'grpcCode' | 'grpcName' | 'metricLabel'>;

const CSR_ERROR: Grpc = { grpcCode: 3, grpcName: 'InvalidArgument', metricLabel: 'CSR_ERROR' };

const GRPC: Readonly<Record<SigningRefusal['kind'], Grpc>> = {
  'csr-not-pem': CSR_ERROR,
  'csr-not-parsed': CSR_ERROR,
  'csr-signature': CSR_ERROR,
  'ttl-above-max': { grpcCode: 3, grpcName: 'InvalidArgument', metricLabel: 'TTL_ERROR' },
  'ca-not-ready': { grpcCode: 13, grpcName: 'Internal', metricLabel: 'CA_NOT_READY' },
  'signer-expired': { grpcCode: 13, grpcName: 'Internal', metricLabel: 'CERT_GEN_ERROR' },
};

/** Wraps the reason of istiod's CA as its gRPC server does. */
export function signingRefusal(kind: SigningRefusal['kind'], reason: string): SigningRefusal {
  return { kind, ...GRPC[kind], message: `CSR signing error (${reason})` };
}

/** A duration as Go prints it: `2400h0m0s`, `1m30s`, `1.5s`, `250ms`, `0s`. */
export function goDuration(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const size = Math.abs(ms);
  if (size === 0) return '0s';
  if (size < 1000) return sign + subSecond(size);
  const hours = Math.floor(size / 3_600_000);
  const minutes = Math.floor((size % 3_600_000) / 60_000);
  const seconds = `${Number(((size % 60_000) / 1000).toFixed(6))}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : sign + seconds;
}

function subSecond(ms: number): string {
  if (ms >= 1) return `${Number(ms.toFixed(6))}ms`;
  return ms >= 0.001 ? `${Number((ms * 1000).toFixed(3))}µs` : `${Math.round(ms * 1_000_000)}ns`;
}
