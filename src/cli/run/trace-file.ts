import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Entry } from '../../trace/index.ts';
import { UnusableInput } from '../exit.ts';

const bufferLength = 1 << 16;

/**
 * A trace on disk: JSON lines, one entry each, written as the run goes and given its name at the end. Writing is
 * synchronous: entries come faster than a stream could drain, and must not pile up in memory.
 */
export class TraceFile {
  readonly #target: string;
  readonly #temporary: string;
  readonly #file: number;
  #buffer = '';

  /** @throws UnusableInput where nothing can be written at `path`. */
  constructor(path: string) {
    this.#target = resolve(path);
    this.#temporary = join(dirname(this.#target), `.${basename(path)}.${process.pid}.tmp`);
    if (statSync(this.#target, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new UnusableInput(`--trace ${path}: is a directory`);
    try {
      this.#file = openSync(this.#temporary, 'wx');
    } catch (error) {
      throw new UnusableInput(`--trace ${path}: cannot be written (${codeOf(error)})`);
    }
  }

  append(entry: Entry): void {
    this.#buffer += `${JSON.stringify(entry)}\n`;
    if (this.#buffer.length >= bufferLength) this.#flush();
  }

  finish(): void {
    this.#flush();
    closeSync(this.#file);
    renameSync(this.#temporary, this.#target);
  }

  discard(): void {
    rmSync(this.#temporary, { force: true });
  }

  #flush(): void {
    const bytes = Buffer.from(this.#buffer);
    for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written);
    this.#buffer = '';
  }
}

/** `ENOENT`, `EACCES` …: what the system said. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
