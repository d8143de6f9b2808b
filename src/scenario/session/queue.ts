import type { SessionRequest } from '../protocol.ts';

/** Whether a request is given up as soon as another one waits, whatever that asks for. */
function isInterruptible(request: SessionRequest): boolean {
  return request.type === 'advance' || (request.type === 'act' && request.command.type === 'advance-to');
}

/** Whether a request makes what is still running pointless. */
function supersedes(request: SessionRequest): boolean {
  return ['open-lesson', 'open-mesh', 'rewind', 'close'].includes(request.type);
}

/** Serves requests one after another, and tells the one that runs when it is no longer wanted. */
export class RequestQueue {
  readonly #serve: (request: SessionRequest, signal: AbortSignal) => Promise<void>;
  readonly #waiting: SessionRequest[] = [];
  #running: { readonly request: SessionRequest; readonly controller: AbortController } | null = null;

  /** `serve` must not reject. */
  constructor(serve: (request: SessionRequest, signal: AbortSignal) => Promise<void>) {
    this.#serve = serve;
  }

  add(request: SessionRequest): void {
    this.#waiting.push(request);
    if (this.#running === null) void this.#run();
    else this.#interrupt();
  }

  async #run(): Promise<void> {
    for (let request = this.#waiting.shift(); request !== undefined; request = this.#waiting.shift()) {
      const controller = new AbortController();
      this.#running = { request, controller };
      this.#interrupt();
      await this.#serve(request, controller.signal);
    }
    this.#running = null;
  }

  #interrupt(): void {
    if (this.#running === null || this.#waiting.length === 0) return;
    const { request, controller } = this.#running;
    if (isInterruptible(request) || this.#waiting.some(supersedes)) controller.abort();
  }
}
