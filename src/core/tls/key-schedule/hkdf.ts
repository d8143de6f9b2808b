import { asBytes, type Bytes, concatBytes, utf8Encode } from '../../bytes/index.ts';
import type { CryptoProvider } from '../../crypto/index.ts';
import type { CipherSuiteParameters } from '../names.ts';

/** The hash of a cipher suite, as HKDF and the transcript use it. */
export type SuiteHash = CipherSuiteParameters['hash'];

/** HMAC (RFC 2104). */
export async function hmac(provider: CryptoProvider, key: CryptoKey, data: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await provider.subtle.sign('HMAC', key, asBytes(data)));
}

/** HKDF-Extract (RFC 5869 section 2.2). WebCrypto's HKDF only offers extract and expand in one. */
export async function hkdfExtract(
  provider: CryptoProvider,
  hash: SuiteHash,
  salt: Uint8Array,
  ikm: Uint8Array,
): Promise<HkdfSecret> {
  const key = await importHmacKey(provider, hash, salt);
  return new HkdfSecret(provider, hash, await hmac(provider, key, ikm));
}

function importHmacKey(provider: CryptoProvider, hash: SuiteHash, key: Uint8Array): Promise<CryptoKey> {
  return provider.subtle.importKey('raw', asBytes(key), { name: 'HMAC', hash }, false, ['sign']);
}

/** A secret of the key schedule, to derive others from; imported once however much is derived. */
export class HkdfSecret {
  readonly bytes: Bytes;
  readonly hash: SuiteHash;
  readonly #provider: CryptoProvider;
  #key: Promise<CryptoKey> | null = null;

  constructor(provider: CryptoProvider, hash: SuiteHash, bytes: Bytes) {
    this.#provider = provider;
    this.hash = hash;
    this.bytes = bytes;
  }

  /** Lets go of the imported key, where nothing is derived for a long time. */
  rest(): void {
    this.#key = null;
  }

  /** HMAC with this secret as the key. */
  async hmac(data: Uint8Array): Promise<Bytes> {
    this.#key ??= importHmacKey(this.#provider, this.hash, this.bytes);
    return hmac(this.#provider, await this.#key, data);
  }

  /** HKDF-Expand-Label (RFC 9846 section 7.1). */
  async expandLabel(label: string, context: Uint8Array, length: number): Promise<Bytes> {
    const info = hkdfLabel(label, context, length);
    const first = await this.hmac(concatBytes(info, Uint8Array.of(1)));
    if (length <= first.length) return first.slice(0, length);
    return this.#expandFurther(info, first, length);
  }

  async #expandFurther(info: Bytes, first: Bytes, length: number): Promise<Bytes> {
    const out = new Uint8Array(length);
    out.set(first);
    let block = first;
    for (let at = first.length, count = 2; at < length; at += block.length, count++) {
      block = await this.hmac(concatBytes(block, info, Uint8Array.of(count)));
      out.set(block.subarray(0, length - at), at);
    }
    return out;
  }

  /** Derive-Secret (RFC 9846 section 7.1), of a transcript already hashed. */
  async derive(label: string, transcriptHash: Uint8Array): Promise<HkdfSecret> {
    const bytes = await this.expandLabel(label, transcriptHash, this.bytes.length);
    return new HkdfSecret(this.#provider, this.hash, bytes);
  }
}

function hkdfLabel(label: string, context: Uint8Array, length: number): Bytes {
  const name = utf8Encode(`tls13 ${label}`);
  const info = new Uint8Array(4 + name.length + context.length);
  info[0] = length >> 8;
  info[1] = length & 0xff;
  info[2] = name.length;
  info.set(name, 3);
  info[3 + name.length] = context.length;
  info.set(context, 4 + name.length);
  return info;
}
