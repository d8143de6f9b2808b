import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { UnusableInput } from './exit.ts';

/** What is given as `-`: the standard input. */
const stdinName = '(stdin)';

/** More than any input a command takes; each reader has its own, smaller bound. */
const maxBytes = 16 * 1024 * 1024;

/** Reads files in their order; `-` is the standard input. */
export async function readTexts(
  paths: readonly string[],
): Promise<{ readonly name: string; readonly text: string }[]> {
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new UnusableInput(`${twice} is named twice`);
  const texts: { name: string; text: string }[] = [];
  for (const path of paths) texts.push({ name: nameOf(path), text: decode(path, await readBytes(path)) });
  return texts;
}

/** How errors call an input. */
export function nameOf(path: string): string {
  return path === '-' ? stdinName : path;
}

export async function readBytes(path: string): Promise<Uint8Array> {
  return readAll(await openReadable(path), path);
}

/** What is too large to hold, or comes over time. The stream closes its file at its end, or when it is destroyed. */
export async function openReadable(path: string): Promise<Readable> {
  if (path === '-') return process.stdin;
  let file: FileHandle | null = null;
  try {
    file = await open(path);
    if (!(await file.stat()).isDirectory()) return file.createReadStream();
  } catch (error) {
    await file?.close();
    throw readingError(path, error);
  }
  await file.close();
  throw unusable(path, 'is a directory', `name its files: ${path}/*`);
}

async function readAll(stream: Readable, path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      if (total > maxBytes) throw unusable(path, `larger than ${maxBytes / 1024 / 1024} MB`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw readingError(path, error);
  }
  return Buffer.concat(chunks);
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unusable(path, 'is no UTF-8 text');
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'may not be read',
  EISDIR: 'is a directory',
  ENOTDIR: 'no such file',
};

function readingError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  return code === null ? error : unusable(path, reasons[code] ?? code);
}

function unusable(path: string, message: string, hint?: string): UnusableInput {
  return new UnusableInput({ file: nameOf(path), message, ...(hint === undefined ? {} : { hint }) });
}
