import type { InputFile } from '../../scenario/protocol.ts';
import { longestFile, mostFiles } from './memory.ts';

/** A file that was not taken, and the rule that kept it out. */
export type LeftOut = { readonly name: string } & (
  | { readonly rule: 'size'; readonly bytes: number; readonly limit: number }
  | { readonly rule: 'count'; readonly limit: number }
  /** Bytes that are not text in UTF-8, such as an archive. */
  | { readonly rule: 'encoding' }
  /** The browser could not read it: a folder, or a file that has gone. */
  | { readonly rule: 'unreadable' }
);

export interface ReadFiles {
  readonly files: readonly InputFile[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Reads dropped, chosen or pasted files as text.
 *
 * @param held how many files there are already
 */
export async function readFiles(list: Iterable<File>, held: number): Promise<ReadFiles> {
  const files: InputFile[] = [];
  const leftOut: LeftOut[] = [];
  for (const file of list) {
    const read = await readFile(file, held + files.length);
    if ('text' in read) files.push(read);
    else leftOut.push(read);
  }
  return { files, leftOut };
}

async function readFile(file: File, held: number): Promise<InputFile | LeftOut> {
  const { name, size } = file;
  if (held >= mostFiles) return { name, rule: 'count', limit: mostFiles };
  if (size > longestFile) return { name, rule: 'size', bytes: size, limit: longestFile };
  const bytes = await file.arrayBuffer().catch(() => null);
  if (bytes === null) return { name, rule: 'unreadable' };
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { name, rule: 'encoding' };
  }
}
