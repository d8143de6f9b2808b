import { pemEncode } from '../../core/bytes/index.ts';
import { type Csr, parseCsr } from '../../core/pki/csr.ts';
import { sanLabel } from './certificate-extensions.ts';
import { type CsrOutline, outlineCsr } from './der-outline.ts';
import { type Field, field, type InspectedDocument, type Scene, type StructureNode } from './document.ts';
import { type Place, placeAt } from './place.ts';
import { opensslProof } from './proof.ts';
import { derStructure } from './structure.ts';
import { hexText, keyText } from './values.ts';

/** A request as it stands in some document. */
export interface CsrView {
  readonly csr: Csr;
  readonly fields: readonly Field[];
  readonly structure: StructureNode;
}

/** @throws PkiError where `der` is no CSR */
export function inspectCsr(der: Uint8Array, scene: Scene): InspectedDocument {
  const { csr, fields, structure } = viewCsr(der, placeAt(0), scene);
  return {
    kind: 'csr',
    title: csr.uris[0] ?? csr.subject.toString(),
    bytes: der,
    text: pemEncode('CERTIFICATE REQUEST', der),
    fields,
    structure: [structure],
    proof: [csrProof(`${scene.fileName}.pem`)],
    json: {
      subject: csr.subject.toString(),
      publicKey: keyText(csr.publicKey),
      subjectAltName: csr.subjectAltNames.map(({ type, value }) => ({ type, value })),
      signatureAlgorithm: csr.signatureAlgorithm.name,
    },
    parts: [],
  };
}

/** The request's own signature is its proof of possession; `-verify` checks it. */
export function csrProof(file: string): InspectedDocument['proof'][number] {
  return opensslProof('csr_signature', file, (name) => `req -in ${name} -noout -verify -text`);
}

/**
 * Fields and structure of the request `der`, with ranges in the document around it.
 *
 * @throws PkiError where `der` is no CSR
 */
export function viewCsr(der: Uint8Array, place: Place, scene: Scene): CsrView {
  const csr = parseCsr(der);
  const parts = outlineCsr(der, place);
  const { outline } = parts;
  return {
    csr,
    fields: csrFields(csr, parts, scene),
    structure: derStructure(outline.root, outline.names, place),
  };
}

function csrFields(csr: Csr, parts: CsrOutline, scene: Scene): Field[] {
  const range = parts.outline.range.bind(parts.outline);
  const mono = true;
  const anonymous = csr.subject.rdns.every((rdn) => rdn.every(({ value }) => value === ''));
  return [
    field('csr_version', 'Version', '1', { at: range(parts.version) }),
    field('csr_subject', 'Subject', csr.subject.toString() || '(empty)', {
      at: range(parts.subject),
      mono,
      ...(anonymous ? { tone: 'muted', note: 'subject_empty' } : {}),
    }),
    field('csr_public_key', 'Subject Public Key Info', keyText(csr.publicKey), {
      at: range(parts.publicKey),
      mesh: true,
      link: scene.refs['key'],
    }),
    ...csr.extensions.flatMap((extension, index) => {
      const nodes = parts.extensions[index];
      if (extension.name === 'subjectAltName') return sanFields(csr, extension.critical, parts, index);
      return [
        field('csr_extension', extension.name, hexText(extension.value), { at: range(nodes?.node), mono }),
      ];
    }),
    field('csr_signature_algorithm', 'Signature Algorithm', csr.signatureAlgorithm.name, {
      at: range(parts.algorithm),
      mono,
    }),
    field('csr_signature', 'Signature Value', hexText(csr.signature), {
      at: range(parts.signature),
      mono,
      mesh: true,
    }),
  ];
}

function sanFields(csr: Csr, critical: boolean, parts: CsrOutline, index: number): Field[] {
  const nodes = parts.extensions[index];
  const names = csr.subjectAltNames.map(({ type, value }, at) =>
    field('csr_san', 'Subject Alternative Name', `${sanLabel(type)}:${value}`, {
      at: parts.outline.range(nodes?.value?.children[at]),
      mono: true,
      mesh: true,
      tone: 'muted',
      note: 'san_ignored',
    }),
  );
  const at = parts.outline.range(nodes?.critical ?? nodes?.node);
  return [
    ...names,
    field('csr_san_critical', 'SAN critical', critical ? 'critical' : 'not critical', { at }),
  ];
}
