import type { CryptoProvider } from '../../../src/core/crypto/index.ts';
import { generateKeyPair, type KeyPair, type KeyType } from '../../../src/core/pki/index.ts';

const made = new WeakMap<CryptoProvider, Map<KeyType, Promise<KeyPair>>>();

/** A key pair of this kind that the tests of a file share: RSA keys take their time. */
export function sharedKey(provider: CryptoProvider, keyType: KeyType): Promise<KeyPair> {
  let ofProvider = made.get(provider);
  if (ofProvider === undefined) made.set(provider, (ofProvider = new Map<KeyType, Promise<KeyPair>>()));
  let pair = ofProvider.get(keyType);
  if (pair === undefined) ofProvider.set(keyType, (pair = generateKeyPair(provider, keyType)));
  return pair;
}

/** The kinds that are quick enough to be made in every test run. */
export const quickKeyTypes: readonly KeyType[] = ['ecdsa-p256', 'ecdsa-p384', 'rsa-2048'];
