import { pemEncode, utf8Encode } from '../../core/bytes/index.ts';
import { type Certificate, parseCertificate } from '../../core/pki/certificate.ts';
import { extensionFields } from './certificate-extensions.ts';
import { type CertificateOutline, outlineCertificate } from './der-outline.ts';
import {
  type Field,
  field,
  type InspectedDocument,
  type Range,
  type Scene,
  type StructureNode,
} from './document.ts';
import { type Place, placeAt } from './place.ts';
import { opensslProof } from './proof.ts';
import { derStructure } from './structure.ts';
import { hexText, keyText, spanText, timeText } from './values.ts';

/** A certificate as it stands in some document. */
export interface CertificateView {
  readonly certificate: Certificate;
  readonly fields: readonly Field[];
  readonly structure: StructureNode;
}

/** @throws PkiError where `der` is no certificate */
export function inspectCertificate(der: Uint8Array, scene: Scene): InspectedDocument {
  const { certificate, fields, structure } = viewCertificate(der, placeAt(0), scene);
  const file = `${scene.fileName}.pem`;
  const proof = [
    opensslProof('certificate_text', file, (name) => `x509 -in ${name} -noout -text`),
    ...(certificate.isSelfIssued
      ? [opensslProof('self_signature', file, (name) => `verify -CAfile ${name} ${name}`)]
      : []),
  ];
  return {
    kind: 'certificate',
    title: certificateTitle(certificate),
    bytes: der,
    text: pemEncode('CERTIFICATE', der),
    fields,
    structure: [structure],
    proof,
    json: certificateJson(certificate),
    parts: [],
  };
}

/**
 * Fields and structure of the certificate `der`, with ranges in the document around it.
 *
 * @throws PkiError where `der` is no certificate
 */
export function viewCertificate(der: Uint8Array, place: Place, scene: Scene): CertificateView {
  const certificate = parseCertificate(der);
  const parts = outlineCertificate(der, place);
  const { outline } = parts;
  return {
    certificate,
    fields: certificateFields(certificate, parts, scene),
    structure: derStructure(outline.root, outline.names, place),
  };
}

/** What people would call the certificate: its SPIFFE ID, else its subject, else its first name, else its number. */
export function certificateTitle(certificate: Certificate): string {
  const spiffeId = certificate.uris.find((uri) => uri.startsWith('spiffe://'));
  const name = spiffeId ?? (certificate.subject.toString() || certificate.subjectAltNames[0]?.value);
  return name ?? `serial ${certificate.serialNumber}`;
}

/** `leaf`, `intermediate` or `root`, by what the certificate says of itself. */
export function certificateRole(certificate: Certificate): 'leaf' | 'intermediate' | 'root' {
  if (!certificate.basicConstraints?.ca) return 'leaf';
  return certificate.isSelfIssued ? 'root' : 'intermediate';
}

function certificateFields(certificate: Certificate, parts: CertificateOutline, scene: Scene): Field[] {
  const { outline } = parts;
  const range = outline.range.bind(outline);
  const mono = true;
  const algorithm = certificate.signatureAlgorithm.name;
  const csr = scene.refs['csr'];
  return [
    ...spiffeField(certificate, parts),
    field('x509_version', 'Version', String(certificate.version), { at: range(parts.version) }),
    field('x509_serial_number', 'Serial Number', certificate.serialNumber, {
      at: range(parts.serialNumber),
      mono,
    }),
    field('x509_signature_algorithm', 'Signature Algorithm', algorithm, { at: range(parts.algorithm), mono }),
    issuerField(certificate, range(parts.issuer)),
    ...validityFields(certificate, parts, scene),
    subjectField(certificate, range(parts.subject)),
    field('x509_public_key', 'Subject Public Key Info', keyText(certificate.publicKey), {
      at: range(parts.publicKey),
      link: csr,
    }),
    ...certificate.extensions.flatMap((extension, index) =>
      extensionFields(certificate, extension, parts.extensions[index], parts),
    ),
    field('x509_signature', 'Signature Value', hexText(certificate.signature), {
      at: range(parts.signature),
      mono,
    }),
  ];
}

