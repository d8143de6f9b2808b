import { asBytes, type Bytes } from '../bytes/bytes.ts';
import { DerError, DerReader } from '../bytes/der-reader.ts';
import { contextTag, TAG } from '../bytes/der.ts';
import { toHex } from '../bytes/hex.ts';
import type { HashName } from '../crypto/index.ts';
import { type Certificate, parseCertificate, readSignatureValue } from './certificate.ts';
import { type Extension, readExtensions } from './extension.ts';
import { Name } from './name.ts';
import { OID } from './oid.ts';
import { reading } from './reading.ts';
import { readSerial } from './serial-number.ts';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts';

const STATUSES: Readonly<Record<number, string>> = {
  0: 'successful',
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
};

const HASHES: Readonly<Record<string, HashName>> = {
  '1.3.14.3.2.26': 'SHA-1',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

/** One SingleResponse (RFC 6960 4.2.1). */
export interface OcspSingle {
  /** Hash of {@link issuerNameHash} and {@link issuerKeyHash}; null where it is not known here. */
  readonly hash: HashName | null;
  /** Lower-case hex, as the next two. */
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  readonly serialNumber: string;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAt: Date | null;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  readonly extensions: readonly Extension[];
}

/** An OCSP response (RFC 6960 4.2), as a TLS server staples it. Nothing about it is verified here. */
export interface OcspResponse {
  readonly der: Bytes;
  /** `successful`, or why there is no answer; the fields below are empty then. */
  readonly responseStatus: string;
  /** The responder by name, or by the SHA-1 of its key in hex. */
  readonly responder: Name | string;
  readonly producedAt: Date;
  readonly responses: readonly OcspSingle[];
  readonly extensions: readonly Extension[];
  readonly certificates: readonly Certificate[];
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly tbs: Bytes;
  readonly signature: Bytes;
}

/**
 * Reads an OCSPResponse with a BasicOCSPResponse in it.
 *
 * @throws PkiError with the offset for anything else
 */
export function parseOcspResponse(der: Uint8Array): OcspResponse {
  return reading('ocsp', () => readResponse(asBytes(der)), 'OCSP response');
}

function readResponse(der: Bytes): OcspResponse {
  const outer = new DerReader(der);
  const response = outer.enter(TAG.sequence, 'OCSPResponse');
  outer.finish('OCSPResponse');
  const code = response.read(TAG.enumerated, 'responseStatus').smallInteger();
  const responseStatus = STATUSES[code] ?? `status ${code}`;
  if (responseStatus !== 'successful') return { ...NO_ANSWER, der, responseStatus };
  const explicit = response.enter(contextTag(0, true), 'responseBytes');
  const bytes = explicit.enter(TAG.sequence, 'responseBytes');
  const type = bytes.read(TAG.oid, 'responseType').oid();
  if (type !== OID.ocspBasic)
    throw new DerError(`responseType ${type} is not id-pkix-ocsp-basic`, bytes.start);
  const octets = bytes.read(TAG.octetString, 'response').inside();
  const basic = octets.enter(TAG.sequence, 'BasicOCSPResponse');
  const tbs = basic.read(TAG.sequence, 'tbsResponseData').element();
  const data = basic.inside();
  const signatureAlgorithm = readSignatureAlgorithm(basic, 'signatureAlgorithm');
  const signature = readSignatureValue(basic);
  const certificates = basic.nextIs(contextTag(0, true)) ? readCertificates(basic.enter()) : [];
  basic.finish('BasicOCSPResponse');
  return { ...readData(data), der, responseStatus, certificates, signatureAlgorithm, tbs, signature };
}

function readCertificates(explicit: DerReader): readonly Certificate[] {
  const list = explicit.enter(TAG.sequence, 'certs');
  const certificates: Certificate[] = [];
  while (!list.done) certificates.push(parseCertificate(list.read(TAG.sequence, 'certificate').element()));
  return certificates;
}

type ResponseData = Pick<OcspResponse, 'responder' | 'producedAt' | 'responses' | 'extensions'>;

function readData(data: DerReader): ResponseData {
  data.optional(contextTag(0, true));
  const producer = data.nextIs(contextTag(1, true))
    ? Name.read(data.enter(), 'byName')
    : toHex(data.enter(contextTag(2, true), 'byKey').read(TAG.octetString, 'byKey').content());
  const producedAt = new Date(data.read(TAG.generalizedTime, 'producedAt').time());
  const list = data.enter(TAG.sequence, 'responses');
  const responses: OcspSingle[] = [];
  while (!list.done) responses.push(readSingle(list.enter(TAG.sequence, 'SingleResponse')));
  const extensions = data.nextIs(contextTag(1, true)) ? readExtensions(data.enter()) : [];
  data.finish('tbsResponseData');
  return { responder: producer, producedAt, responses, extensions };
}

function readSingle(single: DerReader): OcspSingle {
  const certId = single.enter(TAG.sequence, 'certID');
  const algorithm = certId.enter(TAG.sequence, 'hashAlgorithm').read(TAG.oid, 'hashAlgorithm').oid();
  const issuerNameHash = toHex(certId.read(TAG.octetString, 'issuerNameHash').content());
  const issuerKeyHash = toHex(certId.read(TAG.octetString, 'issuerKeyHash').content());
  const serialNumber = readSerial(certId, 'serialNumber');
  const status = readStatus(single);
  const thisUpdate = new Date(single.read(TAG.generalizedTime, 'thisUpdate').time());
  const nextUpdate = single.nextIs(contextTag(0, true))
    ? new Date(single.enter().read(TAG.generalizedTime, 'nextUpdate').time())
    : null;
  const extensions = single.nextIs(contextTag(1, true)) ? readExtensions(single.enter()) : [];
  const hash = HASHES[algorithm] ?? null;
  return {
    hash,
    issuerNameHash,
    issuerKeyHash,
    serialNumber,
    ...status,
    thisUpdate,
    nextUpdate,
    extensions,
  };
}

function readStatus(single: DerReader): Pick<OcspSingle, 'status' | 'revokedAt'> {
  if (single.optional(contextTag(0, false))) return { status: 'good', revokedAt: null };
  if (single.optional(contextTag(2, false))) return { status: 'unknown', revokedAt: null };
  const revoked = single.enter(contextTag(1, true), 'certStatus');
  return {
    status: 'revoked',
    revokedAt: new Date(revoked.read(TAG.generalizedTime, 'revocationTime').time()),
  };
}

const EMPTY: Bytes = new Uint8Array(0);

const NO_ANSWER: Omit<OcspResponse, 'der' | 'responseStatus'> = {
  responder: '',
  producedAt: new Date(0),
  responses: [],
  extensions: [],
  certificates: [],
  signatureAlgorithm: { oid: '', name: '', scheme: { kind: 'refused', reason: 'unknown' } },
  tbs: EMPTY,
  signature: EMPTY,
};
