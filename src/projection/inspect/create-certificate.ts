import { protoTree } from '../../core/bytes/index.ts';
import {
  CERTIFICATE_REQUEST,
  CERTIFICATE_RESPONSE,
  decodeCertificateRequest,
  decodeCertificateResponse,
} from '../../core/grpc/create-certificate.ts';
import { grpcUnframe } from '../../core/grpc/framing.ts';
import { PkiError } from '../../core/pki/error.ts';
import { type Caller, callerOf } from './caller.ts';
import { chainDocuments, chainFields, chainProof, leafFields } from './chain.ts';
import { csrProof, type CsrView, inspectCsr, viewCsr } from './csr.ts';
import { type Field, field, inGroup, type InspectedDocument, type Scene } from './document.ts';
import { fieldRange, grpcStructure, named, pemSummary, prefixField, textAt, valueRange } from './grpc.ts';
import { type PemPart, pemParts } from './pem-parts.ts';
import { protocProof } from './proof.ts';
import { spanText } from './values.ts';

/**
 * A CreateCertificate request: the CSR and the lifetime asked for, and beside it, from the token, who asks.
 *
 * @throws ByteError, ProtoError where `bytes` are no such message
 */
export function inspectCertificateRequest(bytes: Uint8Array, scene: Scene): InspectedDocument {
  const message = grpcUnframe(bytes);
  const { csrPem, validitySeconds, metadata } = decodeCertificateRequest(message).message;
  const nodes = protoTree(message, CERTIFICATE_REQUEST);
  const [csrNode] = named(nodes, 'csr');
  const range = csrNode ? valueRange(csrNode) : { start: 0, end: 0 };
  const [part] = pemParts(bytes, range.start, range.end);
  const view = part ? readCsr(part, scene) : null;
  const caller = callerOf(scene);
  const validity =
    validitySeconds > 0
      ? `${validitySeconds} s = ${spanText(validitySeconds * 1000)}`
      : `${validitySeconds} s`;
  return {
    kind: 'create-certificate-request',
    title: 'IstioCertificateRequest',
    bytes,
    text: csrPem,
    fields: [
      prefixField(bytes),
      field('ca_csr', 'csr', pemSummary(part ? [part.label] : [], csrPem.length), {
        at: fieldRange(csrNode),
        mesh: true,
        group: 'message',
        link: scene.refs['csr'],
        ...(part && !view ? { tone: 'bad' } : {}),
      }),
      field('ca_validity', 'validity_duration', validity, {
        at: fieldRange(named(nodes, 'validity_duration')[0]),
        mesh: true,
        group: 'message',
        note: validitySeconds > 0 ? undefined : 'default_ttl',
      }),
      ...(metadata
        ? [
            field('ca_metadata', 'metadata', JSON.stringify(metadata), {
              at: fieldRange(named(nodes, 'metadata')[0]),
              mono: true,
              group: 'message',
            }),
          ]
        : []),
      ...(view ? csrFields(view, caller) : []),
      ...(caller?.fields ?? []),
    ],
    structure: grpcStructure(bytes, nodes),
    proof: [...(view ? [csrProof(`${scene.fileName}.pem`)] : []), protocProof(`${scene.fileName}.bin`)],
    json: { csr: csrPem, validityDuration: String(validitySeconds), ...(metadata ? { metadata } : {}) },
    parts: part && view ? [inspectCsr(part.der, { ...scene, fileName: `${scene.fileName}-csr` })] : [],
  };
}

/**
 * What istiod answers: the leaf, each intermediate, and last the whole root bundle.
 *
 * @throws ByteError, ProtoError, PkiError where `bytes` are no such message
 */
export function inspectCertificateResponse(bytes: Uint8Array, scene: Scene): InspectedDocument {
  const message = grpcUnframe(bytes);
  const { certChain } = decodeCertificateResponse(message).message;
  const nodes = protoTree(message, CERTIFICATE_RESPONSE);
  const elements = named(nodes, 'cert_chain').map((node) => {
    const { start, end } = valueRange(node);
    return { node, parts: pemParts(bytes, start, end) };
  });
  const parts = elements.flatMap((element) => element.parts);
  const documents = chainDocuments(parts, scene);
  const link = scene.refs['certificate'];
  return {
    kind: 'create-certificate-response',
    title: documents[0]?.title ?? 'IstioCertificateResponse',
    bytes,
    text: certChain.join(''),
    fields: [
      prefixField(bytes),
      ...elements.map(({ node, parts: blocks }, index) => {
        const isRoot = index > 0 && index === elements.length - 1;
        const labels = blocks.map(({ label }) => label);
        const octets = textAt(bytes, valueRange(node)).length;
        return field(isRoot ? 'ca_root' : 'ca_chain', `cert_chain[${index}]`, pemSummary(labels, octets), {
          at: fieldRange(node),
          group: 'message',
          mesh: true,
          link: index === 0 ? link : undefined,
        });
      }),
      ...inGroup('message', chainFields(parts, link)),
      ...leafFields(parts, scene),
    ],
    structure: grpcStructure(bytes, nodes),
    proof: [...chainProof(`${scene.fileName}.pem`), protocProof(`${scene.fileName}.bin`)],
    json: { certChain },
    parts: documents,
  };
}

/** A CSR that istiod will refuse is still worth a look: null where it cannot be read. */
function readCsr(part: PemPart, scene: Scene): CsrView | null {
  try {
    return viewCsr(part.der, part.place, scene);
  } catch (error) {
    if (error instanceof PkiError) return null;
    throw error;
  }
}

function csrFields({ fields }: CsrView, caller: Caller | null): Field[] {
  return inGroup('csr', fields).map((one) => {
    if (one.id !== 'csr_san' || !caller) return one;
    const matches = one.value.endsWith(`/ns/${caller.namespace}/sa/${caller.serviceAccount}`);
    return matches
      ? { ...one, note: 'san_matches_caller' }
      : { ...one, tone: 'warn', note: 'san_differs_from_caller' };
  });
}
