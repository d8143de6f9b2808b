import type { ReadableError, SessionReport, SessionRequest } from '../../scenario/protocol.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A request before it is numbered. */
export type Ask = Without<SessionRequest, 'id'>;

const answers = ['opened', 'stepped', 'goal', 'exported', 'done', 'failed'] as const;

/** The report that ends a request. */
export type Answer = Extract<SessionReport, { type: (typeof answers)[number] }>;

/** What arrives between request and answer, or answers none: why a step could not be run to its end. */
export type News = Exclude<SessionReport, Answer> | Extract<SessionReport, { type: 'failed' }>;

/** The worker's side of the line; a test may put something else there. */
export interface Line {
  postMessage(request: SessionRequest): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<SessionReport>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

/** Starts the world's thread. */
function startWorker(): Line {
  return new Worker(new URL('./simulation.worker.ts', import.meta.url), { type: 'module' });
}

/**
 * Speaks to a session in a worker. Every request is answered, if need be with `failed`: a world that crashes answers all that
 * are open, and a new one is started with the next request.
 */
export class SimulationClient {
  readonly #start: () => Line;
  readonly #onNews: (news: News) => void;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #line: Line | null = null;
  #nextId = 1;

  constructor(onNews: (news: News) => void, start: () => Line = startWorker) {
    this.#start = start;
    this.#onNews = onNews;
  }

  /** Sends a request; resolves with the report that ends it and never rejects. */
  ask(ask: Ask): Promise<Answer> {
    return new Promise((answer) => {
      const id = this.#nextId++;
      this.#waiting.set(id, answer);
      this.#line ??= this.#open();
      this.#line.postMessage({ ...ask, id });
    });
  }

  /** Ends the world's thread; whatever was asked of it fails quietly. */
  close(): void {
    this.#line?.terminate();
    this.#line = null;
    this.#waiting.clear();
  }

  #open(): Line {
    const line = this.#start();
    line.onmessage = ({ data }) => {
      this.#receive(data);
    };
    line.onerror = (event) => {
      event.preventDefault();
      // Without a message the script itself could not be fetched.
      const message = event.message || 'the simulation could not be started';
      this.#crash({ rule: event.message ? 'crash' : 'start', message, fatal: true });
    };
    line.onmessageerror = () => {
      this.#crash({ rule: 'crash', message: 'a message from the simulation could not be read', fatal: true });
    };
    return line;
  }

  #receive(report: SessionReport): void {
    if (!isAnswer(report)) {
      this.#onNews(report);
      return;
    }
    if (report.type === 'failed' && report.id === null) {
      if (report.error.fatal) this.#crash(report.error);
      else this.#onNews(report);
      return;
    }
    const id = report.id ?? 0;
    this.#waiting.get(id)?.(report);
    this.#waiting.delete(id);
    if (report.type === 'failed' && report.error.fatal) this.#drop();
  }

  #crash(error: ReadableError): void {
    this.#drop();
    const open = [...this.#waiting];
    this.#waiting.clear();
    for (const [id, answer] of open) answer({ type: 'failed', id, error, errors: [error] });
    if (open.length === 0) this.onCrash?.(error);
  }

  #drop(): void {
    this.#line?.terminate();
    this.#line = null;
  }

  /** Called when the world ends while nothing was asked of it. */
  onCrash: ((error: ReadableError) => void) | null = null;
}

function isAnswer(report: SessionReport): report is Answer {
  return (answers as readonly string[]).includes(report.type);
}
