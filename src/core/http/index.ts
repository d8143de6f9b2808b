export {
  headerValue,
  type HttpError,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  type HttpRule,
  keepsConnection,
  type ReadRequest,
  type ReadResponse,
} from './message.ts';
export {
  type HttpLimits,
  type HttpRead,
  type HttpRequestRead,
  HttpRequestReader,
  HttpResponseReader,
} from './read.ts';
export { writeHttpRequest, writeHttpResponse } from './write.ts';
