import { asBytes, type Bytes, concatBytes, equalBytes } from '../../bytes/index.ts';
import { type CryptoProvider, randomBytes } from '../../crypto/index.ts';
import type { TicketProtector } from './ticket-protector.ts';

const NAME_LENGTH = 16;
const NONCE_LENGTH = 12;

/**
 * Seals tickets with AES-256-GCM under a key of its own: key name, nonce, ciphertext (RFC 5077 section 4 in shape). Each
 * protector has a new key, so a server that makes a new one has forgotten all tickets, as Envoy's new context has.
 */
export async function createTicketProtector(provider: CryptoProvider): Promise<TicketProtector> {
  const name = randomBytes(provider, NAME_LENGTH);
  const algorithm = { name: 'AES-GCM', length: 256 };
  const key = (await provider.subtle.generateKey(algorithm, false, ['encrypt', 'decrypt'])) as CryptoKey;
  return new AeadTicketProtector(provider, name, key);
}

class AeadTicketProtector implements TicketProtector {
  readonly #provider: CryptoProvider;
  readonly #name: Bytes;
  readonly #key: CryptoKey;

  constructor(provider: CryptoProvider, name: Bytes, key: CryptoKey) {
    this.#provider = provider;
    this.#name = name;
    this.#key = key;
  }

  async seal(state: Uint8Array): Promise<Bytes> {
    const iv = randomBytes(this.#provider, NONCE_LENGTH);
    const parameters = { name: 'AES-GCM', iv, additionalData: this.#name };
    const sealed = await this.#provider.subtle.encrypt(parameters, this.#key, asBytes(state));
    return concatBytes(this.#name, iv, new Uint8Array(sealed));
  }

  async open(ticket: Uint8Array): Promise<Bytes | null> {
    if (ticket.length < NAME_LENGTH + NONCE_LENGTH + 16) return null;
    if (!equalBytes(ticket.subarray(0, NAME_LENGTH), this.#name)) return null;
    const iv = asBytes(ticket.subarray(NAME_LENGTH, NAME_LENGTH + NONCE_LENGTH));
    const parameters = { name: 'AES-GCM', iv, additionalData: this.#name };
    const sealed = asBytes(ticket.subarray(NAME_LENGTH + NONCE_LENGTH));
    try {
      return new Uint8Array(await this.#provider.subtle.decrypt(parameters, this.#key, sealed));
    } catch {
      return null;
    }
  }
}
