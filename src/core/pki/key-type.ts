import type { Bytes } from '../bytes/bytes.ts';
import { DerError, DerReader } from '../bytes/der-reader.ts';
import { TAG } from '../bytes/der.ts';
import { readInteger } from './integer.ts';
import { OID } from './oid.ts';
import { readPssParameters, type SignatureScheme } from './signature-algorithm.ts';

/** The keys svidlab generates: what istio-agent and istiod can be told to use. */
export type KeyType = 'ecdsa-p256' | 'ecdsa-p384' | 'rsa-2048' | 'rsa-3072' | 'rsa-4096';

export const keyTypes: readonly KeyType[] = ['ecdsa-p256', 'ecdsa-p384', 'rsa-2048', 'rsa-3072', 'rsa-4096'];

/** `scheme` null: any PSS signature; otherwise those with the same hash and at least its salt length. */
export interface PssKeyLimits {
  readonly scheme: SignatureScheme | null;
}

/** What a SubjectPublicKeyInfo holds (RFC 5280 4.1.2.7), as far as its algorithm is known here. */
export type PublicKeyInfo =
  | {
      readonly kind: 'ec';
      readonly curve: 'P-256' | 'P-384' | 'P-521';
      /** The point as it stands: `04 x y` where it is not compressed. */
      readonly point: Bytes;
    }
  | {
      readonly kind: 'rsa';
      readonly modulusBits: number;
      /** RSAPublicKey, DER. */
      readonly pkcs1: Bytes;
      /** The key's own limits where it is an id-RSASSA-PSS key (RFC 4055 3.1); null for rsaEncryption. */
      readonly pss: PssKeyLimits | null;
      /** Why no signature of this key can be verified; null where it can. */
      readonly unusable: string | null;
    }
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'other'; readonly algorithm: string };

/**
 * Reads the next element of `reader` as a SubjectPublicKeyInfo; `reader.element()` has its bytes afterwards.
 *
 * @throws DerError where it is none
 */
export function readPublicKey(reader: DerReader): PublicKeyInfo {
  const info = reader.enter(TAG.sequence, 'subjectPublicKeyInfo');
  const algorithm = info.enter(TAG.sequence, 'algorithm');
  const { content, unusedBits } = info.read(TAG.bitString, 'subjectPublicKey').bitString();
  info.finish('subjectPublicKeyInfo');
  if (unusedBits !== 0) throw new DerError('subjectPublicKey is not whole octets', info.start);
  const name = algorithm.read(TAG.oid, 'algorithm').oid();
  if (name === OID.rsaEncryption)
    return readRsaKey(new DerReader(info.bytes, info.contentStart + 1, info.end), null);
  if (name === OID.rsaPss) {
    const scheme = algorithm.done ? null : readPssParameters(algorithm);
    return readRsaKey(new DerReader(info.bytes, info.contentStart + 1, info.end), { scheme });
  }
  if (name === OID.ed25519 && algorithm.done && content.length === 32) return { kind: 'ed25519' };
  if (name === OID.ecPublicKey && algorithm.nextIs(TAG.oid)) {
    const curve = CURVES[algorithm.read(TAG.oid, 'curve').oid()];
    algorithm.finish('algorithm');
    if (curve !== undefined) return { kind: 'ec', curve, point: content };
  }
  return { kind: 'other', algorithm: name };
}

/**
 * What `spki` holds.
 *
 * @param spki SubjectPublicKeyInfo, DER
 * @throws DerError where it is none
 */
export function readPublicKeyInfo(spki: Uint8Array): PublicKeyInfo {
  const reader = new DerReader(spki);
  const info = readPublicKey(reader);
  reader.finish('subjectPublicKeyInfo');
  return info;
}

const MAX_RSA_BITS = 16_384;
const MAX_EXPONENT_OCTETS = 8;

/** RSAPublicKey (RFC 8017 A.1.1). */
function readRsaKey(reader: DerReader, pss: PssKeyLimits | null): PublicKeyInfo {
  const key = reader.enter(TAG.sequence, 'RSAPublicKey');
  const pkcs1 = reader.element();
  reader.finish('RSAPublicKey');
  const modulus = readInteger(key, 'modulus').content();
  const exponent = readInteger(key, 'publicExponent').content();
  key.finish('RSAPublicKey');
  const modulusBits = bitLength(modulus);
  const unusable = rsaFault(modulus, exponent, modulusBits);
  return { kind: 'rsa', modulusBits, pkcs1, pss, unusable };
}

/** RFC 8017 3.1; sizes beyond what anybody makes would only cost the verifier time. */
function rsaFault(modulus: Bytes, exponent: Bytes, modulusBits: number): string | null {
  if (modulus[0]! >= 0x80 || modulusBits === 0) return 'the modulus is not positive';
  if (modulusBits > MAX_RSA_BITS) return `the modulus is longer than ${MAX_RSA_BITS} bits`;
  if (exponent[0]! >= 0x80) return 'the exponent is negative';
  if (exponent.length > MAX_EXPONENT_OCTETS + 1) return 'the exponent is longer than 64 bits';
  const isOdd = (exponent[exponent.length - 1]! & 1) === 1;
  return isOdd && bitLength(exponent) > 1 ? null : 'the exponent is no odd number above 2';
}

/**
 * The {@link KeyType} of `spki`, or null for keys svidlab does not generate itself.
 *
 * @throws DerError where it is no SubjectPublicKeyInfo
 */
export function keyTypeOfSpki(spki: Uint8Array): KeyType | null {
  return keyTypeOf(readPublicKeyInfo(spki));
}

/** The {@link KeyType} a parsed key belongs to. */
export function keyTypeOf(info: PublicKeyInfo): KeyType | null {
  if (info.kind === 'ec')
    return info.curve === 'P-256' ? 'ecdsa-p256' : info.curve === 'P-384' ? 'ecdsa-p384' : null;
  if (info.kind !== 'rsa') return null;
  return keyTypes.find((type) => type === `rsa-${info.modulusBits}`) ?? null;
}

const CURVES: Readonly<Record<string, 'P-256' | 'P-384' | 'P-521'>> = {
  [OID.p256]: 'P-256',
  [OID.p384]: 'P-384',
  [OID.p521]: 'P-521',
};

function bitLength(integer: Uint8Array): number {
  const first = integer.findIndex((octet) => octet !== 0);
  if (first < 0) return 0;
  return (integer.length - first) * 8 - (Math.clz32(integer[first]!) - 24);
}
