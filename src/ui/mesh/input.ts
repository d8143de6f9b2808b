import type { InputFile } from '../../scenario/protocol.ts';
import { longestFile } from './memory.ts';

export interface ReadFiles {
  readonly files: readonly InputFile[];
  /** Names of files that were left out because of their size. */
  readonly tooLarge: readonly string[];
}

/** Reads dropped or chosen files as text. */
export async function readFiles(list: FileList | readonly File[]): Promise<ReadFiles> {
  const all = [...list];
  const small = all.filter(({ size }) => size <= longestFile);
  const files = await Promise.all(small.map(async (file) => ({ name: file.name, text: await file.text() })));
  return { files, tooLarge: all.filter(({ size }) => size > longestFile).map(({ name }) => name) };
}

/** Saves a text as a file on the reader's machine. */
export function saveFile({ name, text }: InputFile): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
