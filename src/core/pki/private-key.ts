import type { Bytes } from '../bytes/bytes.ts';
import { DerReader } from '../bytes/der-reader.ts';
import { bits, contextExplicit, contextTag, int, nullValue, octets, oid, seq, TAG } from '../bytes/der.ts';
import { pemDecodeAll, pemEncode } from '../bytes/pem.ts';
import { PkiError } from './error.ts';
import { OID } from './oid.ts';
import { readingKey } from './reading.ts';

/** `traditional` is what istio-agent writes unless `PKCS8_KEY` is set: PKCS#1 for RSA, SEC1 for EC. */
export type PrivateKeyForm = 'pkcs8' | 'traditional';

/**
 * A private key in PEM.
 *
 * @param pkcs8 PrivateKeyInfo, DER (RFC 5208 section 5)
 * @throws PkiError where it is none
 */
export function privateKeyPem(pkcs8: Uint8Array, form: PrivateKeyForm): string {
  if (form === 'pkcs8') return pemEncode('PRIVATE KEY', pkcs8);
  const { algorithm, curve, key } = readingKey(() => readPkcs8(pkcs8));
  if (algorithm === OID.rsaEncryption) return pemEncode('RSA PRIVATE KEY', key);
  return pemEncode(
    'EC PRIVATE KEY',
    readingKey(() => withCurve(key, curve)),
  );
}

/** A private key as read from a file. */
export interface StoredKey {
  readonly pkcs8: Bytes;
  readonly algorithm: 'rsa' | 'P-256' | 'P-384';
  /** SubjectPublicKeyInfo of the public half that is stored with it; null where none is. */
  readonly spki: Bytes | null;
}

/**
 * The first private key of a PEM text.
 *
 * @throws PkiError where there is none, for encrypted keys and kinds that are not used here
 */
export function decodePrivateKeyPem(pem: string): StoredKey {
  if (pem.includes('ENCRYPTED'))
    throw new PkiError('key.encrypted', 'private key: encrypted keys cannot be read');
  const blocks = readingKey(() => pemDecodeAll(pem));
  const block = blocks.find(({ label }) => LABELS.has(label));
  if (block === undefined) throw new PkiError('key.pem', 'private key: no block of a private key');
  return readingKey(() => {
    const pkcs8 = toPkcs8(block.label, block.der);
    const { algorithm, curve, key } = readPkcs8(pkcs8);
    return {
      pkcs8,
      algorithm: usedAlgorithm(algorithm, curve),
      spki: storedPublicKey(algorithm, curve, key),
    };
  });
}

const LABELS: ReadonlySet<string> = new Set(['PRIVATE KEY', 'EC PRIVATE KEY', 'RSA PRIVATE KEY']);

function usedAlgorithm(algorithm: string, curve: string | null): StoredKey['algorithm'] {
  if (algorithm === OID.rsaEncryption) return 'rsa';
  if (algorithm === OID.ecPublicKey && curve === OID.p256) return 'P-256';
  if (algorithm === OID.ecPublicKey && curve === OID.p384) return 'P-384';
  throw new PkiError('key.type', `private key: algorithm ${curve ?? algorithm} is not used here`);
}

function storedPublicKey(algorithm: string, curve: string | null, key: Bytes): Bytes | null {
  const reader = new DerReader(key).enter(TAG.sequence, 'private key');
  reader.read(TAG.integer, 'version');
  if (algorithm === OID.rsaEncryption) {
    const modulus = reader.read(TAG.integer, 'modulus').element();
    const exponent = reader.read(TAG.integer, 'publicExponent').element();
    return seq(seq(oid(OID.rsaEncryption), nullValue()), bits(seq(modulus, exponent)));
  }
  reader.read(TAG.octetString, 'privateKey');
  reader.optional(contextTag(0, true));
  if (curve === null || !reader.nextIs(contextTag(1, true))) return null;
  const point = reader.enter().read(TAG.bitString, 'publicKey').element();
  return seq(seq(oid(OID.ecPublicKey), oid(curve)), point);
}

interface Pkcs8 {
  readonly algorithm: string;
  readonly curve: string | null;
  /** RSAPrivateKey or ECPrivateKey, DER. */
  readonly key: Bytes;
}

function readPkcs8(pkcs8: Uint8Array): Pkcs8 {
  const info = new DerReader(pkcs8).enter(TAG.sequence, 'PrivateKeyInfo');
  info.read(TAG.integer, 'version');
  const identifier = info.enter(TAG.sequence, 'privateKeyAlgorithm');
  const algorithm = identifier.read(TAG.oid, 'algorithm').oid();
  const curve = identifier.optional(TAG.oid) ? identifier.oid() : null;
  return { algorithm, curve, key: info.read(TAG.octetString, 'privateKey').content() };
}

/** ECPrivateKey (RFC 5915) with its parameters, which PKCS#8 leaves to the algorithm identifier. */
function withCurve(key: Uint8Array, curve: string | null): Bytes {
  const reader = new DerReader(key).enter(TAG.sequence, 'ECPrivateKey');
  const version = reader.read(TAG.integer, 'version').element();
  const secret = reader.read(TAG.octetString, 'privateKey').element();
  const written = reader.optional(contextTag(0, true)) ? reader.element() : null;
  const parameters = written ?? (curve === null ? null : contextExplicit(0, oid(curve)));
  const publicKey = reader.optional(contextTag(1, true)) ? reader.element() : null;
  const parts = [version, secret, parameters, publicKey];
  return seq(...parts.filter((part) => part !== null));
}

function toPkcs8(label: string, der: Bytes): Bytes {
  if (label === 'PRIVATE KEY') return der;
  if (label === 'RSA PRIVATE KEY') return seq(int(0), seq(oid(OID.rsaEncryption), nullValue()), octets(der));
  const reader = new DerReader(der).enter(TAG.sequence, 'ECPrivateKey');
  reader.read(TAG.integer, 'version');
  reader.read(TAG.octetString, 'privateKey');
  const curve = reader.enter(contextTag(0, true), 'parameters').read(TAG.oid, 'namedCurve').oid();
  return seq(int(0), seq(oid(OID.ecPublicKey), oid(curve)), octets(der));
}
