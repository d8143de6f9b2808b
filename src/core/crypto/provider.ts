/**
 * The one way to cryptography: every function of core/ that needs it is given a provider. Keys belong to the
 * provider that made them and must be used with no other.
 */
export interface CryptoProvider {
  /** Shown where a run says what it used, for example `native`. */
  readonly name: string;
  readonly subtle: SubtleCrypto;
  /** Fills `into` with random bytes and returns it. */
  getRandomValues<T extends Uint8Array<ArrayBuffer>>(into: T): T;
}

/** The platform's WebCrypto (page, worker or Node); looked up when used, so that loading needs none. */
export const nativeCrypto: CryptoProvider = {
  name: 'native',
  get subtle() {
    return globalThis.crypto.subtle;
  },
  getRandomValues: (into) => globalThis.crypto.getRandomValues(into),
};

/** `length` random bytes of the provider; for key material, never for what must be reproducible. */
export function randomBytes(provider: CryptoProvider, length: number): Uint8Array<ArrayBuffer> {
  return provider.getRandomValues(new Uint8Array(length));
}
