import { describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import { type Certificate, generateKeyPair, verifyChain } from '../../../src/core/pki/index.ts';
import { providers } from '../../support/peculiar.ts';
import { defects } from './defects.ts';
import { present } from './presented.ts';
import { type Authority, dns, ext, forge, intermediate, leaf, NOW, root, uri } from './forge.ts';
import { soundChains } from './sound-chains.ts';

describe.each(providers)('verifyChain on $name', (provider) => {
  it.each(defects)('refuses: $name', async ({ build, error }) => {
    const result = await verifyChain(provider, present(await build(provider)));
    expect(result.error).toMatchObject(error);
    expect(result.ok).toBe(false);
    expect(result.checks.at(-1)?.ok).toBe(false);
    expect(result.checks.slice(0, -1).every(({ ok }) => ok)).toBe(true);
  });

  it.each(soundChains)('accepts: $name', async ({ build, length }) => {
    const input = present(await build(provider));
    const result = await verifyChain(provider, input);
    expect(result.error).toBeNull();
    expect(result.ok).toBe(true);
    expect(result.path).toHaveLength(length);
    expect(result.path[0]).toBe(input.chain[0]);
    expect(input.roots).toContain(result.path.at(-1));
  });
});

describe('the record of a verification', () => {
  it('lists every check in the order it was made, with the values compared', async () => {
    const top = await root(nativeCrypto, { pathLen: 1 });
    const middle = await intermediate(nativeCrypto, top, { pathLen: 0 });
    const end = await leaf(nativeCrypto, middle);
    const chain = [end, middle.certificate];
    const { checks } = await verifyChain(nativeCrypto, present({ chain, roots: [top.certificate] }));
    const order = 'spiffe://cluster.local/ns/shop/sa/order';
    const validity = '2026-03-02T09:00:00Z – 2027-03-02T09:00:00Z at 2026-03-02T12:00:00Z';
    expect(checks.map(({ id, ok, detail }) => `${ok ? '✓' : '✗'} ${id} ${detail}`)).toEqual([
      `✓ path.found ${order} ← CN=Intermediate ← CN=Root`,
      '✓ path.profile CN=Root: version 3, ECDSA P-256',
      `✓ anchor.validity CN=Root: ${validity}`,
      '✓ path.basicConstraints CN=Root: CA:TRUE',
      '✓ path.pathLength CN=Root: 1 more',
      '✓ path.keyUsage CN=Root: keyCertSign, cRLSign',
      '✓ path.criticalExtensions CN=Root: keyUsage, basicConstraints',
      '✓ path.profile CN=Intermediate: version 3, ECDSA P-256',
      '✓ path.signature CN=Intermediate: ecdsa-with-SHA256 by CN=Root',
      `✓ path.validity CN=Intermediate: ${validity}`,
      '✓ path.issuer CN=Intermediate: CN=Root',
      '✓ path.basicConstraints CN=Intermediate: CA:TRUE',
      '✓ path.pathLength CN=Intermediate: 0 more',
      '✓ path.keyUsage CN=Intermediate: keyCertSign, cRLSign',
      '✓ path.criticalExtensions CN=Intermediate: keyUsage, basicConstraints',
      `✓ path.profile ${order}: version 3, ECDSA P-256`,
      `✓ path.signature ${order}: ecdsa-with-SHA256 by CN=Intermediate`,
      `✓ path.validity ${order}: ${validity}`,
      `✓ path.issuer ${order}: CN=Intermediate`,
      `✓ path.criticalExtensions ${order}: keyUsage, basicConstraints, subjectAltName`,
      `✓ leaf.purpose ${order}: serverAuth in serverAuth, clientAuth`,
    ]);
  });

  it('keeps the checks of a path that was given up for another', async () => {
    const cross = soundChains.find(({ name }) => name.includes('one way is constrained'))!;
    const input = present(await cross.build(nativeCrypto));
    const result = await verifyChain(nativeCrypto, input);
    expect(result.tried.map(({ error }) => error?.kind ?? null)).toEqual(['name-not-permitted', null]);
    expect(result.checks.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['path.nameConstraints']);
    expect(result.tried.flatMap(({ checks }) => checks)).toEqual(result.checks);
  });

  it('reports the path that came furthest', async () => {
    const stranger = await root(nativeCrypto, { change: { ski: null } });
    const top = await root(nativeCrypto, { change: { ski: null } });
    const end = await leaf(nativeCrypto, top, { notAfter: '2026-03-02T10:00:00Z' });
    for (const roots of [
      [stranger.certificate, top.certificate],
      [top.certificate, stranger.certificate],
    ]) {
      const result = await verifyChain(nativeCrypto, present({ chain: [end], roots, strict: false }));
      expect(result.error).toMatchObject({ kind: 'certificate-expired' });
      expect(result.path.at(-1)).toBe(top.certificate);
    }
  });

  it('shortens names that are very long', async () => {
    const top = await root(nativeCrypto);
    const end = await leaf(nativeCrypto, top, {
      change: { san: ext.san([uri(`x:${'a'.repeat(500)}`)], true) },
    });
    const { checks } = await verifyChain(nativeCrypto, present({ chain: [end], roots: [top.certificate] }));
    expect(checks[0]?.detail).toBe(`x:${'a'.repeat(198)}… ← CN=Root`);
  });

  it('names an empty chain', async () => {
    const result = await verifyChain(nativeCrypto, present({ chain: [], roots: [] }));
    expect(result.error).toEqual({ kind: 'empty-chain' });
    expect(result.checks).toEqual([{ id: 'path.found', ok: false, detail: 'no certificate' }]);
  });

  it('says which keys bear the issuer’s name where none of them is the right one', async () => {
    const top = await root(nativeCrypto);
    const stranger = await root(nativeCrypto);
    const end = await leaf(nativeCrypto, top);
    const { error } = await verifyChain(
      nativeCrypto,
      present({ chain: [end], roots: [stranger.certificate] }),
    );
    expect(error).toMatchObject({
      kind: 'unknown-issuer',
      authorityKeyId: top.certificate.ski,
      sameNameKeyIds: [stranger.certificate.ski],
    });
  });
});

describe('what a caller may ask for', () => {
  it('takes only name and key from an anchor, where told to', async () => {
    const top = await root(nativeCrypto, {
      notAfter: '2026-03-02T10:00:00Z',
      change: { basicConstraints: null, unknown: ext.unknown(true) },
    });
    const input = { chain: [await leaf(nativeCrypto, top)], roots: [top.certificate] };
    const bare = await verifyChain(nativeCrypto, present({ ...input, anchors: 'name-and-key' }));
    expect(bare.ok).toBe(true);
    expect((await verifyChain(nativeCrypto, present(input))).ok).toBe(false);
  });

  it('leaves the rules for issuers alone, where told to', async () => {
    const top = await root(nativeCrypto, {
      change: { ski: null, basicConstraints: ext.basicConstraints(true, null, false) },
    });
    const end = await leaf(nativeCrypto, top, { serial: Uint8Array.of(0) });
    const input = { chain: [end], roots: [top.certificate] };
    expect((await verifyChain(nativeCrypto, present({ ...input, strict: false }))).ok).toBe(true);
    expect((await verifyChain(nativeCrypto, present(input))).error?.kind).toBe('malformed-certificate');
  });

  it('leaves purposes alone for any purpose', async () => {
    const top = await root(nativeCrypto);
    const end = await leaf(nativeCrypto, top, {
      change: { extKeyUsage: ext.extKeyUsage(['1.3.6.1.5.5.7.3.3']) },
    });
    const input = { chain: [end], roots: [top.certificate] };
    expect((await verifyChain(nativeCrypto, present({ ...input, purpose: 'any' }))).ok).toBe(true);
    expect((await verifyChain(nativeCrypto, present(input))).error).toMatchObject({ found: ['codeSigning'] });
  });

  it('asks usages of the leaf’s key', async () => {
    const top = await root(nativeCrypto);
    const end = await leaf(nativeCrypto, top, { change: { keyUsage: ext.keyUsage([2]) } });
    const input = { chain: [end], roots: [top.certificate], leafKeyUsage: ['digitalSignature' as const] };
    expect((await verifyChain(nativeCrypto, present(input))).error).toMatchObject({
      kind: 'key-usage-missing',
      needed: 'digitalSignature',
      found: ['keyEncipherment'],
      depth: 0,
    });
  });

  it('limits the number of intermediates', async () => {
    const top = await root(nativeCrypto);
    const middle = await intermediate(nativeCrypto, top);
    const input = { chain: [await leaf(nativeCrypto, middle), middle.certificate], roots: [top.certificate] };
    expect((await verifyChain(nativeCrypto, present({ ...input, maxPathLength: 1 }))).ok).toBe(true);
    expect((await verifyChain(nativeCrypto, present({ ...input, maxPathLength: 0 }))).error?.kind).toBe(
      'path-too-long',
    );
  });
});

describe('the search for a path ends', () => {
  it('when two CAs have certified each other', async () => {
    const [a, b] = [await named('A'), await named('B')];
    const ab = await intermediate(nativeCrypto, b, { subject: 'A', key: a.key });
    const ba = await intermediate(nativeCrypto, a, { subject: 'B', key: b.key });
    const chain = [await leaf(nativeCrypto, a), ab.certificate, ba.certificate];
    const result = await verifyChain(
      nativeCrypto,
      present({ chain, roots: [(await named('C')).certificate] }),
    );
    expect(result.error?.kind).toBe('unknown-issuer');
  });

  it('when thirty CAs of one name, each with its own key, have certified one another', async () => {
    const cas: Authority[] = [];
    for (let i = 0; i < 30; i++) cas.push(await named('Many'));
    const crossed: Certificate[] = [];
    for (const [i, ca] of cas.entries()) {
      const above = await intermediate(nativeCrypto, cas[(i + 1) % cas.length]!, {
        subject: 'Many',
        key: ca.key,
      });
      crossed.push(above.certificate);
    }
    const chain = [await leaf(nativeCrypto, cas[0]!), ...crossed];
    const roots = [(await named('Many')).certificate];
    const result = await verifyChain(nativeCrypto, present({ chain, roots }));
    expect(result.ok).toBe(false);
    expect(result.checks.length).toBeLessThan(2000);
  });

  it('when a hundred roots share name and key', async () => {
    const key = await generateKeyPair(nativeCrypto, 'ecdsa-p256');
    const roots: Certificate[] = [];
    for (let i = 1; i <= 100; i++) {
      const notAfter = '2026-03-02T10:00:00Z';
      roots.push((await root(nativeCrypto, { key, serial: Uint8Array.of(i), notAfter })).certificate);
    }
    const end = await leaf(nativeCrypto, { certificate: roots[0]!, key });
    const result = await verifyChain(nativeCrypto, present({ chain: [end], roots }));
    expect(result.error).toMatchObject({ kind: 'certificate-expired', depth: 1 });
    expect(result.tried).toHaveLength(100);
  });

  it('when names and constraints are counted in thousands', async () => {
    const names = Array.from({ length: 1100 }, (_, i) => `h${i}.test`);
    const top = await root(nativeCrypto, {
      change: { nameConstraints: ext.nameConstraints(names.map((name) => dns(name))) },
    });
    const end = await leaf(nativeCrypto, top, {
      change: {
        san: ext.san(
          names.map((name) => dns(name)),
          true,
        ),
      },
    });
    const result = await verifyChain(
      nativeCrypto,
      present({ chain: [end], roots: [top.certificate], at: NOW }),
    );
    expect(result.error).toEqual({ kind: 'search-limit', limit: '1048576 name comparisons' });
  });

  it('accepts a CA certificate as the leaf, when it is its own anchor', async () => {
    const top = await root(nativeCrypto);
    const result = await verifyChain(
      nativeCrypto,
      present({ chain: [top.certificate], roots: [top.certificate] }),
    );
    expect(result.ok).toBe(true);
    expect((await forge(nativeCrypto)).certificate.isSelfIssued).toBe(true);
  });
});

function named(subject: string): Promise<Authority> {
  return root(nativeCrypto, { subject });
}
