import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { asBytes, type Bytes } from '../../bytes/index.ts';
import type { CryptoProvider } from '../../crypto/index.ts';
import type { CipherSuiteParameters } from '../names.ts';

/** Octets an AEAD of TLS 1.3 adds. */
export const TAG_LENGTH = 16;

/** One key of an AEAD (RFC 5116). */
export interface Aead {
  seal(nonce: Bytes, additional: Bytes, plaintext: Bytes): Promise<Bytes>;
  /** Null where the tag does not fit. */
  open(nonce: Bytes, additional: Bytes, ciphertext: Bytes): Promise<Bytes | null>;
}

/** WebCrypto has AES-GCM; ChaCha20-Poly1305 (RFC 8439) it does not have, so that comes from @noble/ciphers. */
export async function importAead(
  provider: CryptoProvider,
  suite: CipherSuiteParameters,
  key: Bytes,
): Promise<Aead> {
  if (suite.aead === 'ChaCha20-Poly1305') return new ChaCha20Poly1305(key);
  const imported = await provider.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return new AesGcm(provider, imported);
}

class AesGcm implements Aead {
  readonly #provider: CryptoProvider;
  readonly #key: CryptoKey;

  constructor(provider: CryptoProvider, key: CryptoKey) {
    this.#provider = provider;
    this.#key = key;
  }

  async seal(nonce: Bytes, additional: Bytes, plaintext: Bytes): Promise<Bytes> {
    const parameters = { name: 'AES-GCM', iv: nonce, additionalData: additional };
    return new Uint8Array(await this.#provider.subtle.encrypt(parameters, this.#key, plaintext));
  }

  async open(nonce: Bytes, additional: Bytes, ciphertext: Bytes): Promise<Bytes | null> {
    if (ciphertext.length < TAG_LENGTH) return null;
    const parameters = { name: 'AES-GCM', iv: nonce, additionalData: additional };
    try {
      return new Uint8Array(await this.#provider.subtle.decrypt(parameters, this.#key, ciphertext));
    } catch {
      return null;
    }
  }
}

class ChaCha20Poly1305 implements Aead {
  readonly #key: Bytes;

  constructor(key: Bytes) {
    this.#key = key;
  }

  seal(nonce: Bytes, additional: Bytes, plaintext: Bytes): Promise<Bytes> {
    return Promise.resolve(asBytes(chacha20poly1305(this.#key, nonce, additional).encrypt(plaintext)));
  }

  open(nonce: Bytes, additional: Bytes, ciphertext: Bytes): Promise<Bytes | null> {
    try {
      return Promise.resolve(asBytes(chacha20poly1305(this.#key, nonce, additional).decrypt(ciphertext)));
    } catch {
      return Promise.resolve(null);
    }
  }
}
