import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Mesh } from '../../mesh/index.ts';
import { trustFiles } from '../../scenario/export-trust.ts';
import { type ExportedFile, heldFiles, issuedFile } from '../../scenario/export.ts';
import type { Entry } from '../../trace/index.ts';
import { UnusableInput } from '../exit.ts';
import { codeOf } from './trace-file.ts';

/** Keys are for their owner only, as ssh and openssl expect. */
const secretMode = 0o600;

/**
 * What a run leaves behind, as files. Everything is written beside the target and appears at once under its name:
 * `issued/` while the run goes on (a run that keeps only the last artefacts has no other copy), the rest at its end.
 */
export class Export {
  readonly directory: string;
  readonly #target: string;
  readonly #staging: string;
  /** The topmost directory that did not exist before. */
  readonly #created: string;
  readonly #made = new Set<string>();
  #files = 0;
  #trust: ReturnType<typeof trustFiles> | null = null;

  /** @throws UnusableInput where `directory` holds something already, or cannot be made. */
  constructor(directory: string) {
    this.directory = directory;
    this.#target = resolve(directory);
    refuseFull(directory, this.#target);
    this.#staging = join(dirname(this.#target), `.${basename(this.#target)}.${process.pid}.tmp`);
    try {
      this.#created = mkdirSync(this.#staging, { recursive: true }) ?? this.#staging;
      for (const folder of ['issued', 'pods']) mkdirSync(join(this.#staging, folder));
    } catch (error) {
      throw new UnusableInput(`--export ${directory}: cannot be made (${codeOf(error)})`);
    }
  }

  /** Files written so far. */
  get files(): number {
    return this.#files;
  }

  /** Writes a certificate as soon as it is issued. */
  follow(mesh: Mesh, entry: Entry): void {
    if (entry.kind === 'certificate.issued') this.#write(issuedFile(mesh, entry));
    this.#trust ??= trustFiles(mesh);
    for (const file of this.#trust(entry)) this.#write(file);
  }

  async finish(mesh: Mesh): Promise<void> {
    for (const file of await heldFiles(mesh)) this.#write(file);
    if (existsSync(this.#target)) rmdirSync(this.#target);
    renameSync(this.#staging, this.#target);
  }

  discard(): void {
    rmSync(this.#created, { recursive: true, force: true });
  }

  #write({ path, text, secret }: ExportedFile): void {
    const full = join(this.#staging, path);
    const folder = dirname(full);
    if (!this.#made.has(folder)) mkdirSync(folder, { recursive: true });
    this.#made.add(folder);
    writeFileSync(full, text, { mode: secret ? secretMode : 0o644, flag: 'wx' });
    this.#files += 1;
  }
}

function refuseFull(directory: string, target: string): void {
  const existing = statSync(target, { throwIfNoEntry: false });
  if (existing === undefined) return;
  if (!existing.isDirectory()) throw new UnusableInput(`--export ${directory}: is a file`);
  if (readdirSync(target).length > 0)
    throw new UnusableInput(`--export ${directory}: holds something already; name a directory that does not`);
}
