import { fromBase64, pemDecodeAll, pemEncode, utf8DecodeStrict } from '../../core/bytes/index.ts';
import {
  type Certificate,
  type Crl,
  looksLikeSignedData,
  parseCertificate,
  parseCrl,
  readSignedData,
} from '../../core/pki/index.ts';
import { isReadingError } from '../inspect/reading-errors.ts';

/** Something that could be read, and where it stands. */
export type BagItem = {
  /** Line of the text, from 1. */
  readonly line: number;
  /** The how-manieth PEM block, from 1. */
  readonly block: number;
} & (
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'crl'; readonly crl: Crl }
);

/** Why a part of the text is not used; each has a hint of its own. */
export type BagRule =
  | 'nothing'
  | 'unterminated'
  | 'escaped'
  | 'base64'
  | 'certificate'
  | 'crl'
  | 'pkcs7'
  | 'pkcs7-empty'
  | 'private-key'
  | 'csr'
  | 'other'
  | 'too-large'
  | 'too-many';

export interface BagFault {
  readonly rule: BagRule;
  readonly line: number;
  /** Null where it is about the text as a whole. */
  readonly block: number | null;
  readonly label: string | null;
  /** The reader's exact words, in English; null where the rule says everything. */
  readonly message: string | null;
}

export interface Bag {
  readonly items: readonly BagItem[];
  readonly faults: readonly BagFault[];
}

/** Characters of a text. */
export const longestBag = 600_000;
/** Certificates and CRLs of a text: more than any system's own store of roots has. */
export const mostItems = 300;

/**
 * Reads every certificate and CRL of a text: PEM blocks of any of these or of PKCS#7, else one base64 value without
 * its frame, as in a Kubernetes Secret. What cannot be read is said, with its place; the rest is used all the same.
 */
export function readBag(text: string): Bag {
  if (text.trim() === '') return { items: [], faults: [] };
  if (text.length > longestBag) return { items: [], faults: [whole('too-large')] };
  const reader = new BagReader();
  if (!text.includes('-----BEGIN ')) reader.readBare(text);
  else reader.readPem(text);
  return reader;
}

class BagReader implements Bag {
  readonly items: BagItem[] = [];
  readonly faults: BagFault[] = [];

  readPem(text: string): void {
    const lineAt = lineCounter(text);
    const begin = /-----BEGIN ([^\r\n-]+(?:-[^\r\n-]+)*)-----/g;
    let block = 0;
    for (let match = begin.exec(text); match; match = begin.exec(text)) {
      const label = match[1]!;
      const place: Place = { line: lineAt(match.index), block: ++block, label };
      if (block > mostItems) {
        this.fault('too-many', place);
        return;
      }
      const footer = `-----END ${label}-----`;
      const end = text.indexOf(footer, begin.lastIndex);
      const next = text.indexOf('-----BEGIN ', begin.lastIndex);
      if (end < 0 || (next >= 0 && next < end)) {
        this.fault('unterminated', place);
        continue;
      }
      this.readBlock(text.slice(match.index, end + footer.length), place);
      begin.lastIndex = end + footer.length;
    }
    if (block === 0) this.faults.push(whole('nothing'));
  }

  /** Base64 without a frame: DER, or PEM text once more encoded. */
  readBare(text: string): void {
    const bytes = this.attempt(() => fromBase64(text));
    if (typeof bytes === 'string') {
      this.faults.push(whole('nothing'));
      return;
    }
    const inner = utf8DecodeStrict(bytes);
    if (inner?.includes('-----BEGIN ')) this.readPem(inner);
    else if (bytes[0] === 0x30) this.readDer(bytes, { line: 1, block: 1, label: null });
    else this.faults.push(whole('nothing'));
  }

  private readBlock(pem: string, place: Place): void {
    const { label } = place;
    if (label?.endsWith('PRIVATE KEY')) this.fault('private-key', place);
    else if (label?.endsWith('CERTIFICATE REQUEST')) this.fault('csr', place);
    else if (label === null || !LABELS.has(label)) this.fault('other', place);
    else {
      const der = this.attempt(() => pemDecodeAll(pem)[0]!.der);
      if (typeof der !== 'string') this.readDer(der, place);
      else if (pem.includes('\\n')) this.fault('escaped', place);
      else this.fault('base64', { ...place, line: place.line + brokenLine(pem) }, der);
    }
  }

