import { asBytes, type Bytes, utf8Encode } from '../bytes/bytes.ts';
import { DerReader } from '../bytes/der-reader.ts';
import {
  bits,
  contextConstructed,
  contextPrimitive,
  contextTag,
  int,
  oid,
  seq,
  set,
  TAG,
} from '../bytes/der.ts';
import { pemDecodeAll } from '../bytes/pem.ts';
import type { CryptoProvider } from '../crypto/index.ts';
import { readSignatureValue } from './certificate.ts';
import { PkiError } from './error.ts';
import { encodeExtension, type Extension, readExtensions } from './extension.ts';
import type { GeneralName } from './general-name.ts';
import { readInteger } from './integer.ts';
import type { KeyPair } from './key-pair.ts';
import { type KeyType, keyTypeOf, type PublicKeyInfo, readPublicKey } from './key-type.ts';
import { readSubjectAltName } from './known-extensions.ts';
import { encodeName, Name } from './name.ts';
import { OID } from './oid.ts';
import { reading } from './reading.ts';
import { sign, verifySignature } from './signature.ts';
import {
  readSignatureAlgorithm,
  type SignatureAlgorithm,
  signatureAlgorithmDer,
} from './signature-algorithm.ts';

/** A PKCS#10 certificate signing request (RFC 2986), read once. */
export interface Csr {
  readonly der: Bytes;
  readonly subject: Name;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Bytes;
  readonly publicKey: PublicKeyInfo;
  readonly keyType: KeyType | null;
  /** Extensions asked for (PKCS#9 extensionRequest). */
  readonly extensions: readonly Extension[];
  readonly subjectAltNames: readonly GeneralName[];
  /** URIs asked for; istiod does not read them. */
  readonly uris: readonly string[];
  /** CertificationRequestInfo: what is signed. */
  readonly tbs: Bytes;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Bytes;
}

/**
 * A CSR as istio-agent makes it: an O without a value as its subject, and the SPIFFE ID as the one name of a
 * critical SAN.
 *
 * @param request.spiffeId written as given, so that a lesson can ask for a name that is not its own
 * @returns DER; source: istio security/pkg/pki/util/generate_csr.go
 */
export async function createCsr(
  provider: CryptoProvider,
  pair: KeyPair,
  { spiffeId }: { readonly spiffeId: string },
): Promise<Bytes> {
  const tbs = seq(VERSION, AGENT_SUBJECT, pair.spki, contextConstructed(0, extensionRequest(spiffeId)));
  const signature = await sign(provider, pair.privateKey, tbs);
  return seq(tbs, signatureAlgorithmDer(pair.keyType), bits(signature));
}

/**
 * Reads a CSR.
 *
 * @param input DER, or PEM text whose first block is taken whatever its label, as istiod does
 * @throws PkiError: rule `csr.pem` where the text has no block, other rules where the block is no CSR
 */
export function parseCsr(input: Uint8Array | string): Csr {
  if (typeof input !== 'string') return reading('csr', () => readCsr(asBytes(input)));
  const block = reading('csr', () => pemDecodeAll(input))[0];
  if (block === undefined) throw new PkiError('csr.pem', 'csr: no PEM block');
  return reading('csr', () => readCsr(block.der));
}

/** Whether the CSR is signed with the key it asks a certificate for (proof of possession). */
export async function verifyCsrSignature(provider: CryptoProvider, csr: Csr): Promise<boolean> {
  const { spki, publicKey: key, tbs: data, signature } = csr;
  const verdict = await verifySignature(provider, {
    spki,
    key,
    data,
    signature,
    scheme: csr.signatureAlgorithm.scheme,
  });
  return verdict === 'valid';
}

const VERSION = int(0);
/** Go writes the empty value as a PrintableString of no octets. */
const AGENT_SUBJECT = encodeName([OID.organization, '']);

function extensionRequest(spiffeId: string): Bytes {
  const san = encodeExtension(OID.subjectAltName, true, seq(contextPrimitive(6, utf8Encode(spiffeId))));
  return seq(oid(OID.extensionRequest), set(seq(san)));
}

function readCsr(der: Bytes): Csr {
  const outer = new DerReader(der);
  const request = outer.enter(TAG.sequence, 'CertificationRequest');
  outer.finish('CertificationRequest');
  const tbs = request.read(TAG.sequence, 'certificationRequestInfo').element();
  const info = request.inside();
  const signatureAlgorithm = readSignatureAlgorithm(request, 'signatureAlgorithm');
  const signature = readSignatureValue(request);
  request.finish('CertificationRequest');

  const version = readInteger(info, 'version').smallInteger();
  if (version !== 0) throw new PkiError('csr.version', `csr: no such version: ${version}`, info.start);
  const subject = Name.read(info, 'subject');
  const publicKey = readPublicKey(info);
  const spki = info.element();
  const requested = readAttributes(info);
  info.finish('certificationRequestInfo');
  const uris = requested.subjectAltNames.filter(({ type }) => type === 'uri').map(({ value }) => value);
  const keyType = keyTypeOf(publicKey);
  return { der, subject, spki, publicKey, keyType, ...requested, uris, tbs, signatureAlgorithm, signature };
}

type Requested = Pick<Csr, 'extensions' | 'subjectAltNames'>;

function readAttributes(info: DerReader): Requested {
  let extensions: readonly Extension[] = [];
  let subjectAltNames: readonly GeneralName[] = [];
  if (!info.nextIs(contextTag(0, true))) return { extensions, subjectAltNames };
  const attributes = info.enter();
  while (!attributes.done) {
    const attribute = attributes.enter(TAG.sequence, 'attribute');
    const isRequest = attribute.read(TAG.oid, 'attribute type').oid() === OID.extensionRequest;
    const values = attribute.enter(TAG.set, 'attribute values');
    attribute.finish('attribute');
    if (!isRequest) continue;
    extensions = readExtensions(values, ({ oid: type }, value) => {
      if (type === OID.subjectAltName) subjectAltNames = readSubjectAltName(value);
    });
    values.finish('extensionRequest');
  }
  return { extensions, subjectAltNames };
}
