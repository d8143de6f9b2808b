import { asBytes, type Bytes } from '../../bytes/index.ts';
import type { CryptoProvider } from '../../crypto/index.ts';
import { Fault } from '../fault.ts';
import type { NamedGroup } from '../names.ts';

/** One side's fresh key for one group; never used for a second connection (RFC 9846 section 4.2.8). */
export interface KeyShare {
  readonly group: NamedGroup;
  readonly privateKey: CryptoKey;
  /** As key_exchange carries it: 32 octets, or an uncompressed point. */
  readonly publicKey: Bytes;
}

const algorithms = {
  x25519: { name: 'X25519' },
  secp256r1: { name: 'ECDH', namedCurve: 'P-256' },
} as const;

const lengths: Readonly<Record<NamedGroup, number>> = { x25519: 32, secp256r1: 65 };

export async function generateKeyShare(provider: CryptoProvider, group: NamedGroup): Promise<KeyShare> {
  const pair = (await provider.subtle.generateKey(algorithms[group], true, ['deriveBits'])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await provider.subtle.exportKey('raw', pair.publicKey));
  return { group, privateKey: pair.privateKey, publicKey };
}

/**
 * The shared secret (RFC 9846 section 7.4).
 *
 * @throws Fault illegal_parameter for a value that is no key of the group, and for a secret of zeros
 */
export async function agree(provider: CryptoProvider, own: KeyShare, peer: Uint8Array): Promise<Bytes> {
  const algorithm = algorithms[own.group];
  const expected = lengths[own.group];
  if (peer.length !== expected)
    throw refused(own.group, `${peer.length} octets, ${expected} are needed`, '4.2.8');
  let shared: Bytes;
  try {
    const publicKey = await provider.subtle.importKey('raw', asBytes(peer), algorithm, true, []);
    const bits = provider.subtle.deriveBits({ name: algorithm.name, public: publicKey }, own.privateKey, 256);
    shared = new Uint8Array(await bits);
  } catch {
    throw refused(own.group, 'the value is no public key, or one of small order', '7.4');
  }
  if (shared.every((octet) => octet === 0))
    throw refused(own.group, 'the shared secret is all zeros', '7.4.2');
  return shared;
}

function refused(group: NamedGroup, reason: string, section: string): Fault {
  return new Fault('illegal_parameter', 'key-share.value', `key_exchange of ${group}: ${reason}`, section);
}
