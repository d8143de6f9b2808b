import { asBytes } from '../bytes/bytes.ts';
import type { CryptoProvider } from '../crypto/index.ts';

const CAPACITY = 64;

/**
 * Imported verification keys of one provider, least recently used first. A memo: it never changes a result. Keys of
 * certificates that are still held are found by their bytes' identity, those read anew by the bytes.
 */
class PublicKeyCache {
  readonly #keys = new Map<string, Promise<CryptoKey>>();
  readonly #held = new WeakMap<Uint8Array, Map<string, Promise<CryptoKey>>>();

  get(bytes: Uint8Array, algorithm: string, importKey: () => Promise<CryptoKey>): Promise<CryptoKey> {
    let held = this.#held.get(bytes);
    if (held === undefined) this.#held.set(bytes, (held = new Map<string, Promise<CryptoKey>>()));
    let key = held.get(algorithm);
    if (key === undefined) held.set(algorithm, (key = this.byContent(bytes, algorithm, importKey)));
    return key;
  }

  private byContent(
    bytes: Uint8Array,
    algorithm: string,
    importKey: () => Promise<CryptoKey>,
  ): Promise<CryptoKey> {
    const id = `${algorithm} ${String.fromCharCode(...bytes)}`;
    const known = this.#keys.get(id);
    const key = known ?? importKey();
    if (known !== undefined) this.#keys.delete(id);
    else if (this.#keys.size >= CAPACITY) this.#keys.delete(this.#keys.keys().next().value!);
    this.#keys.set(id, key);
    return key;
  }
}

function algorithmText(algorithm: KeyToImport['algorithm']): string {
  const { name, namedCurve = '', hash = '' } = algorithm as EcKeyImportParams & { readonly hash?: unknown };
  return `${name} ${namedCurve} ${String(hash)}`;
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
  return cache.get(bytes, algorithmText(algorithm), importKey);
}