  private readDer(der: Uint8Array, place: Place): void {
    const kind = place.label === null ? kindOf(der) : LABELS.get(place.label)!;
    if (kind === 'pkcs7') this.readPkcs7(der, place);
    else if (kind === 'crl') this.addCrl(der, place);
    else this.addCertificate(der, place);
  }

  private readPkcs7(der: Uint8Array, place: Place): void {
    const bag = this.attempt(() => readSignedData(der));
    if (typeof bag === 'string') {
      this.fault('pkcs7', place, bag);
      return;
    }
    if (bag.certificates.length + bag.crls.length === 0) this.fault('pkcs7-empty', place);
    for (const certificate of bag.certificates) this.addCertificate(certificate, place);
    for (const crl of bag.crls) this.addCrl(crl, place);
  }

  private addCertificate(der: Uint8Array, place: Place): void {
    const certificate = this.attempt(() => parseCertificate(der));
    if (typeof certificate === 'string') this.fault('certificate', place, certificate);
    else this.add({ kind: 'certificate', certificate, line: place.line, block: place.block });
  }

  private addCrl(der: Uint8Array, place: Place): void {
    const crl = this.attempt(() => parseCrl(der));
    if (typeof crl === 'string') this.fault('crl', place, crl);
    else this.add({ kind: 'crl', crl, line: place.line, block: place.block });
  }

  private add(item: BagItem): void {
    if (this.items.length < mostItems) this.items.push(item);
    else if (!this.faults.some(({ rule }) => rule === 'too-many'))
      this.fault('too-many', { line: item.line, block: item.block, label: null });
  }

  private fault(rule: BagRule, { line, block, label }: Place, message: string | null = null): void {
    this.faults.push({ rule, line, block, label, message });
  }

  /** What `read` returns, or why it cannot. */
  private attempt<T>(read: () => T): T | string {
    try {
      return read();
    } catch (error) {
      if (isReadingError(error) || error instanceof RangeError) return error.message;
      throw error;
    }
  }
}

interface Place {
  readonly line: number;
  readonly block: number;
  readonly label: string | null;
}

const LABELS: ReadonlyMap<string, 'certificate' | 'crl' | 'pkcs7'> = new Map([
  ['CERTIFICATE', 'certificate'],
  ['X509 CERTIFICATE', 'certificate'],
  ['X509 CRL', 'crl'],
  ['PKCS7', 'pkcs7'],
  ['PKCS #7 SIGNED DATA', 'pkcs7'],
  ['CMS', 'pkcs7'],
]);

/**
 * The PEM text of a file of bytes that holds one certificate, CRL or PKCS#7 in DER; null where it is none of these.
 * A text that shows what was dropped can be read, repaired and kept.
 */
export function pemOfDer(der: Uint8Array): string | null {
  if (der[0] !== 0x30) return null;
  const label = { certificate: 'CERTIFICATE', crl: 'X509 CRL', pkcs7: 'PKCS7' }[kindOf(der)];
  return pemEncode(label, der);
}

/** By how it begins; a certificate where nothing fits, whose reader says best what is wrong. */
function kindOf(der: Uint8Array): 'certificate' | 'crl' | 'pkcs7' {
  if (looksLikeSignedData(der)) return 'pkcs7';
  try {
    parseCrl(der);
    return 'crl';
  } catch {
    return 'certificate';
  }
}

/** The text without private keys, which are not to be kept anywhere. */
export function withoutPrivateKeys(text: string): string {
  return text.replace(/-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----[\s\S]*?(-----END \1-----|$)/g, '');
}

function whole(rule: BagRule): BagFault {
  return { rule, line: 1, block: null, label: null, message: null };
}

/** How many lines below its BEGIN the first line stands that is no base64; 0 where each by itself is. */
function brokenLine(pem: string): number {
  const lines = pem.split('\n');
  const at = lines.findIndex((line, index) => index > 0 && !/^[A-Za-z0-9+/=\s]*$|^\s*-----END /.test(line));
  return Math.max(0, at);
}

/** Lines of growing offsets. */
function lineCounter(text: string): (offset: number) => number {
  let [line, from] = [1, 0];
  return (offset) => {
    for (let at = text.indexOf('\n', from); at >= 0 && at < offset; at = text.indexOf('\n', from)) {
      line += 1;
      from = at + 1;
    }
    return line;
  };
}
