/**
 * Any DER as a tree with offsets, names and decoded values: for looking at, where `DerReader` is for using.
 */
import { toHex } from './hex.ts';
import { asBytes, type Bytes, utf8DecodeStrict } from './bytes.ts';
import { TAG } from './der.ts';
import { decodeOid, decodeText, decodeTime, DerError, DerReader } from './der-reader.ts';
import { oidName } from './oids.ts';

export type DerTagClass = 'universal' | 'application' | 'context' | 'private';

/** One element. Offsets count from the first byte of what was given to {@link derTree}. */
export interface DerNode {
  /** First identifier octet. */
  readonly tag: number;
  readonly tagClass: DerTagClass;
  readonly constructed: boolean;
  /** Tag number: 16 for SEQUENCE, n for `[n]`. */
  readonly number: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
  /** As OpenSSL's asn1parse names it: `SEQUENCE`, `OBJECT`, `cont [ 0 ]`. */
  readonly name: string;
  readonly oid?: string;
  readonly oidName?: string;
  /** Decoded value of a primitive element; hex where nothing better is known. */
  readonly text?: string;
  /** True for DER that was found inside an OCTET STRING or BIT STRING. */
  readonly encapsulated?: true;
  readonly children: readonly DerNode[];
}

export interface DerTreeLimits {
  /** Default 64. */
  readonly maxDepth?: number;
  /** Default 50,000. */
  readonly maxNodes?: number;
}

/**
 * The one element that `bytes` hold, with everything inside it; OCTET STRINGs and BIT STRINGs that hold whole DER
 * are opened too.
 *
 * @throws DerError with the offset for malformed or non-DER lengths, bytes after the element, and where the limits
 *   are exceeded
 */
export function derTree(bytes: Uint8Array, limits: DerTreeLimits = {}): DerNode {
  const walker = new Walker(asBytes(bytes), limits);
  const root = walker.element(0, bytes.length, 0);
  if (root.end !== bytes.length) throw new DerError('bytes are left over after the element', root.end);
  return root;
}

/** `node` and everything below it, in the order of the bytes. */
export function* derNodes(node: DerNode): Generator<DerNode> {
  yield node;
  for (const child of node.children) yield* derNodes(child);
}

class Walker {
  readonly #bytes: Bytes;
  readonly #maxDepth: number;
  #nodesLeft: number;

  constructor(bytes: Bytes, limits: DerTreeLimits) {
    this.#bytes = bytes;
    this.#maxDepth = limits.maxDepth ?? 64;
    this.#nodesLeft = limits.maxNodes ?? 50_000;
  }

