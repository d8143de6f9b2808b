import { type Bytes, concatBytes } from '../../bytes/index.ts';
import { type CryptoProvider, digest } from '../../crypto/index.ts';
import type { SuiteHash } from './hkdf.ts';

/**
 * The handshake messages so far and their hash (RFC 9846 section 4.4.1). WebCrypto has no hash that can be continued, so
 * the messages are kept and a hash is made over all of them, once for each place at which it is asked for.
 */
export class Transcript {
  readonly #provider: CryptoProvider;
  #buffer: Bytes = new Uint8Array(4096);
  #length = 0;
  #lengthBefore = 0;
  #hash: SuiteHash | null = null;
  readonly #digests = new Map<number, Promise<Bytes>>();

  constructor(provider: CryptoProvider) {
    this.#provider = provider;
  }

  /** The cipher suite is known, and so is the hash. */
  setHash(hash: SuiteHash): void {
    this.#hash = hash;
  }

  get hashName(): SuiteHash | null {
    return this.#hash;
  }

  append(message: Uint8Array): void {
    this.#lengthBefore = this.#length;
    const needed = this.#length + message.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(message, this.#length);
    this.#length = needed;
  }

  /** Hash of all messages. */
  current(): Promise<Bytes> {
    return this.#at(this.#length);
  }

  /** Hash without the last message: what Finished and CertificateVerify cover when they have been received. */
  before(): Promise<Bytes> {
    return this.#at(this.#lengthBefore);
  }

  /** Hash of all messages and the beginning of another, which is to come: what a binder covers when it is made. */
  with(partial: Uint8Array, hash: SuiteHash): Promise<Bytes> {
    return digest(this.#provider, hash, concatBytes(this.#buffer.subarray(0, this.#length), partial));
  }

  /** Hash of all messages, of the last one without its end: what a binder covers when it is checked. */
  withoutEnd(octets: number): Promise<Bytes> {
    return digest(this.#provider, this.#hash!, this.#buffer.subarray(0, this.#length - octets));
  }

  /** After a HelloRetryRequest the first ClientHello counts only by its hash, as the message `message_hash`. */
  async replaceByMessageHash(): Promise<void> {
    const hash = await this.current();
    this.#digests.clear();
    this.#length = 0;
    this.append(concatBytes(Uint8Array.of(254, 0, 0, hash.length), hash));
  }

  /** The messages are no longer needed. */
  release(): void {
    this.#buffer = new Uint8Array(0);
    this.#length = 0;
    this.#lengthBefore = 0;
    this.#digests.clear();
  }

  #at(length: number): Promise<Bytes> {
    if (this.#hash === null) throw new Error('transcript: no cipher suite is chosen yet');
    let hash = this.#digests.get(length);
    if (hash === undefined) {
      hash = digest(this.#provider, this.#hash, this.#buffer.subarray(0, length));
      this.#digests.set(length, hash);
    }
    return hash;
  }
}
