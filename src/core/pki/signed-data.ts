import { asBytes, type Bytes } from '../bytes/bytes.ts';
import { DerReader } from '../bytes/der-reader.ts';
import { contextTag, TAG } from '../bytes/der.ts';
import { PkiError } from './error.ts';
import { reading } from './reading.ts';

/** What a SignedData carries beside its content; who signed the content, and whether rightly, is not asked. */
export interface SignedDataBag {
  /** DER, in the order in which they stand. */
  readonly certificates: readonly Bytes[];
  readonly crls: readonly Bytes[];
}

const ID_SIGNED_DATA = '1.2.840.113549.1.7.2';

/**
 * Reads the certificates and CRLs of a PKCS#7 or CMS SignedData (RFC 2315 9.1, RFC 5652 5.1), as `.p7b` files and
 * `openssl crl2pkcs7` carry them. Certificates and revocation data of other formats are passed over. DER only.
 *
 * @throws PkiError with the offset where it is something else
 */
export function readSignedData(der: Uint8Array): SignedDataBag {
  return reading('pkcs7', () => readContentInfo(asBytes(der)), 'PKCS#7');
}

/** Whether bytes begin as a SignedData does, whatever comes after. */
export function looksLikeSignedData(der: Uint8Array): boolean {
  try {
    const info = new DerReader(der).enter(TAG.sequence);
    return info.nextIs(TAG.oid) && info.read(TAG.oid).oid() === ID_SIGNED_DATA;
  } catch {
    return false;
  }
}

function readContentInfo(der: Bytes): SignedDataBag {
  const outer = new DerReader(der);
  const info = outer.enter(TAG.sequence, 'ContentInfo');
  outer.finish('ContentInfo');
  const type = info.read(TAG.oid, 'contentType').oid();
  if (type !== ID_SIGNED_DATA)
    throw new PkiError('pkcs7.type', `PKCS#7: the content is ${type} and not SignedData`, info.start);
  const explicit = info.enter(contextTag(0, true), 'content');
  info.finish('ContentInfo');
  const data = explicit.enter(TAG.sequence, 'SignedData');
  explicit.finish('content');
  data.read(TAG.integer, 'version');
  data.read(TAG.set, 'digestAlgorithms');
  data.read(TAG.sequence, 'encapContentInfo');
  const certificates = elementsOf(data, 0, 'certificates');
  const crls = elementsOf(data, 1, 'crls');
  data.read(TAG.set, 'signerInfos');
  data.finish('SignedData');
  return { certificates, crls };
}

/** The sequences of an optional `[n] IMPLICIT SET OF`; other choices bear tags of their own. */
function elementsOf(data: DerReader, n: number, what: string): readonly Bytes[] {
  const tag = contextTag(n, true);
  if (!data.nextIs(tag)) return [];
  const set = data.enter(tag, what);
  const found: Bytes[] = [];
  while (!set.done) {
    set.read(undefined, what);
    if (set.tag === TAG.sequence) found.push(set.element());
  }
  return found;
}
