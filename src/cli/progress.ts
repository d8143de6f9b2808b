/** What is done sooner than this needs no bar. */
const quietMs = 400;
const redrawMs = 100;

/** A progress bar on one line of a terminal; silent where stderr is none, or output is JSON. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  readonly #active: boolean;
  #nextAt = performance.now() + quietMs;
  #drawn = false;

  constructor(stream: NodeJS.WriteStream, quiet: boolean) {
    this.#stream = stream;
    this.#active = stream.isTTY && !quiet;
  }

  /** Redraws at most ten times a second. `share` runs from 0 to 1. */
  show(share: number, text: string): void {
    const at = performance.now();
    if (!this.#active || at < this.#nextAt) return;
    this.#nextAt = at + redrawMs;
    this.#drawn = true;
    const width = 28;
    const done = Math.min(1, Math.max(0, share));
    const full = Math.round(width * done);
    const bar = '█'.repeat(full) + '·'.repeat(width - full);
    const room = Math.max(0, (this.#stream.columns || 80) - width - 9);
    this.#stream.write(`\r\x1b[2K${bar} ${Math.floor(done * 100)} %  ${text.slice(0, room)}`);
  }

  clear(): void {
    if (this.#drawn) this.#stream.write('\r\x1b[2K');
    this.#drawn = false;
  }
}
