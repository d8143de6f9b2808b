import { ByteWriter, type Bytes, concatBytes, utf8Encode } from '../bytes/index.ts';
import { decodeHeaders, encodeHeaders, type HeaderList } from './hpack.ts';

/** What a client says first (RFC 9113 section 3.4). */
const PREFACE = utf8Encode('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const FRAME_HEADER = 9;
const empty: Bytes = new Uint8Array(0);
/** SETTINGS_MAX_FRAME_SIZE unless a peer allows more. */
const MAX_PAYLOAD = 16_384;
const TYPE = { data: 0, headers: 1, settings: 4 } as const;
const FLAG = { ack: 1, endStream: 1, endHeaders: 4 } as const;

/** A message of a stream: its header block, its data, and the block after them, where there is one. */
export interface StreamMessage {
  readonly stream: number;
  readonly headers: HeaderList;
  readonly data: Bytes;
  readonly trailers: HeaderList | null;
}

/**
 * One end of an HTTP/2 connection (RFC 9113) as far as unary gRPC calls need it: preface, SETTINGS, HEADERS, DATA.
 * Simplified: no flow control (messages are smaller than the first window), no priorities, no PING, no GOAWAY.
 */
export class Http2Endpoint {
  readonly #role: 'client' | 'server';
  #hasSpoken = false;
  #preface: number;
  #unread: Bytes = empty;
  readonly #open = new Map<
    number,
    { headers: HeaderList | null; data: Bytes[]; trailers: HeaderList | null }
  >();
  #nextStream = 1;
  #owesAck = false;

  constructor(role: 'client' | 'server') {
    this.#role = role;
    this.#preface = role === 'server' ? PREFACE.length : 0;
  }

  /** A request of a new stream. */
  request(headers: HeaderList, data: Uint8Array): { readonly stream: number; readonly bytes: Bytes } {
    const stream = this.#nextStream;
    this.#nextStream += 2;
    return { stream, bytes: this.message(stream, headers, data, null) };
  }

  /** A message on a stream; without data and trailers its headers end the stream. */
  message(stream: number, headers: HeaderList, data: Uint8Array, trailers: HeaderList | null): Bytes {
    const isHeadersOnly = data.length === 0 && trailers === null;
    const parts = [...this.#greeting(), headerFrame(stream, headers, isHeadersOnly)];
    for (let at = 0; at < data.length; at += MAX_PAYLOAD) {
      const part = data.subarray(at, at + MAX_PAYLOAD);
      const isLast = at + part.length === data.length && trailers === null;
      parts.push(frame(TYPE.data, isLast ? FLAG.endStream : 0, stream, part));
    }
    if (trailers !== null) parts.push(headerFrame(stream, trailers, true));
    return concatBytes(...parts);
  }

  /**
   * Takes bytes of the other end and returns the messages that are complete.
   *
   * @throws RangeError for header blocks that use HPACK's tables
   */
  receive(bytes: Uint8Array): readonly StreamMessage[] {
    let rest = concatBytes(this.#unread, bytes);
    if (this.#preface > 0) {
      if (rest.length < this.#preface) {
        this.#unread = rest;
        return [];
      }
      rest = rest.subarray(this.#preface);
      this.#preface = 0;
    }
    const messages: StreamMessage[] = [];
    for (;;) {
      const length = ((rest[0] ?? 0) << 16) | ((rest[1] ?? 0) << 8) | (rest[2] ?? 0);
      if (rest.length < FRAME_HEADER + length) break;
      const message = this.#take(
        rest.subarray(0, FRAME_HEADER),
        rest.subarray(FRAME_HEADER, FRAME_HEADER + length),
      );
      if (message !== null) messages.push(message);
      rest = rest.subarray(FRAME_HEADER + length);
    }
    // A view of nothing would keep everything that was read.
    this.#unread = rest.length === 0 ? empty : rest;
    return messages;
  }

  #greeting(): Bytes[] {
    const ack = this.#owesAck ? [frame(TYPE.settings, FLAG.ack, 0, new Uint8Array(0))] : [];
    this.#owesAck = false;
    if (this.#hasSpoken) return ack;
    this.#hasSpoken = true;
    const settings = frame(TYPE.settings, 0, 0, new Uint8Array(0));
    return this.#role === 'client' ? [PREFACE, settings, ...ack] : [settings, ...ack];
  }

  #take(header: Bytes, payload: Bytes): StreamMessage | null {
    const [, , , type = 0, flags = 0, a = 0, b = 0, c = 0, d = 0] = header;
    const stream = ((a & 0x7f) << 24) | (b << 16) | (c << 8) | d;
    if (type === TYPE.settings && (flags & FLAG.ack) === 0) this.#owesAck = true;
    if (type !== TYPE.headers && type !== TYPE.data) return null;
    let open = this.#open.get(stream);
    if (open === undefined) this.#open.set(stream, (open = { headers: null, data: [], trailers: null }));
    if (type === TYPE.data) open.data.push(payload);
    else if (open.headers === null) open.headers = decodeHeaders(payload);
    else open.trailers = decodeHeaders(payload);
    if ((flags & FLAG.endStream) === 0) return null;
    this.#open.delete(stream);
    const { headers, data, trailers } = open;
    return { stream, headers: headers ?? [], data: concatBytes(...data), trailers };
  }
}

function headerFrame(stream: number, headers: HeaderList, isLast: boolean): Bytes {
  const flags = FLAG.endHeaders | (isLast ? FLAG.endStream : 0);
  return frame(TYPE.headers, flags, stream, encodeHeaders(headers));
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Bytes {
  const writer = new ByteWriter({ spans: false, capacity: FRAME_HEADER + payload.length });
  return writer.u24(payload.length).u8(type).u8(flags).u32(stream).bytes(payload).toBytes();
}
