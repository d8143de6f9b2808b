import type { Entry } from '../../trace/entry.ts';
import type { TraceLog } from '../../trace/log.ts';
import type { Pattern } from '../schema/pattern.ts';
import { matchesEntry, matchesName } from './match.ts';

/** Asks the entries of a trace once each, as they come. */
class Watch {
  readonly #trace: TraceLog;
  #next: number;

  constructor(trace: TraceLog, fromSeq: number) {
    this.#trace = trace;
    this.#next = fromSeq;
  }

  *fresh(): Generator<Entry> {
    for (; this.#next < this.#trace.count; this.#next++) {
      const entry = this.#trace.at(this.#next);
      if (entry !== undefined) yield entry;
    }
  }
}

/** Counts the entries that match a pattern, beginning with the one numbered `fromSeq`. */
export class PatternWatch {
  readonly #watch: Watch;
  readonly #pattern: Pattern;
  #seen = 0;

  constructor(trace: TraceLog, pattern: Pattern, fromSeq: number) {
    this.#watch = new Watch(trace, fromSeq);
    this.#pattern = pattern;
  }

  /** True once enough have come. */
  readonly isMet = (): boolean => {
    const { kind, where, count = 1 } = this.#pattern;
    for (const entry of this.#watch.fresh()) if (matchesEntry(entry, kind, where)) this.#seen += 1;
    return this.#seen >= count;
  };

  get seen(): number {
    return this.#seen;
  }
}

/** Waits for the answers to requests of one pod. */
export class AnswerWatch {
  readonly #watch: Watch;
  readonly #from: string;
  readonly #wanted: number;
  readonly #requests = new Set<string>();
  #answers = 0;

  constructor(trace: TraceLog, from: string, wanted: number) {
    this.#watch = new Watch(trace, trace.count);
    this.#from = from;
    this.#wanted = wanted;
  }

  readonly isMet = (): boolean => {
    for (const entry of this.#watch.fresh()) {
      if (entry.kind === 'request.sent' && matchesName(this.#from, entry.data.from)) {
        this.#requests.add(entry.data.request);
      } else if (entry.kind === 'request.answered' && this.#requests.has(entry.data.request)) {
        this.#answers += 1;
      }
    }
    return this.#answers >= this.#wanted;
  };
}

/** Waits for istiod's answer to a CSR that was made by hand in a pod. */
export class CsrAnswerWatch {
  readonly #watch: Watch;
  readonly #pod: string;
  readonly #answers = new Set<string>();
  #answered = false;

  constructor(trace: TraceLog, pod: string) {
    this.#watch = new Watch(trace, trace.count);
    this.#pod = pod;
  }

  readonly isMet = (): boolean => {
    for (const { kind, data } of this.#watch.fresh()) {
      if (kind === 'message.sent' && data.from === 'istiod' && data.protocol === 'CreateCertificate') {
        if (matchesName(`app:${this.#pod}`, data.to)) this.#answers.add(data.message);
      }
      if (kind === 'message.delivered') this.#answered ||= this.#answers.has(data.message);
    }
    return this.#answered;
  };
}
