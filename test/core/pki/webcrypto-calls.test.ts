import { describe, expect, it } from 'vitest';
import { type CryptoProvider, nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  createCsr,
  createSelfSignedRoot,
  generateKeyPair,
  issueWorkloadCertificate,
  parseCsr,
  verifyChain,
  verifyCsrSignature,
} from '../../../src/core/pki/index.ts';

const now = new Date('2026-03-02T09:00:00Z');
const spiffeId = 'spiffe://cluster.local/ns/shop/sa/order';

/** The native provider, with the names of the operations asked of it. */
function counting(): { readonly provider: CryptoProvider; readonly calls: string[] } {
  const calls: string[] = [];
  const subtle = new Proxy(nativeCrypto.subtle, {
    get(target, name: keyof SubtleCrypto) {
      return (...args: never[]) => {
        calls.push(name);
        return (target[name] as (...given: never[]) => unknown).apply(target, args);
      };
    },
  });
  return { provider: { name: 'counting', subtle, getRandomValues: nativeCrypto.getRandomValues }, calls };
}

describe('the operations of a workload identity', () => {
  it('ask WebCrypto for no more than they must', async () => {
    const { provider, calls } = counting();
    const taken = () => calls.splice(0).join(' ');
    const ca = await createSelfSignedRoot(provider, {
      organization: 'cluster.local',
      keyType: 'ecdsa-p256',
      now,
      serial: Uint8Array.of(1),
    });
    taken();
    const pair = await generateKeyPair(provider, 'ecdsa-p256');
    expect(taken()).toBe('generateKey exportKey');
    const der = await createCsr(provider, pair, { spiffeId });
    expect(taken()).toBe('sign');
    const csr = parseCsr(der);
    expect(await verifyCsrSignature(provider, csr)).toBe(true);
    expect(taken()).toBe('importKey verify');
    const request = { spki: csr.spki, spiffeId, now, ttlMs: 1000, serial: Uint8Array.of(2) };
    const leaf = await issueWorkloadCertificate(provider, ca, request);
    expect(taken()).toBe('sign');
    const input = { chain: [leaf], roots: ca.roots, at: now, purpose: 'any' as const };
    await verifyChain(provider, input);
    expect(taken()).toBe('importKey verify');
    await verifyChain(provider, input);
    expect(taken()).toBe('verify');
  });
});
