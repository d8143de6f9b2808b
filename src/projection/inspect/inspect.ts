import type { Artefact, ArtefactId, ArtefactKind } from '../../trace/index.ts';
import { inspectCertificate } from './certificate.ts';
import { inspectChain } from './chain.ts';
import { inspectCertificateRequest, inspectCertificateResponse } from './create-certificate.ts';
import { inspectCrl } from './crl.ts';
import { inspectCsr } from './csr.ts';
import { inspectDiscoveryRequest, inspectDiscoveryResponse } from './discovery.ts';
import { type Field, field, type InspectedDocument, type Scene } from './document.ts';
import { inspectText, unreadableDocument } from './fallback.ts';
import { inspectHttp, inspectTrailers } from './http.ts';
import { inspectHttp2 } from './http2.ts';
import { inspectJson } from './json-document.ts';
import { type JsonNode, jsonOutline } from './json-outline.ts';
import { inspectJwt } from './jwt.ts';
import { inspectPrivateKey } from './keys.ts';
import { inspectJwks, inspectTokenRequest, inspectTokenReview } from './kubernetes-messages.ts';
import { artefactFile } from './proof.ts';
import { isReadingError } from './reading-errors.ts';
import { inspectTlsFlight } from './tls-flight.ts';
import { inspectTlsMessage } from './tls-message.ts';

/** The moment an artefact is looked at: the run's epoch and virtual time, both in milliseconds. */
export interface InspectionContext {
  readonly epochMs: number;
  readonly atMs: number;
}

/**
 * Opens an artefact of a run. Never throws for its bytes: what cannot be read becomes a document that says why.
 *
 * @param lookup finds the artefacts it refers to, such as the token beside a CreateCertificate request
 */
export function inspectArtefact(
  artefact: Artefact,
  lookup: (id: ArtefactId) => Artefact | undefined,
  { epochMs, atMs }: InspectionContext,
): InspectedDocument {
  const scene: Scene = {
    nowMs: epochMs + atMs,
    fileName: artefactFile(artefact.id),
    refs: artefact.refs,
    bytesOf: (id) => lookup(id)?.bytes ?? null,
  };
  const document = open(artefact, scene);
  return { ...document, fields: [...document.fields, ...relatedFields(document.fields, artefact)] };
}

type Inspector = (bytes: Uint8Array, scene: Scene) => InspectedDocument;

const INSPECTORS: Readonly<Partial<Record<ArtefactKind, Inspector>>> = {
  certificate: inspectCertificate,
  csr: inspectCsr,
  crl: inspectCrl,
  chain: inspectChain,
  'private-key': (bytes, scene) => inspectPrivateKey(bytes, scene),
  token: inspectJwt,
  jwks: overJson(inspectJwks),
  'create-certificate-request': inspectCertificateRequest,
  'create-certificate-response': inspectCertificateResponse,
  'discovery-request': inspectDiscoveryRequest,
  'discovery-response': inspectDiscoveryResponse,
  'token-request': overJson(inspectTokenRequest),
  'token-review': overJson(inspectTokenReview),
  'grpc-trailers': inspectTrailers,
  'tls-flight': inspectTlsFlight,
  'tls-message': inspectTlsMessage,
  http: inspectHttp,
  http2: inspectHttp2,
};

function open({ kind, bytes }: Artefact, scene: Scene): InspectedDocument {
  const inspector = INSPECTORS[kind];
  if (!inspector) return inspectUnknown(bytes);
  try {
    return inspector(bytes, scene);
  } catch (error) {
    if (isReadingError(error)) return unreadableDocument(kind, bytes, error, scene);
    throw error;
  }
}

function overJson(
  inspect: (bytes: Uint8Array, root: JsonNode, scene: Scene) => InspectedDocument,
): Inspector {
  return (bytes, scene) => inspect(bytes, jsonOutline(bytes), scene);
}

function inspectUnknown(bytes: Uint8Array): InspectedDocument {
  try {
    return inspectJson(bytes, jsonOutline(bytes));
  } catch (error) {
    if (isReadingError(error)) return inspectText(bytes);
    throw error;
  }
}

/** Artefacts it refers to that no field leads to. */
function relatedFields(fields: readonly Field[], { refs }: Artefact): Field[] {
  const linked = new Set(fields.map(({ link }) => link));
  return Object.entries(refs)
    .filter(([, id]) => !linked.has(id))
    .map(([role, id]) => field('related', role, id, { link: id, group: 'related', mono: true }));
}
