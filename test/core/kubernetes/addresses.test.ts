import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AddressPool,
  ClusterIpPool,
  formatAddress,
  parseAddress,
  parseCidr,
} from '../../../src/core/kubernetes/index.ts';

function take(pool: AddressPool, owner: string): string {
  const allocated = pool.allocate(owner);
  if (!allocated.ok) throw new Error(allocated.message);
  return allocated.ip;
}

describe('pod addresses of a node', () => {
  it('begin after the gateway', () => {
    const pool = new AddressPool('10.244.1.0/24');
    expect(pool.gateway).toBe('10.244.1.1');
    expect([take(pool, 'a'), take(pool, 'b')]).toEqual(['10.244.1.2', '10.244.1.3']);
    expect(pool.capacity).toBe(253);
  });

  it('a /28 holds thirteen pods', () => {
    expect(new AddressPool('10.244.1.0/28').capacity).toBe(13);
  });

  it('a freed address is not given to the next pod but after the wrap, and says whose it was', () => {
    const pool = new AddressPool('10.244.1.0/29');
    const first = take(pool, 'shop/order');
    pool.release(first);
    expect(Array.from({ length: 4 }, (_, i) => take(pool, `p${i}`))).toEqual(
      ['3', '4', '5', '6'].map((last) => `10.244.1.${last}`),
    );
    expect(pool.allocate('shop/mallory')).toEqual({ ok: true, ip: first, previousOwner: 'shop/order' });
  });

  it('a nearly full range gives the freed address at once', () => {
    const pool = new AddressPool('10.244.1.0/29');
    const held = Array.from({ length: 5 }, (_, i) => take(pool, `p${i}`));
    pool.release(held[2] ?? '');
    expect(pool.allocate('next')).toEqual({ ok: true, ip: held[2], previousOwner: 'p2' });
  });

  it('ends with the plugin’s own words', () => {
    const pool = new AddressPool('10.244.1.0/29');
    for (let i = 0; i < 5; i++) take(pool, `p${i}`);
    expect(pool.allocate('late')).toEqual({
      ok: false,
      message: 'no IP addresses available in range set: 10.244.1.1-10.244.1.6',
    });
  });

  it.each(['10.244.1.0', '10.244.1.0/33', '10.244.1.0/31', '::/64', 'x/24', ''])(
    'cannot be made from "%s"',
    (cidr) => {
      expect(() => new AddressPool(cidr)).toThrow(RangeError);
    },
  );

  it('never hands out an address twice, the gateway, or one outside; frees what is released', () => {
    const steps = fc.array(fc.oneof(fc.constant('take' as const), fc.nat(40)), { maxLength: 120 });
    fc.assert(
      fc.property(fc.integer({ min: 26, max: 30 }), steps, (prefix, actions) => {
        const pool = new AddressPool(`10.9.8.0/${prefix}`);
        const held: string[] = [];
        const lastOwner = new Map<string, string>();
        for (const [index, action] of actions.entries()) {
          if (action === 'take') {
            const allocated = pool.allocate(`pod-${index}`);
            expect(allocated.ok).toBe(held.length < pool.capacity);
            if (!allocated.ok) continue;
            expect(held).not.toContain(allocated.ip);
            expect(allocated.ip).not.toBe(pool.gateway);
            expect(pool.covers(allocated.ip)).toBe(true);
            expect(allocated.previousOwner).toBe(lastOwner.get(allocated.ip) ?? null);
            lastOwner.set(allocated.ip, `pod-${index}`);
            held.push(allocated.ip);
          } else if (held.length > 0) {
            const [gone] = held.splice(action % held.length, 1);
            pool.release(gone ?? '');
            expect(pool.ownerOf(gone ?? '')).toBeNull();
          }
          expect(pool.used).toBe(held.length);
        }
      }),
    );
  });
});

describe('addresses and ranges', () => {
  it('read back as written', () => {
    const octet = fc.nat(255);
    fc.assert(
      fc.property(octet, octet, octet, octet, (...octets) => {
        const text = octets.join('.');
        expect(formatAddress(parseAddress(text) ?? -1)).toBe(text);
      }),
    );
  });

  it.each(['1.2.3', '1.2.3.4.5', '01.2.3.4', '256.0.0.1', '1.2.3.4 ', 'a.b.c.d', ''])(
    '"%s" is no address',
    (text) => {
      expect(parseAddress(text)).toBeNull();
    },
  );

  it('ignore the bits behind the prefix', () => {
    expect(parseCidr('10.244.1.77/28')).toEqual(parseCidr('10.244.1.64/28'));
    expect(parseCidr('0.0.0.0/0')).toEqual({ first: 0, last: 0xffffffff });
  });
});

describe('service addresses', () => {
  const pool = (cidr: string) => new ClusterIpPool(cidr, () => 0);

  it('come from above the band for hand-picked ones', () => {
    expect(pool('10.96.0.0/16').allocate()).toEqual({ ok: true, ip: '10.96.1.1' });
    expect(pool('10.96.0.0/24').allocate()).toEqual({ ok: true, ip: '10.96.0.17' });
  });

  it('are unique, use the lower band last, and run out in words', () => {
    const small = pool('10.96.0.0/27');
    const all = Array.from({ length: 30 }, () => small.allocate());
    expect(new Set(all.map((each) => (each.ok ? each.ip : 'none'))).size).toBe(30);
    expect(all[0]).toEqual({ ok: true, ip: '10.96.0.17' });
    expect(small.allocate()).toEqual({ ok: false, message: 'range is full' });
    small.release('10.96.0.9');
    expect(small.allocate()).toEqual({ ok: true, ip: '10.96.0.9' });
  });

  it('can be picked by hand once', () => {
    const services = pool('10.96.0.0/16');
    expect(services.reserve('10.96.0.10')).toEqual({ ok: true, ip: '10.96.0.10' });
    expect(services.reserve('10.96.0.10')).toEqual({
      ok: false,
      message: 'failed to allocate IP 10.96.0.10: provided IP is already allocated',
    });
    expect(services.reserve('10.97.0.1').ok).toBe(false);
  });
});
