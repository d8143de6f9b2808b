import type { Bytes } from '../../bytes/index.ts';
import type { CryptoProvider } from '../../crypto/index.ts';
import type { EpochName } from '../event.ts';
import type { TrafficSecret } from '../key-schedule/traffic-secret.ts';
import { type Aead, importAead } from './aead.ts';

/** The keys of one direction in one epoch, and how many records they have protected (RFC 9846 section 5.2 and 5.3). */
export class Protection {
  readonly epoch: Exclude<EpochName, 'plaintext'>;
  readonly secret: TrafficSecret;
  readonly key: Bytes;
  readonly iv: Bytes;
  readonly #aead: Aead;
  #sequence = 0;

  private constructor(
    epoch: Exclude<EpochName, 'plaintext'>,
    secret: TrafficSecret,
    keys: { readonly key: Bytes; readonly iv: Bytes },
    aead: Aead,
  ) {
    this.epoch = epoch;
    this.secret = secret;
    this.key = keys.key;
    this.iv = keys.iv;
    this.#aead = aead;
  }

  static async from(
    provider: CryptoProvider,
    epoch: Exclude<EpochName, 'plaintext'>,
    secret: TrafficSecret,
  ): Promise<Protection> {
    const keys = await secret.keys();
    // Its next use is a key update, which most connections never see.
    if (epoch === 'application') secret.secret.rest();
    return new Protection(epoch, secret, keys, await importAead(provider, secret.suite, keys.key));
  }

  /** Sequence number of the next record. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Takes the next sequence number. */
  advance(): number {
    return this.#sequence++;
  }

  /** Gives back the last sequence number: its record was none of these keys. */
  rewind(): void {
    this.#sequence--;
  }

  seal(sequence: number, header: Bytes, inner: Bytes): Promise<Bytes> {
    return this.#aead.seal(this.#nonce(sequence), header, inner);
  }

  open(sequence: number, header: Bytes, ciphertext: Bytes): Promise<Bytes | null> {
    return this.#aead.open(this.#nonce(sequence), header, ciphertext);
  }

  #nonce(sequence: number): Bytes {
    const nonce = this.iv.slice();
    let rest = sequence;
    for (let at = nonce.length - 1; rest > 0; at--) {
      nonce[at]! ^= rest % 256;
      rest = Math.floor(rest / 256);
    }
    return nonce;
  }
}
