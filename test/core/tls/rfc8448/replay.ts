import { asBytes, type Bytes, fromHex } from '../../../../src/core/bytes/index.ts';
import { type CryptoProvider, nativeCrypto } from '../../../../src/core/crypto/index.ts';
import { ecdsaSignatureFromDer } from '../../../../src/core/pki/ecdsa-signature.ts';
import { findExtension } from '../../../../src/core/tls/extensions/extension.ts';
import type { Extension } from '../../../../src/core/tls/index.ts';
import { readMessage } from '../../../../src/core/tls/messages/read.ts';

/** PKCS#8 of an X25519 private key (RFC 8410 section 7) without the key. */
const X25519_PKCS8 = fromHex('302e020100300506032b656e04220420');

/** What a side of a trace drew: in the order in which it is asked for. */
export interface Draws {
  readonly random: readonly string[];
  /** Private keys; of P-256 with the public point, which WebCrypto wants too. */
  readonly keys: readonly { readonly private: string; readonly point?: Bytes }[];
  /** ECDSA and RSA-PSS signatures have a random part too. */
  readonly signature?: string | undefined;
}

/** The native provider, but that all chance comes from a trace. */
export function replayed(draws: Draws): CryptoProvider {
  const random = [...draws.random];
  const keys = [...draws.keys];
  const { subtle } = nativeCrypto;
  const replacing: Partial<Record<keyof SubtleCrypto, (...args: never[]) => unknown>> = {
    generateKey: () => importPair(keys.shift()!),
    sign: (algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource) => {
      const name = typeof algorithm === 'string' ? algorithm : algorithm.name;
      if (name === 'HMAC') return subtle.sign(algorithm, key, data);
      const signature = fromHex(draws.signature!);
      return Promise.resolve(name === 'ECDSA' ? ecdsaSignatureFromDer(signature, 32)! : signature);
    },
  };
  return {
    name: 'RFC 8448',
    subtle: new Proxy(subtle, {
      get: (target, name: keyof SubtleCrypto) =>
        replacing[name] ?? (target[name] as (...args: never[]) => unknown).bind(target),
    }),
    getRandomValues: (into) => {
      const bytes = fromHex(random.shift()!);
      if (bytes.length !== into.length) throw new Error(`asked for ${into.length} octets of ${bytes.length}`);
      into.set(bytes);
      return into;
    },
  };
}

async function importPair(key: Draws['keys'][number]): Promise<CryptoKeyPair> {
  return key.point === undefined
    ? importX25519(fromHex(key.private))
    : importP256(fromHex(key.private), key.point);
}

async function importX25519(secret: Bytes): Promise<CryptoKeyPair> {
  const { subtle } = nativeCrypto;
  const pkcs8 = new Uint8Array([...X25519_PKCS8, ...secret]);
  const privateKey = await subtle.importKey('pkcs8', pkcs8, 'X25519', true, ['deriveBits']);
  const { x, crv, kty } = await subtle.exportKey('jwk', privateKey);
  const publicKey = await subtle.importKey('jwk', { x, crv, kty } as JsonWebKey, 'X25519', true, []);
  return { privateKey, publicKey };
}

async function importP256(secret: Bytes, point: Bytes): Promise<CryptoKeyPair> {
  const { subtle } = nativeCrypto;
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' };
  const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: base64url(point.subarray(1, 33)),
    y: base64url(point.subarray(33)),
  };
  const privateKey = await subtle.importKey('jwk', { ...jwk, d: base64url(secret) }, algorithm, true, [
    'deriveBits',
  ]);
  return { privateKey, publicKey: await subtle.importKey('jwk', jwk, algorithm, true, []) };
}

/** Extensions of the (only) handshake message in an unprotected record, or of a message by itself. */
export function extensionsOf(hex: string): readonly Extension[] {
  const bytes = fromHex(hex);
  const { message } = readMessage(bytes[0] === 22 ? bytes.subarray(5) : bytes, false);
  return 'extensions' in message ? message.extensions : [];
}

/** The key share of a ServerHello, or the first of a ClientHello. */
export function shareOf(hex: string): Bytes {
  const extensions = extensionsOf(hex);
  const server = findExtension(extensions, 'selected_key_share');
  return asBytes((server?.share ?? findExtension(extensions, 'key_share')!.shares[0]!).keyExchange);
}

/**
 * Extensions in the order of the trace: what this implementation makes is its own, what it does not know to make (other
 * groups, record_size_limit, padding) is the trace's.
 */
export function arranged(trace: readonly Extension[], own: readonly Extension[]): readonly Extension[] {
  const OURS: ReadonlySet<string> = new Set([
    'key_share',
    'selected_key_share',
    'selected_group',
    'selected_version',
    'selected_identity',
    'cookie',
    'server_name',
    'psk_key_exchange_modes',
    'early_data',
  ]);
  return trace
    .filter(({ type }) => type !== 'pre_shared_key')
    .map((theirs) =>
      OURS.has(theirs.type) ? (own.find(({ type }) => type === theirs.type) ?? theirs) : theirs,
    );
}
