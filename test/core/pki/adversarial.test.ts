import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import { equalBytes } from '../../../src/core/bytes/bytes.ts';
import {
  type Certificate,
  type KeyPair,
  generateKeyPair,
  parseCertificate,
  PkiError,
  verifyChain,
} from '../../../src/core/pki/index.ts';
import { type Authority, intermediate, leaf, root } from './forge.ts';
import { forgeCrl } from './forge-crl.ts';
import { present } from './presented.ts';

const SIZE = 1000;

describe('a bag of a thousand certificates', () => {
  it('of one name and a thousand keys does not hide the one issuer there is', async () => {
    const top = await root(nativeCrypto);
    const hidden = await intermediate(nativeCrypto, top, { subject: 'Same' });
    const keys = await keyPool(40);
    const decoys = await many(SIZE - 1, (i) =>
      intermediate(nativeCrypto, top, {
        subject: 'Same',
        key: keys[i % keys.length]!,
        serial: serialOf(i),
        change: { ski: null },
      }),
    );
    const end = await leaf(nativeCrypto, hidden, { change: { aki: null } });
    const chain = [end, ...decoys, hidden.certificate];
    const result = await verifyChain(
      nativeCrypto,
      present({ chain, roots: [top.certificate], strict: false }),
    );
    expect(result.error).toBeNull();
    expect(result.path[1]).toBe(hidden.certificate);
  });

  it.each([
    ['of one name and one key, that have all issued one another', 1],
    ['of one name, each issued by the next', SIZE],
  ])('%s, ends', async (_what, keyCount) => {
    const keys = await keyPool(keyCount === 1 ? 1 : 100);
    const top = await root(nativeCrypto, { subject: 'Elsewhere' });
    const bag = await many(SIZE, async (i) => {
      const next = { certificate: top.certificate, key: keys[(i + 1) % keys.length]! };
      return intermediate(nativeCrypto, next, {
        subject: 'Same',
        issuer: 'Same',
        key: keys[i % keys.length]!,
        serial: serialOf(i),
        change: { ski: null, aki: null },
      });
    });
    const signer = { certificate: bag[0]!, key: keys[0]! };
    const chain = [await leaf(nativeCrypto, signer, { change: { aki: null } }), ...bag];
    const counted = countingVerifications();
    const result = await verifyChain(
      counted.provider,
      present({ chain, roots: [top.certificate], strict: false }),
    );
    expect(result.ok).toBe(false);
    expect(counted.count()).toBeLessThanOrEqual(2048);
    expect(result.checks.length).toBeLessThan(10_000);
  });

  it('of ten layers of a hundred, each valid and each too long a way, ends', async () => {
    const layers = 10;
    const width = SIZE / layers;
    const keys = await keyPool(layers + 1);
    const top = await root(nativeCrypto, { subject: 'L0', key: keys[0]!, pathLen: 1 });
    const bag: Certificate[] = [];
    for (let layer = 1; layer <= layers; layer++) {
      const above = { certificate: top.certificate, key: keys[layer - 1]! };
      const ofLayer = await many(width, (i) =>
        intermediate(nativeCrypto, above, {
          subject: `L${layer}`,
          issuer: `L${layer - 1}`,
          key: keys[layer]!,
          serial: serialOf(layer * width + i),
        }),
      );
      bag.push(...ofLayer);
    }
    const signer = { certificate: bag.at(-1)!, key: keys[layers]! };
    const counted = countingVerifications();
    const chain = [await leaf(nativeCrypto, signer), ...bag];
    const result = await verifyChain(
      counted.provider,
      present({ chain, roots: [top.certificate], strict: false }),
    );
    expect(result.error).toEqual({ kind: 'search-limit', limit: '256 paths' });
    expect(counted.count()).toBeLessThanOrEqual(2048);
  });

  it('in a straight line is longer than any path may be', async () => {
    const keys = await keyPool(2);
    const top = await root(nativeCrypto, { subject: 'L0', key: keys[0]! });
    const line = await many(SIZE, (i) =>
      intermediate(
        nativeCrypto,
        { certificate: top.certificate, key: keys[i % 2]! },
        { subject: `L${i + 1}`, issuer: `L${i}`, key: keys[(i + 1) % 2]!, change: { aki: null } },
      ),
    );
    const end = await leaf(nativeCrypto, { certificate: line.at(-1)!, key: keys[0]! });
    const result = await verifyChain(
      nativeCrypto,
      present({ chain: [end, ...line], roots: [top.certificate], strict: false }),
    );
    expect(result.ok).toBe(false);
    const short = await verifyChain(
      nativeCrypto,
      present({
        chain: [await leaf(nativeCrypto, { certificate: line[99]!, key: keys[0]! }), ...line],
        roots: [top.certificate],
        strict: false,
      }),
    );
    expect(short.path).toHaveLength(102);
  });

  it('and a thousand CRLs that are all bad cost no more than their signatures', async () => {
    const top = await root(nativeCrypto);
    const end = await leaf(nativeCrypto, top);
    const bad = {
      signer: top,
      tamper: (signature: Uint8Array) => signature.map((octet, i) => (i === 20 ? octet ^ 1 : octet)),
    };
    const crls = await Promise.all(
      Array.from({ length: SIZE }, (_, number) => forgeCrl(nativeCrypto, { ...bad, number })),
    );
    const counted = countingVerifications();
    const input = present({ chain: [end], roots: [top.certificate] });
    const result = await verifyChain(counted.provider, { ...input, revocation: { mode: 'hard', crls } });
    expect(result.error?.kind).toBe('revocation-unknown');
    expect(counted.count()).toBeLessThanOrEqual(2048);
  });
});

