import {
  asBytes,
  derTree,
  type PemBlock,
  pemDecodeAll,
  TAG,
  utf8DecodeStrict,
  utf8Encode,
} from '../../core/bytes/index.ts';
import { inspectCertificate } from './certificate.ts';
import { inspectCrl } from './crl.ts';
import { inspectCsr } from './csr.ts';
import type { InspectedDocument, Scene } from './document.ts';
import { inspectDer } from './fallback.ts';
import { inspectJson } from './json-document.ts';
import { type JsonNode, jsonAt, jsonOutline, jsonText } from './json-outline.ts';
import { inspectJwt, looksLikeJwt } from './jwt.ts';
import { inspectPrivateKey, inspectPublicKey } from './keys.ts';
import { inspectJwks, inspectTokenRequest, inspectTokenReview } from './kubernetes-messages.ts';
import { isReadingError, offsetOf } from './reading-errors.ts';

/** A file of which nothing can be made; `offset` where known. */
export class InspectError extends Error {
  override readonly name = 'InspectError';
  readonly offset: number | null;
  readonly hint: string;

  constructor(message: string, hint: string, offset: number | null = null) {
    super(message);
    this.hint = hint;
    this.offset = offset;
  }
}

export interface FileOptions {
  /** Name of the file without extension, for the proof commands; default `input`. */
  readonly name?: string;
  /** Moment to judge validity by, milliseconds since 1970; none where absent. */
  readonly nowMs?: number;
}

const MAX_BYTES = 4 * 1024 * 1024;
const EXPECTED =
  'PEM or DER of a certificate, CSR, CRL or key, a compact JWT, or JSON of a JWKS or TokenReview';

/**
 * Opens whatever a file holds: PEM blocks (one document each), DER, a compact JWT, JSON.
 *
 * @throws InspectError where it is none of these, or is broken
 */
export function inspectFile(input: Uint8Array | string, options: FileOptions = {}): InspectedDocument[] {
  const bytes = typeof input === 'string' ? utf8Encode(input) : asBytes(input);
  if (bytes.length > MAX_BYTES)
    throw new InspectError(`${bytes.length} octets are too many`, `at most ${MAX_BYTES}`);
  const scene: Scene = {
    nowMs: options.nowMs ?? null,
    fileName: options.name ?? 'input',
    refs: {},
    bytesOf: () => null,
  };
  try {
    return openFile(bytes, scene);
  } catch (error) {
    if (isReadingError(error)) throw new InspectError(error.message, EXPECTED, offsetOf(error));
    throw error;
  }
}

function openFile(bytes: Uint8Array, scene: Scene): InspectedDocument[] {
  const text = utf8DecodeStrict(bytes)?.trim() ?? '';
  if (text.includes('-----BEGIN ')) return inspectPem(text, scene);
  if (looksLikeJwt(text)) return [inspectJwt(utf8Encode(text), scene)];
  if (text.startsWith('{')) return [inspectJsonFile(bytes, scene)];
  if (bytes[0] === TAG.sequence) return [inspectDerFile(bytes, scene)];
  throw new InspectError('nothing in the file is known here', EXPECTED, 0);
}

function inspectPem(text: string, scene: Scene): InspectedDocument[] {
  const blocks = pemDecodeAll(text);
  return blocks.map((block, index) => {
    const fileName = blocks.length > 1 ? `${scene.fileName}-${index + 1}` : scene.fileName;
    return inspectBlock(block, { ...scene, fileName });
  });
}

function inspectBlock({ label, der }: PemBlock, scene: Scene): InspectedDocument {
  switch (label) {
    case 'CERTIFICATE':
    case 'X509 CERTIFICATE':
      return inspectCertificate(der, scene);
    case 'CERTIFICATE REQUEST':
    case 'NEW CERTIFICATE REQUEST':
      return inspectCsr(der, scene);
    case 'X509 CRL':
      return inspectCrl(der, scene);
    case 'PUBLIC KEY':
      return inspectPublicKey(der, scene);
    case 'PRIVATE KEY':
    case 'EC PRIVATE KEY':
    case 'RSA PRIVATE KEY':
      return inspectPrivateKey(der, scene, label);
    default:
      return inspectDer(der, scene);
  }
}

/** By the shape of the outermost elements; certificate, CRL and CSR have three each. */
function inspectDerFile(der: Uint8Array, scene: Scene): InspectedDocument {
  const tree = derTree(der);
  const [first, second, third] = tree.children;
  if (first?.tag === TAG.integer) {
    const isKey =
      second?.tag === TAG.sequence || second?.tag === TAG.octetString || tree.children.length >= 9;
    return isKey ? inspectPrivateKey(der, scene, keyLabel(second?.tag)) : inspectDer(der, scene);
  }
  if (second?.tag === TAG.bitString) return inspectPublicKey(der, scene);
  if (third?.tag !== TAG.bitString) return inspectDer(der, scene);
  const inner = (first?.children ?? []).map(({ tag }) => tag);
  if (
    inner[0] === TAG.integer &&
    inner[1] === TAG.sequence &&
    inner[2] === TAG.sequence &&
    inner[3] === 0xa0
  ) {
    return inspectCsr(der, scene);
  }
  const isTime = (tag: number | undefined): boolean => tag === TAG.utcTime || tag === TAG.generalizedTime;
  return inner.some(isTime) ? inspectCrl(der, scene) : inspectCertificate(der, scene);
}

function keyLabel(second: number | undefined): string {
  if (second === TAG.sequence) return 'PRIVATE KEY';
  return second === TAG.octetString ? 'EC PRIVATE KEY' : 'RSA PRIVATE KEY';
}

function inspectJsonFile(bytes: Uint8Array, scene: Scene): InspectedDocument {
  const root: JsonNode = jsonOutline(bytes);
  const kind = jsonText(jsonAt(root, 'kind'));
  if (kind === 'TokenReview') return inspectTokenReview(bytes, root, scene);
  if (kind === 'TokenRequest') return inspectTokenRequest(bytes, root, scene);
  return jsonAt(root, 'keys')?.type === 'array' ? inspectJwks(bytes, root, scene) : inspectJson(bytes, root);
}
