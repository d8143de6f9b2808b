import { Crypto } from '@peculiar/webcrypto';
import { type CryptoProvider, nativeCrypto } from '../../src/core/crypto/index.ts';

/** An implementation of WebCrypto that is not the platform's; Node only, so it lives with the tests. */
function peculiarCrypto(): CryptoProvider {
  const crypto = new Crypto();
  return {
    name: '@peculiar/webcrypto',
    subtle: crypto.subtle,
    getRandomValues: (into) => crypto.getRandomValues(into),
  };
}

/** The providers that core/ is tested on: `describe.each(providers)('… on $name', (provider) => …)`. */
export const providers: readonly CryptoProvider[] = [nativeCrypto, peculiarCrypto()];
