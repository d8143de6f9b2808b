/** PEM blocks inside a document, opened, with ranges that lead to their base64 characters. */
import { derTree, pemDecodeAll } from '../../core/bytes/index.ts';
import {
  outlineCertificate,
  outlineCrl,
  outlineCsr,
  type DerOutline,
  outlinePrivateKey,
} from './der-outline.ts';
import type { Range, StructureNode } from './document.ts';
import { pemPlace, type Place } from './place.ts';
import { isReadingError } from './reading-errors.ts';
import { derStructure } from './structure.ts';

export interface PemPart extends Range {
  readonly label: string;
  readonly der: Uint8Array;
  /** Where the bytes of `der` stand in the document. */
  readonly place: Place;
}

/** One character for each octet, so that offsets into the text are offsets into the bytes. */
const octets = new TextDecoder('latin1');

/** The PEM blocks of `document[start, end)`; none where a block is broken. */
export function pemParts(document: Uint8Array, start = 0, end = document.length): PemPart[] {
  return pemPartsOf(octets.decode(document.subarray(start, end)), (index) => start + index);
}

/**
 * The PEM blocks of an ASCII text that stands in a document.
 *
 * @param offsetOf where its n-th character stands
 */
export function pemPartsOf(text: string, offsetOf: (index: number) => number): PemPart[] {
  try {
    return pemDecodeAll(text).map((block) => {
      const pem = Uint8Array.from(text.slice(block.start, block.end), (char) => char.charCodeAt(0));
      return {
        label: block.label,
        der: block.der,
        start: offsetOf(block.start),
        end: offsetOf(block.end - 1) + 1,
        place: pemPlace(pem, (index) => offsetOf(block.start + index)),
      };
    });
  } catch (error) {
    if (isReadingError(error)) return [];
    throw error;
  }
}

/** A PEM block as a node, its DER inside; without children where it is no DER. */
export function pemStructure({ label, der, start, end, place }: PemPart): StructureNode {
  const children = derChildren(label, der, place);
  return { label, type: 'PEM', value: null, start, contentStart: children[0]?.start ?? start, end, children };
}

function derChildren(label: string, der: Uint8Array, place: Place): StructureNode[] {
  try {
    const outline = outlineOf(label, der, place);
    return [
      outline
        ? derStructure(outline.root, outline.names, place)
        : derStructure(derTree(der), new Map(), place),
    ];
  } catch (error) {
    if (isReadingError(error)) return [];
    throw error;
  }
}

function outlineOf(label: string, der: Uint8Array, place: Place): DerOutline | null {
  if (label === 'CERTIFICATE') return outlineCertificate(der, place).outline;
  if (label.endsWith('CERTIFICATE REQUEST')) return outlineCsr(der, place).outline;
  if (label === 'X509 CRL') return outlineCrl(der, place).outline;
  if (label.endsWith('PRIVATE KEY')) return outlinePrivateKey(der, place).outline;
  return null;
}
