import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { toHex } from '../../core/bytes/index.ts';
import type { CryptoProvider } from '../../core/crypto/index.ts';
import { type Certificate, parseCertificate } from '../../core/pki/certificate.ts';
import { type Csr, parseCsr, verifyCsrSignature } from '../../core/pki/csr.ts';
import type { Extension } from '../../core/pki/extension.ts';
import type { GeneralName } from '../../core/pki/general-name.ts';
import { verifySignature } from '../../core/pki/signature.ts';
import { timeText } from './values.ts';

/** What two readers that share no code say of one field. */
export interface Opinion {
  /** The standard's name of the field. */
  readonly label: string;
  readonly ours: string;
  /** What @peculiar/x509 says. */
  readonly theirs: string;
}

export interface OpinionQuestion {
  readonly kind: 'certificate' | 'csr';
  readonly der: Uint8Array;
  /** Certificates among which that of the issuer may be, DER. */
  readonly issuers: readonly Uint8Array[];
}

/**
 * Reads a certificate or CSR with @peculiar/x509 and lays what it finds beside what this project's own reader finds, the
 * signature included. A module to be loaded when it is asked for: @peculiar/x509 is large.
 *
 * @throws Error where one of the two cannot read `der`
 */
export async function secondOpinion(
  provider: CryptoProvider,
  { kind, der, issuers }: OpinionQuestion,
): Promise<readonly Opinion[]> {
  return kind === 'csr' ? csrOpinions(provider, der) : certificateOpinions(provider, der, issuers);
}

async function csrOpinions(provider: CryptoProvider, der: Uint8Array): Promise<readonly Opinion[]> {
  const [ours, theirs] = [parseCsr(der), new x509.Pkcs10CertificateRequest(der.slice())];
  return [
    opinion('Subject', ours.subject.toString(), theirs.subject),
    ...sharedOpinions(ours, theirs),
    opinion(
      'Signature',
      validity(await verifyCsrSignature(provider, ours)),
      validity(await theirs.verify(asCrypto(provider))),
    ),
  ];
}

async function certificateOpinions(
  provider: CryptoProvider,
  der: Uint8Array,
  issuers: readonly Uint8Array[],
): Promise<readonly Opinion[]> {
  const [ours, theirs] = [parseCertificate(der), new x509.X509Certificate(der.slice())];
  const issuer = issuers.map(parseCertificate).find((one) => isIssuer(one, ours));
  return [
    opinion('Serial Number', ours.serialNumber, theirs.serialNumber.replace(/^0+(?=.)/, '')),
    opinion('Issuer', ours.issuer.toString(), theirs.issuer),
    opinion('Not Before', timeText(ours.notBefore.getTime()), timeText(theirs.notBefore.getTime())),
    opinion('Not After', timeText(ours.notAfter.getTime()), timeText(theirs.notAfter.getTime())),
    opinion('Subject', ours.subject.toString(), theirs.subject),
    ...sharedOpinions(ours, theirs),
    ...usageOpinions(ours, theirs),
    ...keyIdentifierOpinions(ours, theirs),
    ...(issuer === undefined ? [] : [await signatureOpinion(provider, ours, theirs, issuer)]),
  ];
}

/** What requests and certificates have in common. */
function sharedOpinions(
  ours: Certificate | Csr,
  theirs: x509.X509Certificate | x509.Pkcs10CertificateRequest,
): Opinion[] {
  const names = theirs.extensions.find((one) => one instanceof x509.SubjectAlternativeNameExtension);
  return [
    opinion('Subject Public Key Info', toHex(ours.spki), toHex(new Uint8Array(theirs.publicKey.rawData))),
    opinion('Subject Alternative Name', ours.subjectAltNames.map(nameText).join(', '), namesText(names)),
    opinion(
      'Extensions',
      ours.extensions.map(extensionText).join(', '),
      theirs.extensions.map(({ type, critical }) => extensionText({ oid: type, critical })).join(', '),
    ),
    opinion('Signature Algorithm', ours.signatureAlgorithm.name, algorithmText(theirs.signatureAlgorithm)),
  ];
}

