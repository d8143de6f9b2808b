import {
  createIntermediateCa,
  createRootCa,
  exportPrivateKey,
  generateKeyPair,
  type CaOptions,
  type Certificate,
  type Crl,
  type KeyPair,
  type KeyType,
  type NameLimits,
  type Revocation,
  type SigningCa,
} from '../../core/pki/index.ts';
import type { CryptoProvider } from '../../core/crypto/index.ts';
import type { ArtefactId, Custody } from '../../trace/index.ts';
import { certificateKey } from '../tls/evidence.ts';
import type { World } from '../world.ts';

/** What a CA of the hierarchy is to be. */
export interface AuthoritySetting {
  /** Its name in this world, for example `prod`. */
  readonly id: string;
  /** The CA above; none for a root. */
  readonly parent?: string;
  /** Subject: CN, and O where given. CN is the id unless given. */
  readonly commonName?: string;
  readonly organization?: string;
  readonly keyType?: KeyType;
  readonly ttlMs?: number;
  /** How many CAs may stand below it; no limit unless given. */
  readonly pathLength?: number;
  readonly permitted?: NameLimits;
  readonly excluded?: NameLimits;
  readonly extendedKeyUsage?: readonly ('serverAuth' | 'clientAuth')[];
  /** Its key is in a safe: nothing is signed until it is brought online. */
  readonly offline?: boolean;
}

/** One certificate of a CA, with the key it is for. */
export interface AuthorityCertificate {
  readonly certificate: Certificate;
  readonly artefact: ArtefactId;
  readonly keyPair: KeyPair;
  readonly keyArtefact: ArtefactId;
  /** Who signed it; null: itself. */
  readonly issuer: { readonly authority: string; readonly with: AuthorityCertificate } | null;
}

/** A certificate that a CA has revoked; the artefact where it is one of this world. */
export interface ListedCertificate extends Revocation {
  readonly certificate: ArtefactId | null;
}

/** A CA of the world. */
export interface Authority {
  readonly id: string;
  setting: AuthoritySetting;
  custody: Custody;
  /** Oldest first, those of earlier keys and those signed by another CA included. */
  readonly certificates: AuthorityCertificate[];
  readonly byAttacker: boolean;
  readonly revoked: ListedCertificate[];
  /** The latest list it has signed. */
  crl: { readonly list: Crl; readonly artefact: ArtefactId } | null;
  crlNumber: number;
}

const dayMs = 86_400_000;
const defaultTtlMs = 3650 * dayMs;

/** The certificate a CA shows: the newest that its own parent signed. */
export function currentOf(authority: Authority): AuthorityCertificate {
  const parent = authority.setting.parent ?? null;
  const own = authority.certificates.filter(({ issuer }) => (issuer?.authority ?? null) === parent);
  const newest = own.at(-1) ?? authority.certificates.at(-1);
  if (newest === undefined) throw new Error(`CA ${authority.id} has no certificate`);
  return newest;
}

/** From a certificate up to the one that signed itself, both included. */
export function pathUp(from: AuthorityCertificate): AuthorityCertificate[] {
  const path = [from];
  for (let at = from.issuer; at !== null; at = at.with.issuer) path.push(at.with);
  return path;
}

/** What can be signed with a certificate's key: its chain leads to the root without it. */
export function signingCa(entry: AuthorityCertificate): SigningCa {
  const path = pathUp(entry);
  const chain = path.slice(1).filter(({ issuer }) => issuer !== null);
  const roots = path.filter(({ issuer }) => issuer === null);
  return {
    certificate: entry.certificate,
    keyPair: entry.keyPair,
    chain: chain.map(({ certificate }) => certificate),
    roots: roots.map(({ certificate }) => certificate),
  };
}

/** An order to certify a CA, complete but for what only cryptography can give. */
export interface CertificationOrder {
  readonly setting: AuthoritySetting;
  /** The key to certify; a new one unless given. */
  readonly keyPair: KeyPair | null;
  readonly signer: SigningCa | null;
  readonly defaultKeyType: KeyType;
  readonly now: Date;
  readonly serial: Uint8Array;
}

