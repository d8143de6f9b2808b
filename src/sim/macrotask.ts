/**
 * A turn of the event loop, by MessageChannel: workers have no `setImmediate`, and timers are clamped to
 * milliseconds. Everything that promises had queued before has run when `next` resolves.
 */
export class Macrotask {
  readonly #channel = new MessageChannel();
  #resume: (() => void) | null = null;

  constructor() {
    this.#channel.port1.onmessage = () => {
      const resume = this.#resume;
      this.#resume = null;
      setKeepsAlive(this.#channel.port1, false);
      resume?.();
    };
    setKeepsAlive(this.#channel.port1, false);
  }

  /** Resolves on the next turn. One caller at a time. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
      setKeepsAlive(this.#channel.port1, true);
      this.#channel.port2.postMessage(null);
    });
  }

  close(): void {
    this.#channel.port1.close();
  }
}

/** In Node an open port keeps the process alive, and must while a turn is awaited; browsers have no such switch. */
function setKeepsAlive(port: MessagePort, alive: boolean): void {
  const nodePort: { ref?: () => void; unref?: () => void } = port;
  if (alive) nodePort.ref?.();
  else nodePort.unref?.();
}