function usageOpinions(ours: Certificate, theirs: x509.X509Certificate): Opinion[] {
  const usage = theirs.getExtension(x509.KeyUsagesExtension);
  const extended = theirs.getExtension(x509.ExtendedKeyUsageExtension);
  const constraints = theirs.getExtension(x509.BasicConstraintsExtension);
  const constraintsText = (ca: boolean, pathLen: number | null | undefined) =>
    `CA:${ca ? 'TRUE' : 'FALSE'}${typeof pathLen === 'number' ? `, pathlen:${pathLen}` : ''}`;
  return [
    opinion('Key Usage', (ours.keyUsage ?? []).join(', '), flagsText(usage?.usages ?? 0)),
    opinion(
      'Extended Key Usage',
      (ours.extKeyUsage ?? []).join(', '),
      (extended?.usages ?? []).map(extendedUsageText).join(', '),
    ),
    opinion(
      'Basic Constraints',
      ours.basicConstraints ? constraintsText(ours.basicConstraints.ca, ours.basicConstraints.pathLen) : '',
      constraints ? constraintsText(constraints.ca, constraints.pathLength) : '',
    ),
  ];
}

function keyIdentifierOpinions(ours: Certificate, theirs: x509.X509Certificate): Opinion[] {
  const subject = theirs.getExtension(x509.SubjectKeyIdentifierExtension);
  const authority = theirs.getExtension(x509.AuthorityKeyIdentifierExtension);
  return [
    opinion('Subject Key Identifier', ours.ski ?? '', subject?.keyId.toLowerCase() ?? ''),
    opinion('Authority Key Identifier', ours.aki ?? '', authority?.keyId?.toLowerCase() ?? ''),
  ].filter(({ ours: one, theirs: other }) => one !== '' || other !== '');
}

async function signatureOpinion(
  provider: CryptoProvider,
  ours: Certificate,
  theirs: x509.X509Certificate,
  issuer: Certificate,
): Promise<Opinion> {
  const mine = await verifySignature(provider, {
    spki: issuer.spki,
    key: issuer.publicKey,
    scheme: ours.signatureAlgorithm.scheme,
    data: ours.tbs,
    signature: ours.signature,
  });
  const publicKey = new x509.PublicKey(issuer.spki.slice());
  const other = await theirs.verify({ publicKey, signatureOnly: true }, asCrypto(provider));
  return opinion(`Signature by ${issuer.subject.toString()}`, validity(mine === 'valid'), validity(other));
}

function isIssuer(candidate: Certificate, { issuer, aki }: Certificate): boolean {
  const named = toHex(candidate.subject.der) === toHex(issuer.der);
  return named && candidate.basicConstraints?.ca === true && (aki === null || candidate.ski === aki);
}

function opinion(label: string, ours: string, theirs: string): Opinion {
  return { label, ours: ours.trim(), theirs: theirs.trim() };
}

function validity(valid: boolean): string {
  return valid ? 'valid' : 'invalid';
}

function nameText({ type, value }: GeneralName): string {
  return `${type}:${value}`;
}

/** `url` is what @peculiar/x509 calls a uniformResourceIdentifier. */
function namesText(extension: x509.SubjectAlternativeNameExtension | undefined): string {
  const names = extension?.names.items ?? [];
  return names.map(({ type, value }) => `${type === 'url' ? 'uri' : type}:${value}`).join(', ');
}

function extensionText({ oid, critical }: Pick<Extension, 'oid' | 'critical'>): string {
  return critical ? `${oid} critical` : oid;
}

function flagsText(flags: number): string {
  return Object.entries(x509.KeyUsageFlags)
    .filter(([, flag]) => typeof flag === 'number' && (flags & flag) !== 0)
    .map(([name]) => name)
    .join(', ');
}

function extendedUsageText(usage: x509.ExtendedKeyUsageType): string {
  return Object.entries(x509.ExtendedKeyUsage).find(([, oid]) => oid === usage)?.[0] ?? String(usage);
}

function algorithmText({ name, hash }: HashedAlgorithm): string {
  const bits = hash.name.replace('-', '');
  return name === 'ECDSA' ? `ecdsa-with-${bits}` : `${bits.toLowerCase()}WithRSAEncryption`;
}

type HashedAlgorithm = x509.X509Certificate['signatureAlgorithm'];

function asCrypto({ subtle, getRandomValues }: CryptoProvider): Crypto {
  return { subtle, getRandomValues } as Crypto;
}
