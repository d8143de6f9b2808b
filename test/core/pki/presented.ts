import type { CryptoProvider } from '../../../src/core/crypto/index.ts';
import type { ChainError, ChainToVerify } from '../../../src/core/pki/index.ts';
import { intermediate, leaf, NOW, root } from './forge.ts';

/** A chain with one thing wrong, what we say of it, and the code OpenSSL gives it (null: it accepts the chain). */
export interface Defect {
  readonly name: string;
  readonly build: (provider: CryptoProvider) => Promise<Presented>;
  readonly error: Partial<ChainError>;
  readonly openssl: number | null;
}

export type Presented = Pick<ChainToVerify, 'chain' | 'roots'> & Partial<ChainToVerify>;

/** Fills in the time and the purpose a test does not care about. */
export function present(presented: Presented): ChainToVerify {
  return { at: NOW, purpose: 'serverAuth', ...presented };
}

/** Leaf and root, with changes to either. */
export const rootAndLeaf =
  (rootChanges: Parameters<typeof root>[1], leafChanges: Parameters<typeof leaf>[2] = {}) =>
  async (provider: CryptoProvider): Promise<Presented> => {
    const top = await root(provider, rootChanges);
    return { chain: [await leaf(provider, top, leafChanges)], roots: [top.certificate] };
  };

/** Leaf, intermediate and root, with changes to any. */
export const threeTier =
  (
    intermediateChanges: Parameters<typeof intermediate>[2],
    leafChanges: Parameters<typeof leaf>[2] = {},
    rootChanges: Parameters<typeof root>[1] = {},
  ) =>
  async (provider: CryptoProvider): Promise<Presented> => {
    const top = await root(provider, rootChanges);
    const middle = await intermediate(provider, top, intermediateChanges);
    return {
      chain: [await leaf(provider, middle, leafChanges), middle.certificate],
      roots: [top.certificate],
    };
  };
