/** A range of IPv4 addresses, both ends included. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/**
 * An IPv4 address as an unsigned 32-bit number; null for anything else, leading zeros included.
 * Simplified: the simulated network has IPv4 addresses only.
 */
export function parseAddress(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let address = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    address = address * 256 + Number(part);
  }
  return address;
}

/** The dotted form of an IPv4 address. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/**
 * The addresses of an IPv4 range such as `10.244.1.0/24`; null if it is not one. Bits behind the prefix are ignored,
 * as in Go's ParseCIDR.
 */
export function parseCidr(text: string): AddressRange | null {
  const [addressText, prefixText, ...rest] = text.split('/');
  const address = parseAddress(addressText ?? '');
  if (rest.length > 0 || address === null || prefixText === undefined) return null;
  if (!/^(0|[1-9]\d?)$/.test(prefixText) || Number(prefixText) > 32) return null;
  const size = 2 ** (32 - Number(prefixText));
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}

/** Whether a text looks like an IPv6 range, which a cluster would take and this network never matches. */
export function isIpv6Cidr(text: string): boolean {
  return /^[0-9a-fA-F:]*:[0-9a-fA-F:.]*\/(12[0-8]|1[01]\d|\d{1,2})$/.test(text);
}

/** Whether a range holds an address, its ends included. */
export function contains(range: AddressRange, address: number): boolean {
  return address >= range.first && address <= range.last;
}
