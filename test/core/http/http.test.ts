import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  headerValue,
  type HttpRequest,
  HttpRequestReader,
  HttpResponseReader,
  keepsConnection,
  writeHttpRequest,
  writeHttpResponse,
} from '../../../src/core/http/index.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (octets: Uint8Array) => new TextDecoder().decode(octets);
const none = new Uint8Array(0);

describe('what is written', () => {
  it('is a request with its length where it has a body', () => {
    const headers = [['host', 'order.shop'] as const];
    expect(text(writeHttpRequest({ method: 'GET', target: '/a?b', headers, body: none }))).toBe(
      'GET /a?b HTTP/1.1\r\nhost: order.shop\r\n\r\n',
    );
    expect(text(writeHttpRequest({ method: 'POST', target: '/', headers, body: bytes('주문') }))).toBe(
      'POST / HTTP/1.1\r\nhost: order.shop\r\ncontent-length: 6\r\n\r\n주문',
    );
  });

  it('is a response with its length, but for those without a body', () => {
    const response = { status: 200, reason: 'OK', headers: [['server', 'istio-envoy'] as const], body: none };
    expect(text(writeHttpResponse(response))).toBe(
      'HTTP/1.1 200 OK\r\nserver: istio-envoy\r\ncontent-length: 0\r\n\r\n',
    );
    expect(text(writeHttpResponse({ ...response, status: 204, reason: '' }))).toBe(
      'HTTP/1.1 204 \r\nserver: istio-envoy\r\n\r\n',
    );
  });

  it('is chunked where the fields say so', () => {
    const headers = [['transfer-encoding', 'chunked'] as const];
    const written = (body: string) =>
      text(writeHttpResponse({ status: 200, reason: 'OK', headers, body: bytes(body) }));
    expect(written('hello hello hello')).toMatch(/\r\n\r\n11\r\nhello hello hello\r\n0\r\n\r\n$/);
    expect(written('')).toMatch(/chunked\r\n\r\n0\r\n\r\n$/);
  });

  const request: HttpRequest = { method: 'GET', target: '/', headers: [['host', 'a']], body: none };
  it.each([
    ['a method with a space', { ...request, method: 'GET /x' }, '"GET /x" is no HTTP method'],
    ['a target with a line break', { ...request, target: '/\r\nx: y' }, 'is no request target'],
    ['a field with a line break', { ...request, headers: [['x', 'a\r\nb: c'] as const] }, 'is no value'],
    ['a name with a colon', { ...request, headers: [['x:', 'a'] as const] }, '"x:" is no name'],
    [
      'a wrong length',
      { ...request, headers: [['Content-Length', '3'] as const] },
      'content-length: 3, and the body has 0 octets',
    ],
  ])('is never %s', (_what, message, error) => {
    expect(() => writeHttpRequest(message)).toThrow(error);
  });

  it('is never a body where there can be none', () => {
    const response = { status: 304, reason: 'Not Modified', headers: [], body: bytes('x') };
    expect(() => writeHttpResponse(response)).toThrow('a response 304 has no body');
    expect(() => writeHttpResponse({ ...response, status: 99 })).toThrow('99 is no HTTP status');
    expect(() => writeHttpResponse({ ...response, status: 200, reason: 'OK\r\n' })).toThrow('no reason');
  });
});

