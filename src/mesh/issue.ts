import {
  checkPossession,
  checkRequestedTtl,
  checkSigner,
  issueWorkloadCertificate,
  type Certificate,
  type Csr,
  type SigningCa,
  type SigningRefusal,
} from '../core/pki/index.ts';
import type { CryptoProvider } from '../core/crypto/index.ts';
import type { Check } from '../trace/index.ts';
import type { MeshSettings } from './settings.ts';

export interface SigningOrder {
  readonly csr: Csr;
  /** The caller's identity, from its token. */
  readonly spiffeId: string;
  readonly requestedTtlMs: number;
  readonly now: Date;
  readonly serial: Uint8Array;
}

export type Issued =
  | { readonly ok: true; readonly certificate: Certificate; readonly checks: readonly Check[] }
  | { readonly ok: false; readonly refusal: SigningRefusal; readonly checks: readonly Check[] };

/** What istiod's CA does with a request whose caller is known, in its order (security/pkg/pki/ca/ca.go). */
export async function issue(
  provider: CryptoProvider,
  ca: SigningCa,
  limits: Pick<MeshSettings, 'defaultWorkloadCertTtlMs' | 'maxWorkloadCertTtlMs'>,
  order: SigningOrder,
): Promise<Issued> {
  const { csr, spiffeId, requestedTtlMs, now, serial } = order;
  const checks: Check[] = [];
  const refused = (id: string, refusal: SigningRefusal): Issued => ({
    ok: false,
    refusal,
    checks: [...checks, { id, ok: false, detail: refusal.message }],
  });
  const forged = await checkPossession(provider, csr);
  if (forged !== null) return refused('csr.signature', forged);
  checks.push({ id: 'csr.signature', ok: true });
  const ttl = checkRequestedTtl({
    requestedMs: requestedTtlMs,
    defaultMs: limits.defaultWorkloadCertTtlMs,
    maxMs: limits.maxWorkloadCertTtlMs,
  });
  if (!ttl.ok) return refused('csr.ttl', ttl.refusal);
  checks.push({ id: 'csr.ttl', ok: true });
  const expired = checkSigner(ca.certificate, now);
  if (expired !== null) return refused('ca.valid', expired);
  const namesItself = csr.subject.rdns.flat().some(({ name }) => name === 'CN');
  const certificate = await issueWorkloadCertificate(provider, ca, {
    spki: csr.spki,
    spiffeId,
    commonName: namesItself ? spiffeId : null,
    now,
    ttlMs: ttl.ttlMs,
    serial,
  });
  return { ok: true, certificate, checks };
}
