import { utf8DecodeStrict } from '../../core/bytes/index.ts';
import { longestBag, pemOfDer } from '../../projection/verify/read-bag.ts';

/** A file that was not taken, and why. */
export interface LeftOut {
  readonly name: string;
  readonly rule: 'size' | 'unreadable' | 'unknown';
}

export interface TakenFiles {
  /** What is to stand in a field; files of bytes as PEM. */
  readonly texts: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

const mostFiles = 50;

/** Reads dropped or chosen files: PEM text, or DER of a certificate, CRL or PKCS#7. */
export async function takeFiles(list: Iterable<File>): Promise<TakenFiles> {
  const texts: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const file of [...list].slice(0, mostFiles)) {
    const { name } = file;
    const text = file.size > longestBag ? 'size' : await textOf(file);
    if (typeof text === 'string') leftOut.push({ name, rule: text });
    else texts.push(text.text);
  }
  return { texts, leftOut };
}

async function textOf(file: File): Promise<{ readonly text: string } | 'unreadable' | 'unknown'> {
  const buffer = await file.arrayBuffer().catch(() => null);
  if (buffer === null) return 'unreadable';
  const bytes = new Uint8Array(buffer);
  const text = pemOfDer(bytes) ?? utf8DecodeStrict(bytes);
  return text === null ? 'unknown' : { text: text.endsWith('\n') ? text : `${text}\n` };
}
