import { type Bytes, equalBytes } from '../bytes/bytes.ts';
import { type DerReader } from '../bytes/der-reader.ts';
import { contextTag, nullValue, oid, seq, TAG } from '../bytes/der.ts';
import type { HashName } from '../crypto/index.ts';
import { readInteger } from './integer.ts';
import type { KeyType } from './key-type.ts';
import { OID } from './oid.ts';

/** How a signature is made, as far as it is known here; `refused` names why it is not accepted. */
export type SignatureScheme =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: HashName }
  | { readonly kind: 'rsa-pss'; readonly hash: HashName; readonly saltLength: number }
  | { readonly kind: 'ecdsa'; readonly hash: HashName }
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'refused'; readonly reason: 'weak' | 'unknown' | 'malformed' };

/** An AlgorithmIdentifier where a signature is announced (RFC 5280 4.1.1.2). */
export interface SignatureAlgorithm {
  readonly oid: string;
  /** Name as RFC 8017 and 5758 write it, for example `ecdsa-with-SHA256`; the dotted oid where unknown. */
  readonly name: string;
  readonly scheme: SignatureScheme;
}

interface KnownAlgorithm {
  readonly oid: string;
  readonly name: string;
  readonly scheme: SignatureScheme;
  readonly encodings: readonly Bytes[];
}

const weak: SignatureScheme = { kind: 'refused', reason: 'weak' };
const unknown: SignatureScheme = { kind: 'refused', reason: 'unknown' };
const malformed: SignatureScheme = { kind: 'refused', reason: 'malformed' };

const KNOWN: readonly KnownAlgorithm[] = [
  ecdsa('1.2.840.10045.4.3.2', 'ecdsa-with-SHA256', { kind: 'ecdsa', hash: 'SHA-256' }),
  rsa('1.2.840.113549.1.1.11', 'sha256WithRSAEncryption', { kind: 'rsa-pkcs1', hash: 'SHA-256' }),
  ecdsa('1.2.840.10045.4.3.3', 'ecdsa-with-SHA384', { kind: 'ecdsa', hash: 'SHA-384' }),
  rsa('1.2.840.113549.1.1.12', 'sha384WithRSAEncryption', { kind: 'rsa-pkcs1', hash: 'SHA-384' }),
  ecdsa('1.2.840.10045.4.3.4', 'ecdsa-with-SHA512', { kind: 'ecdsa', hash: 'SHA-512' }),
  rsa('1.2.840.113549.1.1.13', 'sha512WithRSAEncryption', { kind: 'rsa-pkcs1', hash: 'SHA-512' }),
  ecdsa(OID.ed25519, 'Ed25519', { kind: 'ed25519' }),
  rsa('1.2.840.113549.1.1.2', 'md2WithRSAEncryption', weak),
  rsa('1.2.840.113549.1.1.4', 'md5WithRSAEncryption', weak),
  rsa('1.2.840.113549.1.1.5', 'sha1WithRSAEncryption', weak),
  ecdsa('1.2.840.10045.4.1', 'ecdsa-with-SHA1', weak),
];

/**
 * Reads the next element of `reader` as an AlgorithmIdentifier; `reader.element()` has its bytes afterwards. Unknown,
 * weak and wrongly parametrised ones are values, so that a certificate signed with them can still be shown;
 * verification refuses them by name.
 *
 * @throws DerError where it is none
 */
export function readSignatureAlgorithm(reader: DerReader, what: string): SignatureAlgorithm {
  const der = reader.read(TAG.sequence, what).element();
  for (const known of KNOWN)
    for (const encoding of known.encodings) if (equalBytes(encoding, der)) return known;
  const identifier = reader.inside();
  const dotted = identifier.read(TAG.oid, 'algorithm').oid();
  if (dotted === OID.rsaPss)
    return { oid: dotted, name: 'RSASSA-PSS', scheme: readPssParameters(identifier) };
  if (!identifier.done) identifier.skip();
  identifier.finish(what);
  const known = KNOWN.find((candidate) => candidate.oid === dotted);
  return known
    ? { oid: dotted, name: known.name, scheme: malformed }
    : { oid: dotted, name: dotted, scheme: unknown };
}

/** AlgorithmIdentifier istiod and istio-agent sign with (Go's default for the key). */
export function signatureAlgorithmDer(keyType: KeyType): Bytes {
  const name =
    keyType === 'ecdsa-p256'
      ? 'ecdsa-with-SHA256'
      : keyType === 'ecdsa-p384'
        ? 'ecdsa-with-SHA384'
        : 'sha256WithRSAEncryption';
  return KNOWN.find((known) => known.name === name)!.encodings[0]!;
}

function ecdsa(dotted: string, name: string, scheme: SignatureScheme): KnownAlgorithm {
  return { oid: dotted, name, scheme, encodings: [seq(oid(dotted))] };
}

/** RFC 4055 section 5 asks for NULL parameters; absent ones occur and mean the same. */
function rsa(dotted: string, name: string, scheme: SignatureScheme): KnownAlgorithm {
  return { oid: dotted, name, scheme, encodings: [seq(oid(dotted), nullValue()), seq(oid(dotted))] };
}

const PSS_HASHES: Readonly<Record<string, HashName>> = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

/**
 * RSASSA-PSS-params (RFC 4055 section 3.1): one hash for digest and mask, a salt length, the usual trailer. What is
 * left out means SHA-1, which is refused.
 *
 * @param algorithm stands before the parameters
 */
export function readPssParameters(algorithm: DerReader): SignatureScheme {
  if (algorithm.done) return malformed;
  const parameters = algorithm.enter(TAG.sequence, 'RSASSA-PSS-params');
  algorithm.finish('AlgorithmIdentifier');
  if (!parameters.nextIs(contextTag(0, true))) return weak;
  const hash = readHash(parameters.enter());
  if (!parameters.nextIs(contextTag(1, true))) return weak;
  const mask = parameters.enter().enter(TAG.sequence, 'maskGenAlgorithm');
  if (mask.read(TAG.oid, 'maskGenAlgorithm').oid() !== OID.mgf1) return malformed;
  const maskHash = readHash(mask);
  let saltLength = 20;
  if (parameters.nextIs(contextTag(2, true)))
    saltLength = readInteger(parameters.enter(), 'saltLength').smallInteger();
  const hasTrailer = parameters.nextIs(contextTag(3, true));
  const trailer = hasTrailer ? readInteger(parameters.enter(), 'trailerField').smallInteger() : 1;
  if (hash === 'weak' || maskHash === 'weak') return weak;
  if (!parameters.done || hash === null || hash !== maskHash) return malformed;
  if (saltLength < 0 || trailer !== 1) return malformed;
  return { kind: 'rsa-pss', hash, saltLength };
}

/** Null for hashes that are not known; parameters other than NULL are passed over. */
function readHash(reader: DerReader): HashName | 'weak' | null {
  const dotted = reader.enter(TAG.sequence, 'hashAlgorithm').read(TAG.oid, 'hashAlgorithm').oid();
  return dotted === '1.3.14.3.2.26' ? 'weak' : (PSS_HASHES[dotted] ?? null);
}
