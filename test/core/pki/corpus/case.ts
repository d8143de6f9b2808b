import type { CryptoProvider } from '../../../../src/core/crypto/index.ts';
import type { ChainErrorKind } from '../../../../src/core/pki/index.ts';
import type { Presented } from '../presented.ts';

/** One chain of the corpus and the verdict the standards give it. */
export interface CorpusCase {
  /** Unique; begins with its group. */
  readonly name: string;
  readonly build: (provider: CryptoProvider) => Promise<Presented>;
  /** Null where the chain is valid. */
  readonly error: ChainErrorKind | null;
  /** Code OpenSSL 3.0 gives, where more than its verdict is compared. */
  readonly opensslCode?: number | null;
}

export function corpusCase(
  name: string,
  error: ChainErrorKind | null,
  build: CorpusCase['build'],
): CorpusCase {
  return { name, error, build };
}