export interface Certified {
  readonly ca: SigningCa;
  readonly pkcs8: Uint8Array;
}

/** Makes a key where one is wanted, and the certificate. Only computes: what it depends on stands in the order. */
export async function certify(provider: CryptoProvider, order: CertificationOrder): Promise<Certified> {
  const { setting, signer, defaultKeyType } = order;
  const keyPair = order.keyPair ?? (await generateKeyPair(provider, setting.keyType ?? defaultKeyType));
  const options: CaOptions = {
    subject: subjectOf(setting),
    keyType: keyPair.keyType,
    now: order.now,
    ttlMs: setting.ttlMs ?? defaultTtlMs,
    serial: order.serial,
    pathLen: setting.pathLength ?? null,
    ...(setting.permitted === undefined ? {} : { permitted: setting.permitted }),
    ...(setting.excluded === undefined ? {} : { excluded: setting.excluded }),
    ...(setting.extendedKeyUsage === undefined ? {} : { extendedKeyUsage: setting.extendedKeyUsage }),
    keyPair,
  };
  const [ca, pkcs8] = await Promise.all([
    signer === null ? createRootCa(provider, options) : createIntermediateCa(provider, signer, options),
    exportPrivateKey(provider, keyPair),
  ]);
  return { ca, pkcs8 };
}

function subjectOf({ id, commonName, organization }: AuthoritySetting): CaOptions['subject'] {
  const cn = ['CN', commonName ?? id] as const;
  return organization === undefined ? [cn] : [['O', organization], cn];
}

type Reason = 'created' | 'renewed' | 'rekeyed' | 'cross-signed';

/** Keeps what was certified, with its artefacts, and tells of it. */
export function enterCertificate(
  world: World,
  authority: Authority,
  { ca, pkcs8 }: Certified,
  by: { readonly reason: Reason; readonly issuer: AuthorityCertificate['issuer'] },
): AuthorityCertificate {
  const { certificate, keyPair } = ca;
  const known = authority.certificates.find((each) => each.keyPair === keyPair);
  const owner = `authority:${authority.id}`;
  const keyArtefact =
    known?.keyArtefact ??
    world.artefacts.put({ kind: 'private-key', owner, pod: null, bytes: pkcs8, refs: {} });
  const issuerArtefact = by.issuer?.with.artefact ?? null;
  const refs = issuerArtefact === null ? { key: keyArtefact } : { key: keyArtefact, issuer: issuerArtefact };
  // One owner for each: the only copy of a CA's certificate is not to give way to a later one.
  const place = `${owner}:${authority.certificates.length}`;
  const artefact = world.artefacts.put({
    kind: 'certificate',
    owner: place,
    pod: null,
    bytes: certificate.der,
    refs,
  });
  world.knownCertificates.set(certificateKey(certificate), artefact);
  const entry: AuthorityCertificate = { certificate, artefact, keyPair, keyArtefact, issuer: by.issuer };
  authority.certificates.push(entry);
  const { permitted = {}, excluded = {} } = authority.setting;
  world.trace.append('mesh', 'authority.certified', {
    authority: authority.id,
    artefact,
    key: keyArtefact,
    issuer: by.issuer?.authority ?? null,
    issuerCertificate: issuerArtefact,
    reason: by.reason,
    subject: certificate.subject.toString(),
    serialNumber: certificate.serialNumber,
    notBeforeMs: certificate.notBefore.getTime() - world.epochMs,
    notAfterMs: certificate.notAfter.getTime() - world.epochMs,
    pathLength: certificate.basicConstraints?.pathLen ?? null,
    permitted: namesOf(permitted),
    excluded: namesOf(excluded),
    extendedKeyUsage: authority.setting.extendedKeyUsage ?? [],
    custody: authority.custody,
    byAttacker: authority.byAttacker,
  });
  return entry;
}

function namesOf({ uris = [], dns = [] }: NameLimits): string[] {
  return [...uris.map((host) => `URI:${host}`), ...dns.map((name) => `DNS:${name}`)];
}
