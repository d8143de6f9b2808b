import { withoutPrivateKeys } from '../../projection/verify/read-bag.ts';
import { asRecord, kept } from '../shared/storage.ts';
import { asSettings, type Settings } from './settings.ts';

/** What the fields hold: texts as they were pasted, right or wrong. */
export interface Input {
  readonly chain: string;
  readonly roots: string;
  readonly settings: Settings;
  /** Certificates of the chain that the learner trusts, by {@link certificateKey}. */
  readonly trusted: readonly string[];
  /** The leaf that was chosen, by the same; null: whichever looks like one. */
  readonly leaf: string | null;
}

const longestMemory = 1_500_000;
const mostTrusted = 300;

const store = kept<Input>('verify', (value) => {
  const { chain, roots, settings, trusted, leaf } = asRecord(value);
  return {
    chain: typeof chain === 'string' ? chain : '',
    roots: typeof roots === 'string' ? roots : '',
    settings: asSettings(settings),
    trusted: Array.isArray(trusted)
      ? trusted.filter((key): key is string => typeof key === 'string').slice(0, mostTrusted)
      : [],
    leaf: typeof leaf === 'string' ? leaf : null,
  };
});

export function recallInput(): Input {
  return store.read();
}

/** Remembers what the fields hold, but for private keys, and for texts too long to be kept. */
export function rememberInput(input: Input): void {
  const chain = withoutPrivateKeys(input.chain);
  const roots = withoutPrivateKeys(input.roots);
  const fits = chain.length + roots.length <= longestMemory;
  store.write(fits ? { ...input, chain, roots } : { ...input, chain: '', roots: '' });
}
