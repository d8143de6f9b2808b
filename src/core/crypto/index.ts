export { type HashName, digest } from './digest.ts';
export { type CryptoProvider, nativeCrypto, randomBytes } from './provider.ts';
