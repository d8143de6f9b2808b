import { describe, expect, it } from 'vitest';
import { nativeCrypto, type CryptoProvider } from '../../src/core/crypto/index.ts';
import { createMesh } from '../../src/mesh/index.ts';
import { apply, fast, shop } from './support/shop.ts';

/** A provider whose ECDSA signing breaks once the world's own keys are made. */
function breaking(after: number): CryptoProvider {
  let signatures = 0;
  const subtle = new Proxy(nativeCrypto.subtle, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]): unknown => {
        const isSignature = name === 'sign' && (parameters[0] as Algorithm).name === 'ECDSA';
        if (isSignature && ++signatures > after) throw new Error('the signer broke');
        return Reflect.apply(value, target, parameters);
      };
    },
  });
  return { ...nativeCrypto, getRandomValues: (into) => nativeCrypto.getRandomValues(into), subtle };
}

describe('a bug in an actor or an operation', () => {
  it.each([2, 3, 4, 5, 6, 7, 8, 9])(
    'surfaces from the driver and never hangs the world (signature %i)',
    async (after) => {
      const mesh = await createMesh({ provider: breaking(after), seed: 7, settings: fast });
      apply(mesh, shop);
      const outcome = await mesh.driver.advanceTo(60_000).catch((error: unknown) => String(error));
      const refusedByAgent = mesh.trace.counts['renewal.failed'] ?? 0;
      expect(outcome === 'reached' ? refusedByAgent > 0 : String(outcome)).toSatisfy(
        (seen: unknown) => seen === true || String(seen).includes('the signer broke'),
      );
      mesh.stop();
    },
  );
});
