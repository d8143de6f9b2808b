import { Crypto } from '@peculiar/webcrypto';
import { nativeCrypto, type CryptoProvider } from '../../../src/core/crypto/index.ts';

const crypto = new Crypto();

/** A second, independent WebCrypto. */
const peculiar: CryptoProvider = {
  name: 'peculiar',
  subtle: crypto.subtle as SubtleCrypto,
  getRandomValues: (into) => crypto.getRandomValues(into),
};

/** For `describe.each`: the providers that core/ is tested on. */
export const providers: [string, CryptoProvider][] = [nativeCrypto, peculiar].map((provider) => [
  provider.name,
  provider,
]);
