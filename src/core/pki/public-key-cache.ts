import { asBytes } from '../bytes/bytes.ts';
import type { CryptoProvider } from '../crypto/index.ts';

const CAPACITY = 64;

/** Imported verification keys of one provider, least recently used first. A memo: it never changes a result. */
class PublicKeyCache {
  readonly #keys = new Map<string, Promise<CryptoKey>>();

  get(id: string, importKey: () => Promise<CryptoKey>): Promise<CryptoKey> {
    const known = this.#keys.get(id);
    const key = known ?? importKey();
    if (known !== undefined) this.#keys.delete(id);
    else if (this.#keys.size >= CAPACITY) this.#keys.delete(this.#keys.keys().next().value!);
    this.#keys.set(id, key);
    return key;
  }
}

const caches = new WeakMap<CryptoProvider, PublicKeyCache>();

/** What to import: the bits of a key in one of WebCrypto's two binary formats. */
export interface KeyToImport {
  readonly format: 'raw' | 'spki';
  readonly bytes: Uint8Array;
  readonly algorithm: Algorithm | EcKeyImportParams | RsaHashedImportParams;
}

/**
 * Imports a public key for verifying.
 *
 * @param reuse keep the imported key for the next call: for CA keys, which verify again and again
 * @throws DOMException (or the provider's own error) for a key the provider does not accept
 */
export function importPublicKey(
  provider: CryptoProvider,
  key: KeyToImport,
  reuse: boolean,
): Promise<CryptoKey> {
  const { format, bytes, algorithm } = key;
  const importKey = () => provider.subtle.importKey(format, asBytes(bytes), algorithm, true, ['verify']);
  if (!reuse) return importKey();
  let cache = caches.get(provider);
  if (cache === undefined) caches.set(provider, (cache = new PublicKeyCache()));
  return cache.get(`${JSON.stringify(algorithm)} ${String.fromCharCode(...bytes)}`, importKey);
}
