import type { Bytes } from '../bytes/bytes.ts';

/** Field lines in their order; names as written, compared without case (RFC 9110 section 5.1). */
export type HttpHeaders = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  /** Case-sensitive, such as `GET`. */
  readonly method: string;
  /** As in the request line: `/path?query`, an absolute URI, an authority or `*`. */
  readonly target: string;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  /** May be empty. */
  readonly reason: string;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}

/** What was read; also says of which version of HTTP/1 it was. */
export interface ReadRequest extends HttpRequest {
  readonly version: '1.0' | '1.1';
  readonly body: Bytes;
}

export interface ReadResponse extends HttpResponse {
  readonly version: '1.0' | '1.1';
  readonly body: Bytes;
}

export type HttpRule =
  | 'http.start-line'
  | 'http.version'
  | 'http.field'
  | 'http.host'
  | 'http.head-too-large'
  | 'http.too-many-fields'
  | 'http.content-length'
  | 'http.transfer-encoding'
  | 'http.chunk'
  | 'http.body-too-large'
  | 'http.truncated';

/** Bytes that are no HTTP/1.1 message, or a larger one than the reader takes. */
export interface HttpError {
  readonly rule: HttpRule;
  readonly message: string;
  /** What a server answers before it closes the connection. */
  readonly status: 400 | 413 | 431 | 501 | 505;
}

/** The value of a field; values of a field that stands several times are joined by commas (RFC 9110 section 5.3). */
export function headerValue(headers: HttpHeaders, name: string): string | null {
  const wanted = name.toLowerCase();
  const values = headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
  return values.length === 0 ? null : values.join(', ');
}

/** Whether the connection can be used again after this message (RFC 9112 section 9.3). */
export function keepsConnection({ version, headers }: Pick<ReadRequest, 'version' | 'headers'>): boolean {
  const options = listOf(headers, 'connection');
  if (options.includes('close')) return false;
  return version === '1.1' || options.includes('keep-alive');
}

/** Members of a field that holds a list, in lower case. */
export function listOf(headers: HttpHeaders, name: string): readonly string[] {
  return (headerValue(headers, name) ?? '')
    .split(',')
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== '');
}