describe('a mutation of a valid chain', () => {
  it('is accepted only where no signed octet has changed', async () => {
    const top = await root(nativeCrypto);
    const middle = await intermediate(nativeCrypto, top);
    const end = await leaf(nativeCrypto, middle);
    const certificates = [end, middle.certificate];
    const position = fc.record({ which: fc.nat(1), at: fc.nat(), bit: fc.nat(7) });
    await fc.assert(
      fc.asyncProperty(fc.array(position, { minLength: 1, maxLength: 3 }), async (flips) => {
        const ders = certificates.map(({ der }) => Uint8Array.from(der));
        for (const { which, at, bit } of flips) ders[which]![at % ders[which]!.length]! ^= 1 << bit;
        const chain = readAll(ders);
        if (chain === null) return;
        const { ok } = await verifyChain(nativeCrypto, present({ chain, roots: [top.certificate] }));
        if (!ok) return;
        for (const [index, one] of chain.entries()) {
          expect(equalBytes(one.tbs, certificates[index]!.tbs)).toBe(true);
          expect(equalBytes(one.signature, certificates[index]!.signature)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('by one bit anywhere is refused', async () => {
    const top = await root(nativeCrypto);
    const end = await leaf(nativeCrypto, top);
    for (let bit = 0; bit < end.der.length * 8; bit += 5) {
      const der = Uint8Array.from(end.der);
      der[bit >> 3]! ^= 1 << (bit & 7);
      const chain = readAll([der]);
      if (chain === null) continue;
      const { ok } = await verifyChain(nativeCrypto, present({ chain, roots: [top.certificate] }));
      expect({ bit, ok }).toEqual({ bit, ok: false });
    }
  });
});

function readAll(ders: readonly Uint8Array[]): Certificate[] | null {
  try {
    return ders.map(parseCertificate);
  } catch (error) {
    if (error instanceof PkiError) return null;
    throw error;
  }
}

function keyPool(count: number): Promise<KeyPair[]> {
  return Promise.all(Array.from({ length: count }, () => generateKeyPair(nativeCrypto, 'ecdsa-p256')));
}

async function many(count: number, make: (index: number) => Promise<Authority>): Promise<Certificate[]> {
  const made: Certificate[] = [];
  for (let i = 0; i < count; i++) made.push((await make(i)).certificate);
  return made;
}

function serialOf(index: number): Uint8Array {
  return Uint8Array.of(1, index >> 8, index & 0xff);
}

function countingVerifications() {
  let verifications = 0;
  const { subtle } = nativeCrypto;
  const counting = new Proxy(subtle, {
    get(target, property: keyof SubtleCrypto) {
      if (property === 'verify') verifications++;
      return (...args: readonly unknown[]) =>
        (target[property] as (...all: readonly unknown[]) => unknown)(...args);
    },
  });
  return { provider: { ...nativeCrypto, subtle: counting }, count: () => verifications };
}
