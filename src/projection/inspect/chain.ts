import { utf8Decode } from '../../core/bytes/index.ts';
import { parseCertificate } from '../../core/pki/certificate.ts';
import { certificateRole, certificateTitle, inspectCertificate, viewCertificate } from './certificate.ts';
import { type Field, field, inGroup, type InspectedDocument, type Scene } from './document.ts';
import { type PemPart, pemParts, pemStructure } from './pem-parts.ts';
import { opensslProof } from './proof.ts';

/** Certificates in PEM, leaf first: what an agent keeps and an Envoy presents. */
export function inspectChain(bytes: Uint8Array, scene: Scene): InspectedDocument {
  const parts = pemParts(bytes).filter(({ label }) => label === 'CERTIFICATE');
  const documents = chainDocuments(parts, scene);
  return {
    kind: 'chain',
    title: documents[0]?.title ?? 'chain',
    bytes,
    text: utf8Decode(bytes),
    fields: [...chainFields(parts), ...leafFields(parts, scene)],
    structure: parts.map(pemStructure),
    proof: chainProof(`${scene.fileName}.pem`),
    json: documents.map(({ json }) => json),
    parts: documents,
  };
}

/** A document for each certificate, named after the file of the chain and its place in it. */
export function chainDocuments(parts: readonly PemPart[], scene: Scene): InspectedDocument[] {
  return parts.map(({ der }, index) =>
    inspectCertificate(der, { ...scene, refs: {}, fileName: `${scene.fileName}-${index + 1}` }),
  );
}

/** One field for each certificate: its role and its name. */
export function chainFields(parts: readonly PemPart[], link?: string): Field[] {
  return parts.map((part, index) => {
    const certificate = parseCertificate(part.der);
    const role = certificateRole(certificate);
    return field('chain_certificate', `${index + 1} · ${role}`, certificateTitle(certificate), {
      at: part,
      mono: true,
      mesh: true,
      note: role === 'root' && parts.length > 1 ? 'root_in_chain' : undefined,
      link: index === 0 ? link : undefined,
    });
  });
}

/** The fields of the first certificate, with ranges into its PEM text. */
export function leafFields(parts: readonly PemPart[], scene: Scene): Field[] {
  const [leaf] = parts;
  if (!leaf) return [];
  return inGroup('certificate', viewCertificate(leaf.der, leaf.place, { ...scene, refs: {} }).fields);
}

/** Every certificate in the file is offered as trusted, so the proof holds where the root is among them. */
export function chainProof(file: string): InspectedDocument['proof'] {
  return [
    opensslProof('chain_list', file, (name) => `storeutl -noout -text -certs ${name}`),
    opensslProof('chain_verify', file, (name) => `verify -no_check_time -CAfile ${name} ${name}`),
  ];
}
