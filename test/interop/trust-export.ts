import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Summary } from '../../src/cli/run/summary.ts';
import { loadLesson } from '../../src/scenario/load.ts';
import type { Entry, EntryKind, EntryOf } from '../../src/trace/index.ts';
import { svidlab } from '../cli/support/svidlab.ts';

const lessons = fileURLToPath(new URL('../../scenarios/', import.meta.url));

/** Lessons that have CAs of their own. */
export function lessonsWithAuthorities(): string[] {
  return readdirSync(lessons)
    .filter((file) => file.endsWith('.yaml'))
    .filter((file) => {
      const result = loadLesson(readFileSync(join(lessons, file), 'utf8'), { file });
      return result.ok && (result.loaded.lesson.mesh.settings?.authorities ?? []).length > 0;
    });
}

export interface OpensslAnswer {
  readonly status: number;
  readonly output: string;
}

/** What a lesson leaves behind: its export, and what its trace says of it. */
export class TrustExport {
  readonly directory: string;
  readonly summary: Summary;
  readonly #entries: readonly Entry[];

  private constructor(directory: string, summary: Summary, entries: readonly Entry[]) {
    this.directory = directory;
    this.summary = summary;
    this.#entries = entries;
  }

  /** Runs a lesson to its end as the command line does. */
  static async of(file: string): Promise<TrustExport> {
    const scratch = mkdtempSync(join(tmpdir(), 'svidlab-trust-'));
    const directory = join(scratch, 'export');
    const trace = join(scratch, 'trace.jsonl');
    const words = ['run', join(lessons, file), '--export', directory, '--trace', trace, '--json'];
    const ended = await svidlab(words);
    if (ended.code !== 0) throw new Error(ended.stdout + ended.stderr);
    const lines = readFileSync(trace, 'utf8').split('\n').filter(Boolean);
    const entries = lines.map((line) => JSON.parse(line) as Entry);
    return new TrustExport(directory, JSON.parse(ended.stdout) as Summary, entries);
  }

  remove(): void {
    rmSync(join(this.directory, '..'), { recursive: true, force: true });
  }

  entries<K extends EntryKind>(kind: K): EntryOf<K>[] {
    return this.#entries.filter((entry): entry is EntryOf<K> => entry.kind === kind);
  }

  /** The instant of an entry. */
  dateOf(atMs: number): Date {
    return new Date(Date.parse(this.summary.time.begin) + atMs);
  }

  list(path: string): string[] {
    const full = join(this.directory, path);
    return existsSync(full) ? readdirSync(full).sort() : [];
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.directory, path), text);
  }

  openssl(...args: readonly string[]): Promise<OpensslAnswer> {
    return new Promise((resolve) => {
      execFile('openssl', args, { cwd: this.directory, encoding: 'utf8' }, (error, stdout, stderr) => {
        const status = typeof error?.code === 'number' ? error.code : error === null ? 0 : 1;
        resolve({ status, output: stdout + stderr });
      });
    });
  }
}

/** The first error of `openssl verify`, by its number; null where it accepts. */
export function verifyError({ output }: OpensslAnswer): number | null {
  const code = /error (\d+) at -?\d+ depth lookup/.exec(output)?.[1];
  if (code === undefined && !/^\S+: OK$/m.test(output)) throw new Error(output);
  return code === undefined ? null : Number(code);
}
