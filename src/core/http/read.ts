import type { Bytes } from '../bytes/bytes.ts';
import { readBody } from './body.ts';
import { Feed } from './feed.ts';
import {
  checkHost,
  type Framing,
  framingOf,
  HeadBudget,
  HttpFault,
  parseRequestLine,
  parseStatusLine,
  readFields,
  readHeadLine,
} from './head.ts';
import {
  headerValue,
  type HttpError,
  type HttpHeaders,
  type ReadRequest,
  type ReadResponse,
} from './message.ts';
import { hasNoBody } from './write.ts';

export interface HttpLimits {
  /** Octets of start line, fields and trailers together. Default 60 KiB, as Envoy's. */
  readonly headBytes?: number;
  /** Fields of one message, trailers too. Default 100, as Envoy's. */
  readonly fields?: number;
  /** Octets of a body. Default 1 MiB. */
  readonly bodyBytes?: number;
}

/** Messages that became complete, and what ended the reading, if anything did. */
export interface HttpRead<Message> {
  readonly messages: readonly Message[];
  readonly error: HttpError | null;
}

export interface HttpRequestRead extends HttpRead<ReadRequest> {
  /** The client waits for 100 (Continue) before it sends the content of a request whose head is read (RFC 9110 section 10.1.1). */
  readonly awaitsContinue: boolean;
}

/**
 * Reads requests of HTTP/1.1 (RFC 9112) as their bytes come, in pieces of any size, several on one connection. After an
 * error no message can be told from the next, and every further call returns it again. Trailers are read and dropped;
 * octets that are no UTF-8 become U+FFFD in fields.
 */
export class HttpRequestReader {
  readonly #reader: MessageReader<ReadRequest>;
  /** Requests whose head is read and whose content is not. */
  #unfinished = 0;
  #expectsContinue = false;

  constructor(limits: HttpLimits = {}) {
    this.#reader = new MessageReader(limits, parseRequestLine, ({ version }, headers) => {
      checkHost(version, headers);
      const framing = framingOf(headers) ?? { kind: 'length', length: 0 };
      this.#unfinished++;
      this.#expectsContinue = version === '1.1' && expectsContinue(headers);
      return framing;
    });
  }

  push(bytes: Uint8Array): HttpRequestRead {
    const { messages, error } = this.#reader.push(bytes);
    this.#unfinished -= messages.length;
    const awaitsContinue = error === null && this.#unfinished > 0 && this.#expectsContinue;
    this.#expectsContinue = false;
    return { messages, error, awaitsContinue };
  }

  /** The peer sends nothing more. */
  end(): HttpRead<ReadRequest> {
    return this.#reader.end();
  }
}

function expectsContinue(headers: HttpHeaders): boolean {
  return headerValue(headers, 'expect')?.toLowerCase() === '100-continue';
}

/**
 * Reads responses of HTTP/1.1 (RFC 9112), as {@link HttpRequestReader} requests. {@link expect} tells of each request that
 * was sent, as the answer to HEAD has no body whatever its fields say.
 */
export class HttpResponseReader {
  readonly #methods: string[] = [];
  readonly #reader: MessageReader<ReadResponse>;

  constructor(limits: HttpLimits = {}) {
    this.#reader = new MessageReader(limits, parseStatusLine, ({ status }, headers) => {
      const method = status < 200 ? undefined : this.#methods.shift();
      const framing = framingOf(headers) ?? { kind: 'until-close' };
      return hasNoBody(status) || method === 'HEAD' ? { kind: 'length', length: 0 } : framing;
    });
  }

  /** A request with this method was sent. */
  expect(method: string): void {
    this.#methods.push(method);
  }

  push(bytes: Uint8Array): HttpRead<ReadResponse> {
    return this.#reader.push(bytes);
  }

  /** The peer sends nothing more: a body of unknown length is complete. */
  end(): HttpRead<ReadResponse> {
    return this.#reader.end();
  }
}

interface Parts {
  readonly headers: HttpHeaders;
  readonly body: Bytes;
}

/** Drives the generator that reads messages, one after the other. */
class MessageReader<Message extends Parts> {
  readonly #feed = new Feed();
  readonly #run: Generator<void, void>;
  #messages: Message[] = [];
  #error: HttpError | null = null;

  constructor(
    { headBytes = 60 * 1024, fields = 100, bodyBytes = 1024 * 1024 }: HttpLimits,
    parseStart: (line: string) => Omit<Message, keyof Parts>,
    frame: (start: Omit<Message, keyof Parts>, headers: HttpHeaders) => Framing,
  ) {
    const feed = this.#feed;
    const messages = (message: Message): void => void this.#messages.push(message);
    this.#run = (function* () {
      while (yield* feed.more()) {
        const budget = new HeadBudget(headBytes, fields);
        const line = yield* readHeadLine(feed, budget);
        // An empty line before a message is what an older peer may send after one (RFC 9112 section 2.2).
        if (line === '') continue;
        const start = parseStart(line);
        const headers = yield* readFields(feed, budget);
        const body = yield* readBody(feed, frame(start, headers), bodyBytes, budget);
        messages({ ...start, headers, body } as Message);
      }
    })();
  }

  push(bytes: Uint8Array): HttpRead<Message> {
    this.#feed.push(bytes);
    return this.#proceed();
  }

  end(): HttpRead<Message> {
    this.#feed.end();
    return this.#proceed();
  }

  #proceed(): HttpRead<Message> {
    if (this.#error === null) {
      try {
        this.#run.next();
      } catch (fault) {
        if (!(fault instanceof HttpFault)) throw fault;
        this.#error = fault.error;
      }
    }
    const messages = this.#messages;
    this.#messages = [];
    return { messages, error: this.#error };
  }
}
