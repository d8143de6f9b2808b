import { printError, printErrorNow } from './output.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a shell reports for a process that a signal ended. */
const signalCodes: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Turns the first Ctrl-C into a request to end, and the second into the end. */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #lastRites: () => void;
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (this.#controller.signal.aborted) {
      this.#lastRites();
      printErrorNow('given up');
      process.exit(signalCodes[signal]);
    }
    this.#controller.abort();
    printError('\ninterrupted: finishing with what there is (once more: give up)');
  };

  /** `lastRites` runs where a second signal gives the process no time to end well; it must be synchronous. */
  constructor(lastRites: () => void) {
    this.#lastRites = lastRites;
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Gives Ctrl-C back its usual meaning. */
  close(): void {
    for (const signal of signals) process.off(signal, this.#onSignal);
  }
}