  /** `afterOid`: it stands in a SEQUENCE that began with an OBJECT IDENTIFIER, as an extension's value does. */
  element(start: number, limit: number, depth: number, afterOid = false): DerNode {
    if (depth > this.#maxDepth) throw new DerError(`elements nest deeper than ${this.#maxDepth}`, start);
    if (this.#nodesLeft-- <= 0) throw new DerError('there are too many elements', start);
    const head = readHead(this.#bytes, start, limit);
    if (head.constructed) {
      return {
        ...head,
        children: this.#elements(head.contentStart, head.end, depth + 1, head.tag === TAG.sequence),
      };
    }
    const inner = this.#encapsulated(head, depth, afterOid);
    return inner
      ? { ...head, children: inner }
      : { ...head, ...primitiveValue(this.#bytes, head), children: [] };
  }

  #elements(start: number, limit: number, depth: number, inSequence: boolean): DerNode[] {
    const nodes: DerNode[] = [];
    for (let at = start; at < limit;) {
      const node = this.element(at, limit, depth, inSequence && nodes[0]?.tag === TAG.oid);
      nodes.push(node);
      at = node.end;
    }
    return nodes;
  }

  /** The elements in a string that is DER from its first to its last byte; null where it is not. */
  #encapsulated(head: Head, depth: number, afterOid: boolean): DerNode[] | null {
    const from = encapsulationStart(this.#bytes, head, afterOid);
    if (from === null || depth >= this.#maxDepth) return null;
    const nodesLeft = this.#nodesLeft;
    try {
      const node = this.element(from, head.end, depth + 1);
      if (node.end === head.end) return [{ ...node, encapsulated: true }];
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
    }
    this.#nodesLeft = nodesLeft;
    return null;
  }
}

type Head = Omit<DerNode, 'children' | 'text' | 'oid' | 'oidName' | 'encapsulated'>;

/**
 * Where DER may begin inside a string, or null. Any SEQUENCE counts; other types only as an extension's value,
 * since one random string in a few hundred would pass for a short primitive element.
 */
function encapsulationStart(bytes: Bytes, head: Head, afterOid: boolean): number | null {
  const { contentStart, end, tag } = head;
  if (tag === TAG.octetString) return afterOid || bytes[contentStart] === TAG.sequence ? contentStart : null;
  if (tag !== TAG.bitString || end - contentStart < 3) return null;
  return bytes[contentStart] === 0 && bytes[contentStart + 1] === TAG.sequence ? contentStart + 1 : null;
}

const CLASSES = ['universal', 'application', 'context', 'private'] as const;

function readHead(bytes: Bytes, start: number, limit: number): Head {
  if (start >= limit) throw new DerError('element is missing', start);
  const tag = bytes[start]!;
  const [number, lengthAt] =
    (tag & 0x1f) === 0x1f ? readHighTag(bytes, start + 1, limit) : [tag & 0x1f, start + 1];
  const tagClass = CLASSES[tag >> 6]!;
  const { contentStart, end } = new DerReader(bytes, start, limit).measure(lengthAt);
  const name = tagName(tagClass, number);
  return { tag, tagClass, constructed: (tag & 0x20) !== 0, number, start, contentStart, end, name };
}

function readHighTag(bytes: Bytes, start: number, limit: number): [number: number, next: number] {
  let number = 0;
  for (let at = start; at < limit && at < start + 4; at++) {
    number = number * 128 + (bytes[at]! & 0x7f);
    if (bytes[at]! < 0x80) return [number, at + 1];
  }
  throw new DerError('the tag number is cut off or too large', start);
}

const CLASS_ABBREVIATIONS = { application: 'appl', context: 'cont', private: 'priv' } as const;

const UNIVERSAL_NAMES: Readonly<Record<number, string>> = {
  1: 'BOOLEAN',
  2: 'INTEGER',
  3: 'BIT STRING',
  4: 'OCTET STRING',
  5: 'NULL',
  6: 'OBJECT',
  7: 'OBJECT DESCRIPTOR',
  8: 'EXTERNAL',
  9: 'REAL',
  10: 'ENUMERATED',
  12: 'UTF8STRING',
  16: 'SEQUENCE',
  17: 'SET',
  18: 'NUMERICSTRING',
  19: 'PRINTABLESTRING',
  20: 'T61STRING',
  21: 'VIDEOTEXSTRING',
  22: 'IA5STRING',
  23: 'UTCTIME',
  24: 'GENERALIZEDTIME',
  25: 'GRAPHICSTRING',
  26: 'VISIBLESTRING',
  27: 'GENERALSTRING',
  28: 'UNIVERSALSTRING',
  30: 'BMPSTRING',
};

function tagName(tagClass: DerTagClass, number: number): string {
  if (tagClass !== 'universal') return `${CLASS_ABBREVIATIONS[tagClass]} [ ${number} ]`;
  return UNIVERSAL_NAMES[number] ?? `<ASN1 ${number}>`;
}

interface PrimitiveValue {
  text?: string;
  oid?: string;
  oidName?: string;
}

/** A value that is malformed in itself is shown as hex: the tree is for looking at broken things as well. */
function primitiveValue(bytes: Bytes, head: Head): PrimitiveValue {
  const content = bytes.subarray(head.contentStart, head.end);
  try {
    if (head.tag === TAG.oid) return oidValue(decodeOid(bytes, head.contentStart, head.end));
    return { text: primitiveText(head.tag, content) };
  } catch (error) {
    if (error instanceof DerError) return { text: hexText(content) };
    throw error;
  }
}

function oidValue(oid: string): PrimitiveValue {
  const name = oidName(oid);
  return name === null ? { oid, text: oid } : { oid, oidName: name, text: name };
}

function primitiveText(tag: number, content: Bytes): string {
  switch (tag) {
    case TAG.boolean:
      return content[0] ? 'TRUE' : 'FALSE';
    case TAG.integer:
    case TAG.enumerated:
      return integerText(content);
    case TAG.bitString:
      return bitsText(content);
    case TAG.octetString:
      return hexText(content);
    case TAG.null:
      return '';
    case TAG.utcTime:
    case TAG.generalizedTime:
      return new Date(decodeTime(content, tag, 0, content.length)).toISOString().replace('.000Z', 'Z');
    default:
      return tag < 0x40 ? clip(decodeText(tag, content)) : unknownText(content);
  }
}

/** Decimal where that is how people write the value; serial numbers and moduli in hex. */
function integerText(content: Bytes): string {
  if (content.length === 0 || content.length > 6) return hexText(content);
  let value = content[0]! >= 0x80 ? -1 : 0;
  for (const octet of content) value = value * 256 + octet;
  return String(value);
}

function bitsText(content: Bytes): string {
  if (content.length < 2 || content.length > 3) return hexText(content.subarray(1));
  const digits = Array.from(content.subarray(1), (octet) => octet.toString(2).padStart(8, '0')).join('');
  return digits.slice(0, digits.length - Math.min(content[0]!, 7));
}

function unknownText(content: Bytes): string {
  const text = utf8DecodeStrict(content);
  return text !== null && text !== '' && /^[\x20-\x7e]+$/.test(text) ? clip(text) : hexText(content);
}

const MAX_TEXT = 4096;

function hexText(content: Bytes): string {
  return content.length <= MAX_TEXT / 2 ? toHex(content) : `${toHex(content.subarray(0, MAX_TEXT / 2))}…`;
}

function clip(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
