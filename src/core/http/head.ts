import type { Feed } from './feed.ts';
import { type HttpError, type HttpHeaders, type HttpRule, listOf, headerValue } from './message.ts';
import { isFieldValue, isToken, trimSpaces } from './syntax.ts';

/** Thrown and caught inside this folder: callers get it as a value. */
export class HttpFault extends Error {
  readonly error: HttpError;

  constructor(rule: HttpRule, message: string, status: HttpError['status'] = 400) {
    super(message);
    this.error = { rule, message, status };
  }
}

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
}

export interface StatusLine {
  readonly status: number;
  readonly reason: string;
  readonly version: '1.0' | '1.1';
}

/** RFC 9112 section 3. */
export function parseRequestLine(line: string): RequestLine {
  const [method = '', target = '', protocol = '', ...more] = line.split(' ');
  if (more.length > 0 || !isToken(method) || !/^[\x21-\x7e\u0080-\uffff]+$/.test(target)) {
    throw new HttpFault(
      'http.start-line',
      `request line: "${shortened(line)}" is not METHOD TARGET HTTP/1.1`,
    );
  }
  return { method, target, version: versionOf(protocol) };
}

/** RFC 9112 section 4. */
export function parseStatusLine(line: string): StatusLine {
  const match = /^(\S+) ([1-5]\d\d)(?: (.*))?$/.exec(line);
  if (match === null) {
    throw new HttpFault('http.start-line', `status line: "${shortened(line)}" is not HTTP/1.1 STATUS REASON`);
  }
  const [, protocol = '', status, reason = ''] = match;
  return { status: Number(status), reason, version: versionOf(protocol) };
}

function versionOf(protocol: string): '1.0' | '1.1' {
  if (protocol === 'HTTP/1.1') return '1.1';
  if (protocol === 'HTTP/1.0') return '1.0';
  const known = /^HTTP\/\d+\.\d+$/.test(protocol);
  const rule = known ? 'http.version' : 'http.start-line';
  throw new HttpFault(rule, `"${shortened(protocol)}" is not HTTP/1.1`, known ? 505 : 400);
}

/** RFC 9112 section 5; folded lines and space before the colon are refused, as section 5.1 asks of a server. */
export function parseField(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon));
  const value = trimSpaces(line.slice(colon + 1));
  if (!isToken(name) || !isFieldValue(value)) {
    throw new HttpFault('http.field', `field: "${shortened(line)}" is not NAME: VALUE`);
  }
  return [name, value];
}

/** A request of HTTP/1.1 names one host (RFC 9112 section 3.2). */
export function checkHost(version: '1.0' | '1.1', headers: HttpHeaders): void {
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && version === '1.1')) {
    throw new HttpFault('http.host', `${hosts} host fields; a request has one`);
  }
}

/** What is left of a head's bounds. */
export class HeadBudget {
  octets: number;
  fields: number;

  constructor(octets: number, fields: number) {
    this.octets = octets;
    this.fields = fields;
  }
}

/** A line of a head. A bare line feed ends it too (RFC 9112 section 2.2), as people type it. */
export function* readHeadLine(feed: Feed, budget: HeadBudget): Generator<void, string> {
  const { text, octets } = yield* feed.line(budget.octets);
  if (octets > budget.octets) {
    throw new HttpFault('http.head-too-large', 'the head is larger than this reader takes', 431);
  }
  budget.octets -= octets;
  return text ?? cutOff();
}

/** Fields up to the empty line after them. */
export function* readFields(feed: Feed, budget: HeadBudget): Generator<void, HttpHeaders> {
  const fields: (readonly [string, string])[] = [];
  for (;;) {
    const line = yield* readHeadLine(feed, budget);
    if (line === '') return fields;
    if (budget.fields-- === 0) {
      throw new HttpFault('http.too-many-fields', 'more fields than this reader takes', 431);
    }
    fields.push(parseField(line));
  }
}

export function cutOff(): never {
  throw new HttpFault('http.truncated', 'the connection ended inside a message');
}

/** How long a body is. */
export type Framing =
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

/**
 * Framing of a body by its fields (RFC 9112 section 6.3). A message with both fields is refused: two readers that
 * choose differently are what request smuggling lives on.
 *
 * @returns null where no field says anything
 */
export function framingOf(headers: HttpHeaders): Framing | null {
  const codings = listOf(headers, 'transfer-encoding');
  const lengths = listOf(headers, 'content-length');
  if (headerValue(headers, 'transfer-encoding') !== null) {
    if (lengths.length > 0) {
      throw new HttpFault('http.transfer-encoding', 'transfer-encoding and content-length in one message');
    }
    if (codings.length === 1 && codings[0] === 'chunked') return { kind: 'chunked' };
    throw new HttpFault(
      'http.transfer-encoding',
      `transfer-encoding: ${codings.join(', ')} is not chunked`,
      501,
    );
  }
  if (headerValue(headers, 'content-length') === null) return null;
  const [length = ''] = lengths;
  if (!/^\d{1,15}$/.test(length) || lengths.some((other) => other !== length)) {
    throw new HttpFault('http.content-length', `content-length: "${lengths.join(', ')}" is no length`);
  }
  return { kind: 'length', length: Number(length) };
}

export function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
