import { fromBase64, writeBase64 } from './base64.ts';
import { type Bytes, utf8Decode } from './bytes.ts';

/** One PEM block: its label, content, and where its text stands (offsets into the text, in UTF-16 units). */
export interface PemBlock {
  readonly label: string;
  readonly der: Bytes;
  readonly start: number;
  /** One past the last dash of the END line. */
  readonly end: number;
}

/** Text that holds no usable PEM block; `offset` into the text. */
export class PemError extends Error {
  override readonly name = 'PemError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`PEM at offset ${offset}: ${message}`);
    this.offset = offset;
  }
}

/**
 * PEM block (RFC 7468 section 2): base64 in lines of 64 characters, ending in a newline.
 *
 * @param label such as `CERTIFICATE`, without dashes
 */
export function pemEncode(label: string, der: Uint8Array): string {
  const lines = Math.ceil(der.length / OCTETS_PER_LINE);
  const body = new Uint8Array(Math.ceil(der.length / 3) * 4 + lines);
  let to = 0;
  for (let at = 0; at < der.length; at += OCTETS_PER_LINE) {
    to = writeBase64(der.subarray(at, at + OCTETS_PER_LINE), body, to);
    body[to++] = NEWLINE;
  }
  return `-----BEGIN ${label}-----\n${utf8Decode(body)}-----END ${label}-----\n`;
}

/** What 64 characters of base64 hold. */
const OCTETS_PER_LINE = 48;
const NEWLINE = 0x0a;

/**
 * Every PEM block of `text`, in order; other text between blocks is ignored (RFC 7468 section 2), header lines
 * such as `Proc-Type:` are not supported.
 *
 * @throws PemError for a block without its END line or with a body that is no base64
 */
export function pemDecodeAll(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  const begin = /-----BEGIN ([^\r\n-]+(?:-[^\r\n-]+)*)-----/g;
  for (let match = begin.exec(text); match; match = begin.exec(text)) {
    const label = match[1]!;
    const footer = `-----END ${label}-----`;
    const bodyEnd = text.indexOf(footer, begin.lastIndex);
    if (bodyEnd < 0) throw new PemError(`"BEGIN ${label}" has no "END ${label}"`, match.index);
    const end = bodyEnd + footer.length;
    blocks.push({
      label,
      der: decodeBody(text.slice(begin.lastIndex, bodyEnd), match.index),
      start: match.index,
      end,
    });
    begin.lastIndex = end;
  }
  return blocks;
}

/**
 * Content of the first block with `label` (of any label where none is given).
 *
 * @throws PemError where there is none
 */
export function pemDecode(text: string, label?: string): Bytes {
  const blocks = pemDecodeAll(text);
  const block = label === undefined ? blocks[0] : blocks.find((candidate) => candidate.label === label);
  if (block) return block.der;
  const found = blocks.length > 0 ? ` (found ${blocks.map((b) => b.label).join(', ')})` : '';
  throw new PemError(label === undefined ? 'no block' : `no "${label}" block${found}`, 0);
}

function decodeBody(body: string, offset: number): Bytes {
  try {
    return fromBase64(body);
  } catch (error) {
    throw new PemError(error instanceof Error ? error.message : 'the body is no base64', offset);
  }
}
