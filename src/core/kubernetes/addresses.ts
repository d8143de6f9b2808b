import { contains, formatAddress, parseAddress, parseCidr, type AddressRange } from './cidr.ts';

/** An address given out, or why none was. */
export type Allocation =
  | {
      readonly ok: true;
      readonly ip: string;
      /** Who held the address last; null if nobody ever did. */
      readonly previousOwner: string | null;
    }
  | { readonly ok: false; readonly message: string };

/**
 * Pod addresses of one node as the host-local plugin gives them out: round robin from the one after the last
 * reserved, wrapping at the end of the range; a released address is free at once, without any cool-down
 * (containernetworking/plugins: plugins/ipam/host-local/backend/allocator/allocator.go). The first address is the
 * gateway's.
 */
export class AddressPool {
  readonly cidr: string;
  readonly gateway: string;
  readonly #range: AddressRange;
  readonly #owners = new Map<number, string>();
  readonly #lastOwners = new Map<number, string>();
  #lastReserved: number | null = null;

  /**
   * @param cidr - IPv4 range with at least one address beside network, gateway and broadcast, for example `10.244.1.0/28`
   * @throws RangeError for anything else
   */
  constructor(cidr: string) {
    const range = parseCidr(cidr);
    if (range === null) throw new RangeError(`"${cidr}" is not an IPv4 range such as 10.244.1.0/24`);
    if (range.last - range.first < 3) throw new RangeError(`"${cidr}" is too small: use /30 or larger`);
    this.cidr = cidr;
    this.#range = { first: range.first + 1, last: range.last - 1 };
    this.gateway = formatAddress(this.#range.first);
  }

  /** How many pods the range can hold. */
  get capacity(): number {
    return this.#range.last - this.#range.first;
  }

  get used(): number {
    return this.#owners.size;
  }

  /**
   * Reserves the next free address.
   *
   * @param owner - who gets it, for example `shop/order-7d9c5f68b4-x2k7q`
   */
  allocate(owner: string): Allocation {
    if (this.used >= this.capacity) {
      const { first, last } = this.#range;
      const message = `no IP addresses available in range set: ${formatAddress(first)}-${formatAddress(last)}`;
      return { ok: false, message };
    }
    let address = this.#after(this.#lastReserved ?? this.#range.last);
    while (this.#owners.has(address)) address = this.#after(address);
    this.#lastReserved = address;
    this.#owners.set(address, owner);
    const previousOwner = this.#lastOwners.get(address) ?? null;
    this.#lastOwners.set(address, owner);
    return { ok: true, ip: formatAddress(address), previousOwner };
  }

  /** Frees an address; one that is not in use stays as it is. */
  release(ip: string): void {
    const address = parseAddress(ip);
    if (address !== null) this.#owners.delete(address);
  }

  /** Who holds an address now; null if it is free or outside the range. */
  ownerOf(ip: string): string | null {
    const address = parseAddress(ip);
    return address === null ? null : (this.#owners.get(address) ?? null);
  }

  /** Whether the range covers an address. */
  covers(ip: string): boolean {
    const address = parseAddress(ip);
    return address !== null && contains(this.#range, address);
  }

  #after(address: number): number {
    const { first, last } = this.#range;
    // The gateway is the first address of the range, so wrapping skips it.
    return address >= last ? first + 1 : address + 1;
  }
}
