import { fromHex } from '../bytes/hex.ts';
import {
  bits,
  bool,
  contextConstructed,
  contextExplicit,
  contextPrimitive,
  int,
  namedBits,
  octets,
  oid,
  seq,
  time,
  uint,
} from '../bytes/der.ts';
import { utf8Encode } from '../bytes/bytes.ts';
import type { CryptoProvider } from '../crypto/index.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { encodeExtension } from './extension.ts';
import { keyIdentifier } from './key-identifier.ts';
import { generateKeyPair, type KeyPair } from './key-pair.ts';
import type { KeyType } from './key-type.ts';
import { encodeName } from './name.ts';
import { OID } from './oid.ts';
import { checkSerial } from './serial-number.ts';
import { signatureAlgorithmDer } from './signature-algorithm.ts';
import { sign } from './signature.ts';

/** A CA that can sign: what istiod holds in memory. */
export interface SigningCa {
  readonly certificate: Certificate;
  readonly keyPair: KeyPair;
  /** Intermediates above {@link certificate}, nearest first, without the root. */
  readonly chain: readonly Certificate[];
  readonly roots: readonly Certificate[];
}

const DAY_MS = 86_400_000;
/** `CITADEL_SELF_SIGNED_CA_CERT_TTL`. */
const ROOT_TTL_MS = 3650 * DAY_MS;

export interface RootOptions {
  /** The trust domain: istiod writes it as the subject's only attribute, O. */
  readonly organization: string;
  /** Istio knows RSA only here (`CITADEL_SELF_SIGNED_CA_RSA_KEY_SIZE` 2048). */
  readonly keyType?: KeyType;
  /** NotBefore: a root is not backdated. */
  readonly now: Date;
  readonly ttlMs?: number;
  /** 1–16 octets, not all zero. */
  readonly serial: Uint8Array;
  /** Istio's root rotation keeps the key: pass the old pair. */
  readonly keyPair?: KeyPair;
}

/**
 * istiod's self-signed root: O = trust domain, critical keyUsage keyCertSign alone, critical CA:TRUE without a
 * path length, SKI. Source: istio security/pkg/pki/util/generate_cert.go, pilot/pkg/bootstrap/istio_ca.go.
 *
 * @throws PkiError for an unusable serial number
 */
export async function createSelfSignedRoot(
  provider: CryptoProvider,
  options: RootOptions,
): Promise<SigningCa> {
  const { organization, keyType = 'rsa-2048', now, ttlMs = ROOT_TTL_MS, serial } = options;
  const keyPair = options.keyPair ?? (await generateKeyPair(provider, keyType));
  const name = encodeName([OID.organization, organization]);
  const certificate = await signCaCertificate(provider, {
    subject: name,
    issuer: name,
    spki: keyPair.spki,
    signer: keyPair,
    notBefore: now,
    notAfter: new Date(now.getTime() + ttlMs),
    serial,
    extensions: [
      ['keyUsage', true, KEY_CERT_SIGN],
      ['basicConstraints', true, seq(bool(true))],
      ['subjectKeyIdentifier', false, octets(fromHex(await keyIdentifier(provider, keyPair.spki)))],
    ],
  });
  return { certificate, keyPair, chain: [], roots: [certificate] };
}

/** Hosts of URIs and DNS names that a CA's leaves may or must not have (RFC 5280 4.2.1.10). */
export interface NameLimits {
  /** `cluster.local` allows URIs of exactly that host, so SPIFFE IDs of that trust domain; `.example` any host below. */
  readonly uris?: readonly string[];
  /** `hanok.example` allows that name and all below it. */
  readonly dns?: readonly string[];
}

export interface CaOptions {
  /** Attributes of the subject in order, for example `[['O', 'Istio'], ['CN', 'Intermediate CA']]`. */
  readonly subject: readonly (readonly ['O' | 'OU' | 'CN' | 'C' | 'L', string])[];
  readonly keyType: KeyType;
  readonly now: Date;
  readonly ttlMs: number;
  readonly serial: Uint8Array;
  /** How many CAs may stand below it; Istio's sample generator writes 0. Null for no limit. */
  readonly pathLen?: number | null;
  /** Hosts its URIs may have, as critical name constraints: `cluster.local` limits it to that trust domain. */
  readonly permittedUriHosts?: readonly string[];
  /** Further name constraints, critical. */
  readonly permitted?: NameLimits;
  readonly excluded?: NameLimits;
  /** What its leaves may be used for, where that is limited (an EKU in a CA certificate). */
  readonly extendedKeyUsage?: readonly ('serverAuth' | 'clientAuth')[];
  /** Certify this key again (cross-signing, renewal) instead of making one. */
  readonly keyPair?: KeyPair;
}

/**
 * A root as an organisation makes it for its own PKI: self-signed, keyCertSign and cRLSign, CA:TRUE with a path length
 * where one is given, SKI (RFC 5280 4.2.1). Unlike istiod's own it may sign revocation lists.
 *
 * @throws PkiError for an unusable serial number
 */
export async function createRootCa(provider: CryptoProvider, options: CaOptions): Promise<SigningCa> {
  const { now, ttlMs, serial, pathLen = null } = options;
  const keyPair = options.keyPair ?? (await generateKeyPair(provider, options.keyType));
  const subject = subjectDer(options);
  const certificate = await signCaCertificate(provider, {
    subject,
    issuer: subject,
    spki: keyPair.spki,
    signer: keyPair,
    notBefore: now,
    notAfter: new Date(now.getTime() + ttlMs),
    serial,
    extensions: [
      ['subjectKeyIdentifier', false, octets(fromHex(await keyIdentifier(provider, keyPair.spki)))],
      ['basicConstraints', true, seq(bool(true), ...(pathLen === null ? [] : [int(pathLen)]))],
      ['keyUsage', true, namedBits([5, 6])],
      ...limits(options),
    ],
  });
  return { certificate, keyPair, chain: [], roots: [certificate] };
}

