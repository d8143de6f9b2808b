import { type Bytes, concatBytes, utf8Encode } from '../bytes/bytes.ts';
import { headerValue, type HttpHeaders, type HttpRequest, type HttpResponse } from './message.ts';
import { isFieldValue, isToken } from './syntax.ts';

/**
 * A request as bytes (RFC 9112). `content-length` is added where there is a body and no field says its length.
 *
 * @throws RangeError for parts that would not be read back as they are, such as a line break in a field
 */
export function writeHttpRequest({ method, target, headers, body }: HttpRequest): Bytes {
  if (!isToken(method)) throw new RangeError(`"${method}" is no HTTP method`);
  if (!/^[\x21-\x7e]+$/.test(target)) throw new RangeError(`"${target}" is no request target`);
  return messageBytes(`${method} ${target} HTTP/1.1`, headers, body, body.length > 0);
}

/**
 * A response as bytes (RFC 9112). `content-length` is added where no field says the length, but for the statuses that
 * have no body.
 *
 * @throws RangeError as {@link writeHttpRequest}, and for a body where the status allows none
 */
export function writeHttpResponse({ status, reason, headers, body }: HttpResponse): Bytes {
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw new RangeError(`${status} is no HTTP status`);
  }
  if (!isFieldValue(reason)) throw new RangeError(`"${reason}" is no reason phrase`);
  const mayHaveBody = !hasNoBody(status);
  if (!mayHaveBody && body.length > 0) throw new RangeError(`a response ${status} has no body`);
  return messageBytes(`HTTP/1.1 ${status} ${reason}`, headers, body, mayHaveBody);
}

/** Statuses whose responses end with their head (RFC 9112 section 6.3). */
export function hasNoBody(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

function messageBytes(startLine: string, headers: HttpHeaders, body: Uint8Array, sayLength: boolean): Bytes {
  for (const [name, value] of headers) {
    if (!isToken(name)) throw new RangeError(`"${name}" is no name of an HTTP field`);
    if (!isFieldValue(value)) throw new RangeError(`${name}: "${value}" is no value of an HTTP field`);
  }
  const chunked = headerValue(headers, 'transfer-encoding') !== null;
  const told = headerValue(headers, 'content-length');
  if (told !== null && (chunked || told !== String(body.length))) {
    throw new RangeError(`content-length: ${told}, and the body has ${body.length} octets`);
  }
  const length: HttpHeaders =
    sayLength && !chunked && told === null ? [['content-length', String(body.length)]] : [];
  const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`);
  return concatBytes(utf8Encode(`${startLine}\r\n${lines.join('')}\r\n`), chunked ? oneChunk(body) : body);
}

function oneChunk(body: Uint8Array): Bytes {
  const last = utf8Encode('0\r\n\r\n');
  if (body.length === 0) return last;
  return concatBytes(utf8Encode(`${body.length.toString(16)}\r\n`), body, utf8Encode('\r\n'), last);
}
