import { type Bytes, utf8Encode } from '../bytes/bytes.ts';
import { fromHex } from '../bytes/hex.ts';
import {
  bits,
  contextExplicit,
  contextPrimitive,
  int,
  namedBits,
  oid,
  seq,
  time,
  uint,
} from '../bytes/der.ts';
import type { CryptoProvider } from '../crypto/index.ts';
import type { SigningCa } from './authority.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { encodeExtension } from './extension.ts';
import type { KeyPair } from './key-pair.ts';
import { encodeName } from './name.ts';
import { OID } from './oid.ts';
import { checkSerial } from './serial-number.ts';
import { sign } from './signature.ts';
import { signatureAlgorithmDer } from './signature-algorithm.ts';

/** istiod's `ClockSkewGracePeriod`: how far NotBefore lies in the past. */
const CLOCK_SKEW_GRACE_MS = 120_000;
/** RFC 5280's upper bound for a common name; longer names get none (istio dual_use.go). */
const MAX_COMMON_NAME = 64;

export interface WorkloadRequest {
  /** From the CSR: the one thing istiod takes from it. */
  readonly spki: Uint8Array;
  /** The caller's identity. Not checked here: the caller of this function decided on it. */
  readonly spiffeId: string;
  /** Set only where the CSR had a CN; left out when longer than 64 characters. */
  readonly commonName?: string | null;
  readonly now: Date;
  /** Granted lifetime, counted from `now`. */
  readonly ttlMs: number;
  /** 1–16 random octets, not all zero. */
  readonly serial: Uint8Array;
}

/**
 * Issues a workload certificate with exactly istiod's profile (istio security/pkg/pki/util/generate_cert.go): valid
 * from two minutes ago until `now` + TTL but not beyond the signing certificate, empty subject, keyUsage, EKU,
 * basicConstraints, AKI where the signer has an SKI, and the critical SAN last.
 *
 * @throws PkiError for an unusable serial number
 */
export function issueWorkloadCertificate(
  provider: CryptoProvider,
  ca: SigningCa,
  request: WorkloadRequest,
): Promise<Certificate> {
  const { spiffeId, commonName } = request;
  return issueLeaf(provider, ca, request, subjectOf(commonName), sanExtension([[URI, spiffeId]]));
}

export interface ServerRequest extends Pick<WorkloadRequest, 'spki' | 'now' | 'ttlMs' | 'serial'> {
  readonly dnsNames: readonly string[];
}

/**
 * Issues a certificate for a server that is known by DNS names, with the profile of
 * {@link issueWorkloadCertificate}: istiod's own (istio pilot/pkg/bootstrap/certcontroller.go).
 *
 * @throws PkiError for an unusable serial number
 */
export function issueServerCertificate(
  provider: CryptoProvider,
  ca: SigningCa,
  request: ServerRequest,
): Promise<Certificate> {
  const names = request.dnsNames.map((name) => [DNS, name] as const);
  return issueLeaf(provider, ca, request, EMPTY_SUBJECT, sanExtension(names));
}

/**
 * A certificate for a SPIFFE ID that nobody vouches for: signed with its own key, otherwise as
 * {@link issueWorkloadCertificate}.
 *
 * @throws PkiError for an unusable serial number
 */
export function issueSelfSigned(
  provider: CryptoProvider,
  keyPair: KeyPair,
  request: Omit<WorkloadRequest, 'spki' | 'commonName'>,
): Promise<Certificate> {
  const name = encodeName([OID.organization, 'self-signed']);
  const issuer = { keyPair, subject: name, notAfter: null, extensions: [] };
  const { spki } = keyPair;
  return sealLeaf(provider, issuer, { ...request, spki }, name, sanExtension([[URI, request.spiffeId]]));
}

type LeafRequest = Pick<WorkloadRequest, 'spki' | 'now' | 'ttlMs' | 'serial'>;

function issueLeaf(
  provider: CryptoProvider,
  { certificate, keyPair }: SigningCa,
  request: LeafRequest,
  subject: Bytes,
  san: Bytes,
): Promise<Certificate> {
  const { notAfter } = certificate;
  const extensions = authorityKeyIdentifier(certificate);
  const issuer = { keyPair, subject: certificate.subject.der, notAfter, extensions };
  return sealLeaf(provider, issuer, request, subject, san);
}

interface LeafIssuer {
  readonly keyPair: KeyPair;
  /** Name, DER. */
  readonly subject: Bytes;
  /** No leaf lives longer; null: no bound. */
  readonly notAfter: Date | null;
  readonly extensions: readonly Bytes[];
}

async function sealLeaf(
  provider: CryptoProvider,
  issuer: LeafIssuer,
  request: LeafRequest,
  subject: Bytes,
  san: Bytes,
): Promise<Certificate> {
  checkSerial(request.serial);
  const nowMs = request.now.getTime();
  const notAfterMs = Math.min(nowMs + request.ttlMs, issuer.notAfter?.getTime() ?? Infinity);
  const algorithm = signatureAlgorithmDer(issuer.keyPair.keyType);
  const tbs = seq(
    VERSION_3,
    uint(request.serial),
    algorithm,
    issuer.subject,
    seq(time(new Date(nowMs - CLOCK_SKEW_GRACE_MS)), time(new Date(notAfterMs))),
    subject,
    request.spki,
    contextExplicit(3, seq(...FIXED_EXTENSIONS, ...issuer.extensions, san)),
  );
  const signature = await sign(provider, issuer.keyPair.privateKey, tbs);
  return parseCertificate(seq(tbs, algorithm, bits(signature)));
}

/** Tags of GeneralName (RFC 5280 section 4.2.1.6). */
const DNS = 2;
const URI = 6;
const VERSION_3 = contextExplicit(0, int(2));
const EMPTY_SUBJECT = seq();

const FIXED_EXTENSIONS: readonly Bytes[] = [
  encodeExtension(OID.keyUsage, true, namedBits([0, 2])),
  encodeExtension(OID.extKeyUsage, false, seq(oid(OID.serverAuth), oid(OID.clientAuth))),
  encodeExtension(OID.basicConstraints, true, seq()),
];

const authorityKeyIdentifiers = new WeakMap<Certificate, readonly Bytes[]>();

/** Go adds an AKI where the parent has an SKI, and none otherwise. */
function authorityKeyIdentifier(signer: Certificate): readonly Bytes[] {
  let extensions = authorityKeyIdentifiers.get(signer);
  if (extensions === undefined) {
    const { ski } = signer;
    extensions =
      ski === null
        ? []
        : [encodeExtension(OID.authorityKeyIdentifier, false, seq(contextPrimitive(0, fromHex(ski))))];
    authorityKeyIdentifiers.set(signer, extensions);
  }
  return extensions;
}

function sanExtension(names: readonly (readonly [tag: number, name: string])[]): Bytes {
  const encoded = names.map(([tag, name]) => contextPrimitive(tag, utf8Encode(name)));
  return encodeExtension(OID.subjectAltName, true, seq(...encoded));
}

function subjectOf(commonName: string | null | undefined): Bytes {
  if (commonName === null || commonName === undefined || commonName.length > MAX_COMMON_NAME)
    return EMPTY_SUBJECT;
  return encodeName([OID.commonName, commonName]);
}
