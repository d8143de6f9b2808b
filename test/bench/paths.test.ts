import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/core/pki/index.ts';
import { pathOf } from './paths/chain.ts';
import { bareSignatures, forgePath, pkijsPath, svidlab } from './paths/contestants.ts';

describe.each([3, 5])('a path of %d certificates', (length) => {
  it.each([
    ['svidlab', svidlab, 'ecdsa-p256'],
    ['bare signatures', bareSignatures, 'ecdsa-p256'],
    ['pkijs', pkijsPath, 'ecdsa-p256'],
    ['node-forge', forgePath, 'rsa-2048'],
  ] as const)('is validated by %s, and a forged one is not', async (_name, prepare, keyType) => {
    const path = await pathOf(length, keyType);
    await expect(prepare(path)()).resolves.toBeUndefined();
    const der = Uint8Array.from(path[0]!.der);
    der[der.length - 1]! ^= 1;
    const forged = [parseCertificate(der), ...path.slice(1)];
    await expect((async () => prepare(forged)())()).rejects.toThrow();
  });
});
