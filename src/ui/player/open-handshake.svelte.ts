/** The TLS connection that is open as a ladder, and the one that a step would like to show. */
export class OpenHandshake {
  #connection: string | null = $state(null);
  #offered: string | null = $state(null);
  #isAskedFor = $state(false);
  /** It closes with the step that is about it. */
  #isOfStep = false;

  get connection(): string | null {
    return this.#connection;
  }

  /** What the step on display is about; open or not. */
  get offered(): string | null {
    return this.#offered;
  }

  /** Whether the reader asked for it. What a step opens must not take the place of its story, nor the keyboard. */
  get isAskedFor(): boolean {
    return this.#isAskedFor;
  }

  /** Where there is room for it beside the story; on a small page it waits until the reader asks for it. */
  isOpen(isNarrow: boolean): boolean {
    return this.#connection !== null && (this.#isAskedFor || !isNarrow);
  }

  /** Opens one for the reader, who asked for it. */
  ask(connection: string): void {
    this.#connection = connection;
    this.#isAskedFor = true;
    this.#isOfStep = connection === this.#offered;
  }

  /** Opens the one that a step is about. Null closes what a step has opened, and leaves what the reader asked for. */
  offer(connection: string | null): void {
    this.#offered = connection;
    if (connection === null) {
      if (this.#isOfStep) this.close();
      return;
    }
    if (connection !== this.#connection) this.#isAskedFor = false;
    this.#connection = connection;
    this.#isOfStep = true;
  }

  close(): void {
    this.#connection = null;
    this.#isAskedFor = false;
    this.#isOfStep = false;
  }

  clear(): void {
    this.close();
    this.#offered = null;
  }
}