describe('reading', () => {
  it('returns what was written, however it is cut', () => {
    const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
    const reserved = ['host', 'content-length', 'transfer-encoding', 'connection'];
    const field = fc.tuple(
      token.filter((name) => !reserved.includes(name.toLowerCase())),
      fc.stringMatching(/^([!-~]([ -~]{0,10}[!-~])?)?$/),
    );
    const message = fc.record({
      method: token,
      target: fc.stringMatching(/^\/[!-~]{0,20}$/),
      headers: fc.array(field, { maxLength: 5 }),
      body: fc.uint8Array({ maxLength: 300 }),
      chunked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 4 }), fc.array(fc.nat(40)), (messages, cuts) => {
        const requests = messages.map(({ chunked, headers, ...rest }) => {
          const extra: [string, string][] = chunked ? [['transfer-encoding', 'chunked']] : [];
          return { ...rest, headers: [['host', 'a'] as [string, string], ...headers, ...extra] };
        });
        const all = Buffer.concat(requests.map(writeHttpRequest));
        const reader = new HttpRequestReader();
        const read: HttpRequest[] = [];
        for (let at = 0, i = 0; at < all.length; i++) {
          const size = (cuts[i % Math.max(1, cuts.length)] ?? 7) + 1;
          const { messages: some, error } = reader.push(all.subarray(at, at + size));
          expect(error).toBeNull();
          read.push(...some);
          at += size;
        }
        expect(reader.end()).toEqual({ messages: [], error: null });
        expect(read.map(({ method, target, body }) => ({ method, target, body: [...body] }))).toEqual(
          requests.map(({ method, target, body }) => ({ method, target, body: [...body] })),
        );
        for (const [index, { headers }] of requests.entries())
          expect(read[index]!.headers.slice(0, headers.length)).toEqual(headers);
      }),
    );
  });

  it('never throws, whatever comes', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .constantFrom(
          'GET / HTTP/1.1\r\n',
          'host: a\r\n',
          '\r\n',
          '5\r\n',
          'transfer-encoding: chunked\r\n',
          'x',
        )
        .map(bytes),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.boolean(), (pieces, asResponse) => {
        const reader = asResponse ? new HttpResponseReader() : new HttpRequestReader();
        let failed = false;
        for (const part of pieces) {
          const { error } = reader.push(part);
          if (failed) expect(error).not.toBeNull();
          failed = error !== null;
        }
        reader.end();
      }),
    );
  });

  it('takes line feeds alone in a head, as a person types them', () => {
    const { messages } = new HttpRequestReader().push(bytes('\nGET / HTTP/1.1\nHost: a\n\n'));
    expect(messages).toMatchObject([{ method: 'GET', headers: [['Host', 'a']] }]);
  });

  it('reads chunks with extensions and drops trailers', () => {
    const head = 'POST / HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: Chunked\r\n\r\n';
    const { messages } = new HttpRequestReader().push(
      bytes(`${head}3;x="1"\r\nabc\r\nA\r\n0123456789\r\n0\r\nt: 1\r\n\r\n`),
    );
    expect(messages.map(({ body, headers }) => [text(body), headers.length])).toEqual([['abc0123456789', 2]]);
  });

  it.each([
    ['GET  / HTTP/1.1\r\n', 'http.start-line', 400],
    ['\u0016\u0003\u0001 \r\n', 'http.start-line', 400],
    ['GET / HTTP/2.0\r\n', 'http.version', 505],
    ['GET / HTTP/1.1\r\nhost : a\r\n', 'http.field', 400],
    ['GET / HTTP/1.1\r\nhost: a\r\n folded\r\n', 'http.field', 400],
    ['GET / HTTP/1.1\r\nx: a\rb\r\n', 'http.field', 400],
    ['GET / HTTP/1.1\r\n\r\n', 'http.host', 400],
    ['GET / HTTP/1.1\r\nhost: a\r\nHost: b\r\n\r\n', 'http.host', 400],
    ['GET / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n', 'http.content-length', 400],
    [
      'GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      'http.content-length',
      400,
    ],
    ['GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 9999999\r\n\r\n', 'http.body-too-large', 413],
    [
      'GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      'http.transfer-encoding',
      400,
    ],
    ['GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n', 'http.transfer-encoding', 501],
    ['GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n', 'http.chunk', 400],
    ['GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\n', 'http.chunk', 400],
    ['GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n', 'http.chunk', 400],
    [
      'GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nfffffff\r\n',
      'http.body-too-large',
      413,
    ],
    [`GET /${'x'.repeat(61_440)}`, 'http.head-too-large', 431],
    [`GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(101)}`, 'http.too-many-fields', 431],
  ])('refuses %j', (sent, rule, status) => {
    const reader = new HttpRequestReader();
    const { error } = reader.push(bytes(sent));
    expect(error).toMatchObject({ rule, status });
    expect(reader.push(bytes('GET / HTTP/1.1\r\nhost: a\r\n\r\n'))).toEqual({
      messages: [],
      error,
      awaitsContinue: false,
    });
  });

  it.each([
    'GET /',
    'GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nab',
    'GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc',
  ])('tells that %j was cut off', (sent) => {
    const reader = new HttpRequestReader();
    expect(reader.push(bytes(sent)).error).toBeNull();
    expect(reader.end().error).toMatchObject({ rule: 'http.truncated' });
  });

  it('knows when a connection is used again', () => {
    const kept = (version: '1.0' | '1.1', connection?: string) =>
      keepsConnection({ version, headers: connection === undefined ? [] : [['Connection', connection]] });
    expect([kept('1.1'), kept('1.1', 'x, Close'), kept('1.0'), kept('1.0', 'Keep-Alive')]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('joins the values of a field', () => {
    expect(
      headerValue(
        [
          ['a', '1'],
          ['b', '2'],
          ['A', '3'],
        ],
        'a',
      ),
    ).toBe('1, 3');
    expect(headerValue([], 'a')).toBeNull();
  });
});

describe('reading responses', () => {
  it('takes a body of unknown length up to the end of the connection', () => {
    const reader = new HttpResponseReader();
    expect(reader.push(bytes('HTTP/1.0 200 OK\r\n\r\nhello'))).toEqual({ messages: [], error: null });
    reader.push(bytes(' there'));
    expect(reader.end().messages.map(({ body }) => text(body))).toEqual(['hello there']);
  });

  it('reads no body after HEAD, 204 and 304, and passes informational ones', () => {
    const reader = new HttpResponseReader();
    for (const method of ['HEAD', 'GET', 'GET', 'GET']) reader.expect(method);
    const { messages, error } = reader.push(
      bytes(
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n' +
          'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 \r\ncontent-length: 9\r\n\r\n' +
          'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\nno',
      ),
    );
    expect(error).toBeNull();
    expect(messages.map(({ status, reason, body }) => [status, reason, text(body)])).toEqual([
      [100, 'Continue', ''],
      [200, 'OK', ''],
      [204, 'No Content', ''],
      [304, '', ''],
      [503, 'Service Unavailable', 'no'],
    ]);
  });

  it.each(['HTTP/1.1 20 OK\r\n', 'HTTP/1.1 200OK\r\n', 'ICY 200 OK\r\n'])('refuses %j', (sent) => {
    expect(new HttpResponseReader().push(bytes(sent)).error?.rule).toBe('http.start-line');
  });
});