/**
 * A CA certified by `parent`, as Istio's sample generator makes the intermediate of a plugged-in CA
 * (tools/certs/common.mk): keyCertSign and cRLSign among its usages, CA:TRUE with a path length, SKI and AKI.
 * NotAfter is clamped to the parent's.
 *
 * @throws PkiError for an unusable serial number
 */
export async function createIntermediateCa(
  provider: CryptoProvider,
  parent: SigningCa,
  options: CaOptions,
): Promise<SigningCa> {
  const { now, ttlMs, serial, pathLen = 0 } = options;
  const keyPair = options.keyPair ?? (await generateKeyPair(provider, options.keyType));
  const limit = pathLen === null ? [] : [int(pathLen)];
  const extensions: CaExtension[] = [
    ['subjectKeyIdentifier', false, octets(fromHex(await keyIdentifier(provider, keyPair.spki)))],
    ['basicConstraints', true, seq(bool(true), ...limit)],
    ['keyUsage', true, namedBits([0, 1, 2, 5, 6])],
  ];
  const { ski } = parent.certificate;
  if (ski !== null)
    extensions.push(['authorityKeyIdentifier', false, seq(contextPrimitive(0, fromHex(ski)))]);
  extensions.push(...limits(options));
  const certificate = await signCaCertificate(provider, {
    subject: subjectDer(options),
    issuer: parent.certificate.subject.der,
    spki: keyPair.spki,
    signer: parent.keyPair,
    notBefore: now,
    notAfter: new Date(Math.min(now.getTime() + ttlMs, parent.certificate.notAfter.getTime())),
    serial,
    extensions,
  });
  return { certificate, keyPair, chain: issuingChain(parent), roots: parent.roots };
}

/** What must be sent after a leaf of `ca` so that a holder of the root alone can verify it. */
export function issuingChain(ca: SigningCa): readonly Certificate[] {
  return ca.roots.includes(ca.certificate) ? [] : [ca.certificate, ...ca.chain];
}

const KEY_CERT_SIGN = namedBits([5]);
const SUBJECT_OIDS = {
  O: OID.organization,
  OU: '2.5.4.11',
  CN: OID.commonName,
  C: '2.5.4.6',
  L: '2.5.4.7',
} as const;

function subjectDer({ subject }: Pick<CaOptions, 'subject'>): Uint8Array {
  return encodeName(...subject.map(([type, value]) => [SUBJECT_OIDS[type], value] as const));
}

/** Extensions that limit what a CA may sign, where any do. */
function limits(options: CaOptions): CaExtension[] {
  const { permittedUriHosts = [], permitted = {}, excluded = {}, extendedKeyUsage = [] } = options;
  const uris = [...permittedUriHosts, ...(permitted.uris ?? [])];
  const trees = [...subtrees(0, { ...permitted, uris }), ...subtrees(1, excluded)];
  const usages = extendedKeyUsage.map((usage) => oid(OID[usage]));
  return [
    ...(usages.length === 0 ? [] : [['extKeyUsage', false, seq(...usages)] as const]),
    ...(trees.length === 0 ? [] : [['nameConstraints', true, seq(...trees)] as const]),
  ];
}

/** GeneralSubtrees, 0 the permitted and 1 the excluded; tags 6 and 2 are uniformResourceIdentifier and dNSName. */
function subtrees(tag: 0 | 1, { uris = [], dns = [] }: NameLimits): Uint8Array[] {
  const names = [
    ...uris.map((host) => contextPrimitive(6, utf8Encode(host))),
    ...dns.map((name) => contextPrimitive(2, utf8Encode(name))),
  ];
  return names.length === 0 ? [] : [contextConstructed(tag, ...names.map((name) => seq(name)))];
}

type CaExtension = readonly [
  name:
    | 'keyUsage'
    | 'extKeyUsage'
    | 'basicConstraints'
    | 'subjectKeyIdentifier'
    | 'authorityKeyIdentifier'
    | 'nameConstraints',
  critical: boolean,
  value: Uint8Array,
];

interface CaTemplate {
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  readonly spki: Uint8Array;
  readonly signer: KeyPair;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly serial: Uint8Array;
  readonly extensions: readonly CaExtension[];
}

/** A certificate of RFC 5280 section 4.1, signed with the signer's usual algorithm. */
async function signCaCertificate(provider: CryptoProvider, template: CaTemplate): Promise<Certificate> {
  checkSerial(template.serial);
  const { keyType, privateKey } = template.signer;
  const algorithm = signatureAlgorithmDer(keyType);
  const extensions = template.extensions.map(([name, critical, value]) =>
    encodeExtension(OID[name], critical, value),
  );
  const tbs = seq(
    contextExplicit(0, int(2)),
    uint(template.serial),
    algorithm,
    template.issuer,
    seq(time(template.notBefore), time(template.notAfter)),
    template.subject,
    template.spki,
    contextExplicit(3, seq(...extensions)),
  );
  return parseCertificate(seq(tbs, algorithm, bits(await sign(provider, privateKey, tbs))));
}
