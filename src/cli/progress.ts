/** A progress bar on one line of a terminal; silent where stderr is none, or output is JSON. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  readonly #active: boolean;
  #lastAt = 0;
  #drawn = false;

  constructor(stream: NodeJS.WriteStream, quiet: boolean) {
    this.#stream = stream;
    this.#active = stream.isTTY && !quiet;
  }

  /** Redraws at most ten times a second. `share` runs from 0 to 1. */
  show(share: number, text: string): void {
    if (!this.#active) return;
    const at = performance.now();
    if (this.#drawn && at - this.#lastAt < 100) return;
    this.#lastAt = at;
    this.#drawn = true;
    const width = 28;
    const full = Math.round(width * Math.min(1, Math.max(0, share)));
    const bar = '█'.repeat(full) + '·'.repeat(width - full);
    this.#stream.write(`\r\x1b[2K${bar} ${Math.floor(share * 100)} %  ${text}`);
  }

  clear(): void {
    if (this.#drawn) this.#stream.write('\r\x1b[2K');
    this.#drawn = false;
  }
}
