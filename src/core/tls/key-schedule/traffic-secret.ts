import type { Bytes } from '../../bytes/index.ts';
import type { SecretName } from '../event.ts';
import type { CipherSuiteParameters } from '../names.ts';
import type { HkdfSecret } from './hkdf.ts';

const NONE = new Uint8Array(0);
/** Octets of the per-record nonce of every AEAD of TLS 1.3. */
const IV_LENGTH = 12;

/** A traffic secret: keys for one direction, and the key of its Finished. */
export class TrafficSecret {
  readonly suite: CipherSuiteParameters;
  readonly secret: HkdfSecret;
  readonly name: SecretName;
  readonly generation: number;

  constructor(suite: CipherSuiteParameters, secret: HkdfSecret, name: SecretName, generation: number) {
    this.suite = suite;
    this.secret = secret;
    this.name = name;
    this.generation = generation;
  }

  /** Key and IV (RFC 9846 section 7.3). */
  async keys(): Promise<{ readonly key: Bytes; readonly iv: Bytes }> {
    const [key, iv] = await Promise.all([
      this.secret.expandLabel('key', NONE, this.suite.keyLength),
      this.secret.expandLabel('iv', NONE, IV_LENGTH),
    ]);
    return { key, iv };
  }

  async next(): Promise<TrafficSecret> {
    const secret = await this.secret.derive('traffic upd', NONE);
    return new TrafficSecret(this.suite, secret, this.name, this.generation + 1);
  }
}

/** verify_data of a Finished, or a binder (RFC 9846 section 4.4.4): the finished key and what it makes of the hash. */
export async function verifyData(
  base: HkdfSecret,
  transcriptHash: Uint8Array,
): Promise<{ readonly finishedKey: Bytes; readonly verifyData: Bytes }> {
  const finishedKey = await base.derive('finished', NONE);
  return { finishedKey: finishedKey.bytes, verifyData: await finishedKey.hmac(transcriptHash) };
}
