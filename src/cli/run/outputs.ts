import type { Mesh } from '../../mesh/index.ts';
import type { Entry } from '../../trace/index.ts';
import { Export } from './export.ts';
import { TraceFile } from './trace-file.ts';

/** The files of one run: all of them appear at its end, or none. */
export class Outputs {
  readonly #trace: TraceFile | null;
  readonly #export: Export | null;
  #open = true;

  /** @throws UnusableInput where one of them cannot be written. */
  constructor(tracePath: string | undefined, exportPath: string | undefined) {
    this.#trace = tracePath === undefined ? null : new TraceFile(tracePath);
    try {
      this.#export = exportPath === undefined ? null : new Export(exportPath);
    } catch (error) {
      this.#trace?.discard();
      throw error;
    }
  }

  follow(mesh: Mesh, entry: Entry): void {
    this.#trace?.append(entry);
    this.#export?.follow(mesh, entry);
  }

  /** Gives the files their names. Returns what was exported, if anything. */
  async finish(mesh: Mesh): Promise<{ readonly directory: string; readonly files: number } | null> {
    await this.#export?.finish(mesh);
    this.#trace?.finish();
    this.#open = false;
    return this.#export === null ? null : { directory: this.#export.directory, files: this.#export.files };
  }

  /** Removes what was written so far, unless it has its names already. */
  discard(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#trace?.discard();
    this.#export?.discard();
  }
}
