import { utf8Decode, utf8Encode } from '../../core/bytes/index.ts';

export interface HttpResponse {
  readonly status: number;
  readonly reason: string;
  readonly body: string;
}

/** An HTTP/1.1 request as the app's bytes (RFC 9112). */
export function httpRequest(method: string, path: string, host: string): Uint8Array {
  return utf8Encode(
    `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nuser-agent: curl/8.14.1\r\naccept: */*\r\n\r\n`,
  );
}

export function httpResponse({ status, reason, body }: HttpResponse): Uint8Array {
  const length = utf8Encode(body).length;
  return utf8Encode(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: text/plain\r\ncontent-length: ${length}\r\n\r\n${body}`,
  );
}

/** Status and body of a response. */
export function readHttpResponse(bytes: Uint8Array): HttpResponse {
  const text = utf8Decode(bytes);
  const [, status = '0', reason = ''] = /^HTTP\/1\.1 (\d{3}) ([^\r]*)/.exec(text) ?? [];
  const gap = text.indexOf('\r\n\r\n');
  return { status: Number(status), reason, body: gap < 0 ? '' : text.slice(gap + 4) };
}
