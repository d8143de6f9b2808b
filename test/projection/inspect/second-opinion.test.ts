import { describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import { secondOpinion } from '../../../src/projection/inspect/second-opinion.ts';
import { makeWorld } from './artefacts.ts';

const keyTypes = ['ecdsa-p256', 'ecdsa-p384', 'rsa-2048'] as const;

async function opinions(kind: 'certificate' | 'csr', keyType: (typeof keyTypes)[number]) {
  const world = await makeWorld(keyType);
  const issuers = world.all.filter((one) => one.kind === 'certificate').map(({ bytes }) => bytes);
  const der = world.all.filter((one) => one.kind === kind).map(({ bytes }) => bytes);
  return Promise.all(der.map((bytes) => secondOpinion(nativeCrypto, { kind, der: bytes, issuers })));
}

describe.each(keyTypes)('%s', (keyType) => {
  it('two readers agree about every certificate, and about its signature', async () => {
    const all = await opinions('certificate', keyType);
    expect(all.length).toBeGreaterThan(1);
    for (const fields of all) {
      expect(fields.filter(({ ours, theirs }) => ours !== theirs)).toEqual([]);
      expect(fields.find(({ label }) => label.startsWith('Signature by'))?.theirs).toBe('valid');
      expect(fields.find(({ label }) => label === 'Extensions')?.ours).toContain('2.5.29.15 critical');
    }
  });

  it('two readers agree about a CSR, and that it was signed with its own key', async () => {
    const [fields = []] = await opinions('csr', keyType);
    expect(fields.filter(({ ours, theirs }) => ours !== theirs)).toEqual([]);
    expect(fields.at(-1)).toEqual({ label: 'Signature', ours: 'valid', theirs: 'valid' });
    expect(fields.find(({ label }) => label === 'Subject Alternative Name')?.theirs).toMatch(/^uri:spiffe:/);
  });
});

it('a signature that does not fit is one for neither', async () => {
  const world = await makeWorld();
  const der = world.all.find(({ kind }) => kind === 'csr')!.bytes.slice();
  der[der.length - 1]! ^= 1;
  const fields = await secondOpinion(nativeCrypto, { kind: 'csr', der, issuers: [] });
  expect(fields.at(-1)).toMatchObject({ ours: 'invalid', theirs: 'invalid' });
});

it('what is no certificate has no second opinion', async () => {
  const question = { kind: 'certificate', der: Uint8Array.of(1, 2, 3), issuers: [] } as const;
  await expect(secondOpinion(nativeCrypto, question)).rejects.toThrow();
});