/** X509-SVID section 2: exactly one URI SAN, and that is the identity. */
function spiffeField(certificate: Certificate, parts: CertificateOutline): Field[] {
  const index = certificate.subjectAltNames.findIndex(
    ({ type, value }) => type === 'uri' && value.startsWith('spiffe://'),
  );
  const name = certificate.subjectAltNames[index];
  if (!name) return [];
  const san =
    parts.extensions[certificate.extensions.findIndex(({ name: known }) => known === 'subjectAltName')];
  const single = certificate.uris.length === 1;
  return [
    field('x509_spiffe_id', 'SPIFFE ID', name.value, {
      at: parts.outline.range(san?.value?.children[index]),
      mono: true,
      mesh: true,
      tone: single ? 'ok' : 'bad',
      note: single ? 'san_decides' : 'spiffe_not_one_uri',
    }),
  ];
}

function issuerField(certificate: Certificate, at: Range | null): Field {
  const note = certificate.isSelfIssued ? 'self_signed' : undefined;
  return field('x509_issuer', 'Issuer', certificate.issuer.toString(), { at, mono: true, note });
}

function subjectField(certificate: Certificate, at: Range | null): Field {
  if (!certificate.subject.isEmpty)
    return field('x509_subject', 'Subject', certificate.subject.toString(), { at, mono: true });
  return field('x509_subject', 'Subject', '(empty)', { at, tone: 'muted', note: 'subject_empty' });
}

const SKEW_ALLOWANCE_MS = 120_000;

function validityFields(certificate: Certificate, parts: CertificateOutline, scene: Scene): Field[] {
  const [notBefore, notAfter] = [certificate.notBefore.getTime(), certificate.notAfter.getTime()];
  const { outline, validity } = parts;
  const lifetime = notAfter - notBefore;
  const early = scene.nowMs !== null && scene.nowMs < notBefore;
  const late = scene.nowMs !== null && scene.nowMs > notAfter;
  const isBackdated = certificateRole(certificate) === 'leaf' && lifetime % 3_600_000 === SKEW_ALLOWANCE_MS;
  const beforeNote = early ? 'not_yet_valid' : isBackdated ? 'clock_skew_allowance' : undefined;
  return [
    field('x509_not_before', 'Not Before', timeText(notBefore), {
      at: outline.range(validity?.children[0]),
      mono: true,
      mesh: true,
      tone: early ? 'bad' : undefined,
      note: beforeNote,
    }),
    field('x509_not_after', 'Not After', timeText(notAfter), {
      at: outline.range(validity?.children[1]),
      mono: true,
      mesh: true,
      tone: late ? 'bad' : undefined,
      note: late ? 'expired' : undefined,
    }),
    field('x509_lifetime', 'Lifetime', spanText(lifetime), { at: outline.range(validity), mesh: true }),
    ...(scene.nowMs === null
      ? []
      : [
          field('x509_remaining', 'Remaining', spanText(notAfter - scene.nowMs), {
            mesh: true,
            tone: late || early ? 'bad' : 'ok',
            note: late ? 'expired' : early ? 'not_yet_valid' : undefined,
          }),
        ]),
  ];
}

/** The certificate's content as JSON. */
function certificateJson(certificate: Certificate): Record<string, unknown> {
  return {
    version: certificate.version,
    serialNumber: certificate.serialNumber,
    signatureAlgorithm: certificate.signatureAlgorithm.name,
    issuer: certificate.issuer.toString(),
    notBefore: timeText(certificate.notBefore.getTime()),
    notAfter: timeText(certificate.notAfter.getTime()),
    subject: certificate.subject.toString(),
    publicKey: keyText(certificate.publicKey),
    keyUsage: certificate.keyUsage,
    extKeyUsage: certificate.extKeyUsage,
    basicConstraints: certificate.basicConstraints,
    subjectKeyIdentifier: certificate.ski,
    authorityKeyIdentifier: certificate.aki,
    subjectAltName: certificate.subjectAltNames.map(({ type, value }) => ({ type, value })),
    criticalExtensions: certificate.extensions.filter(({ critical }) => critical).map(({ name }) => name),
    size: { der: certificate.der.length, pem: utf8Encode(certificate.pem()).length },
  };
}
