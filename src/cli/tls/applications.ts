import { utf8Encode } from '../../core/bytes/index.ts';
import {
  type HttpError,
  HttpRequestReader,
  keepsConnection,
  type ReadRequest,
  writeHttpResponse,
} from '../../core/http/index.ts';
import { sessionFacts } from './reporter.ts';
import type { Application, Transport } from './transport.ts';

/** Sends back what comes. */
export function echo(transport: Transport): Application {
  return {
    onData: (data) => transport.write(data),
    onEnd: () => transport.close(),
  };
}

const maxBodyBytes = 16 * 1024 * 1024;
const proceed = utf8Encode('HTTP/1.1 100 Continue\r\n\r\n');

/** Answers each request of HTTP/1.1 with what the handshake agreed on. */
export function httpResponder(transport: Transport): Application {
  const reader = new HttpRequestReader({ bodyBytes: maxBodyBytes });
  return {
    onData: async (data) => {
      const { messages, error, awaitsContinue } = reader.push(data);
      for (const request of messages) {
        await transport.write(answerTo(request, transport));
        if (!keepsConnection(request)) return transport.close();
      }
      if (awaitsContinue) await transport.write(proceed);
      if (error === null) return;
      await transport.write(refusalOf(error));
      await transport.close();
    },
    onEnd: () => transport.close(),
  };
}

function answerTo(request: ReadRequest, { session }: Transport): Uint8Array {
  const body = utf8Encode(`${JSON.stringify(session === null ? null : sessionFacts(session))}\n`);
  const length = String(body.length);
  const answer = writeHttpResponse({
    status: 200,
    reason: 'OK',
    headers: [
      ['content-type', 'application/json'],
      ['content-length', length],
      ...(keepsConnection(request) ? [] : [['connection', 'close'] as const]),
    ],
    body,
  });
  return request.method === 'HEAD' ? answer.subarray(0, answer.length - body.length) : answer;
}

const reasons: Readonly<Record<HttpError['status'], string>> = {
  400: 'Bad Request',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
  505: 'HTTP Version Not Supported',
};

function refusalOf({ status, rule, message }: HttpError): Uint8Array {
  return writeHttpResponse({
    status,
    reason: reasons[status],
    headers: [
      ['content-type', 'application/json'],
      ['connection', 'close'],
    ],
    body: utf8Encode(`${JSON.stringify({ error: message, rule })}\n`),
  });
}
