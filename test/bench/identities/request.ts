/** What every library is asked to make: a CSR as istio-agent's, checked, and a leaf of istiod's profile for it. */
export const spiffeId = 'spiffe://cluster.local/ns/shop/sa/order';
export const organization = 'cluster.local';
export const now = new Date('2026-03-02T09:00:00Z');
export const notBefore = new Date(now.getTime() - 120_000);
export const notAfter = new Date(now.getTime() + 86_400_000);
export const rootNotAfter = new Date(now.getTime() + 3650 * 86_400_000);

/** 16 octets, positive. */
export function serialNumber(): Uint8Array<ArrayBuffer> {
  const serial = crypto.getRandomValues(new Uint8Array(16));
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  return serial;
}

/** One workload identity from nothing to the DER of its certificate. */
export type MakeIdentity = () => Promise<Uint8Array>;
