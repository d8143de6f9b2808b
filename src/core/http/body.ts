import { type Bytes, concatBytes } from '../bytes/bytes.ts';
import type { Feed } from './feed.ts';
import { cutOff, type Framing, type HeadBudget, HttpFault, readFields, shortened } from './head.ts';

/** Octets of the line that begins a chunk, extensions included. */
const MAX_CHUNK_LINE = 1024;

/** Reads a body by its framing (RFC 9112 section 6). */
export function* readBody(
  feed: Feed,
  framing: Framing,
  max: number,
  budget: HeadBudget,
): Generator<void, Bytes> {
  switch (framing.kind) {
    case 'length':
      if (framing.length > max) tooLarge(max);
      return (yield* feed.exactly(framing.length)) ?? cutOff();
    case 'chunked':
      return yield* readChunks(feed, max, budget);
    case 'until-close':
      return (yield* feed.rest(max)) ?? tooLarge(max);
  }
}

/** RFC 9112 section 7.1; line ends are taken strictly here, as section 2.2 lets only heads be read leniently. */
function* readChunks(feed: Feed, max: number, budget: HeadBudget): Generator<void, Bytes> {
  const chunks: Bytes[] = [];
  let octets = 0;
  for (;;) {
    const size = yield* readChunkSize(feed);
    if (size === 0) break;
    octets += size;
    if (octets > max) tooLarge(max);
    chunks.push((yield* feed.exactly(size)) ?? cutOff());
    const { text, octets: ends, crlf } = yield* feed.line(2);
    if (text === null && ends <= 2) cutOff();
    if (text !== '' || !crlf)
      throw new HttpFault('http.chunk', 'chunk: its data does not end with a line end');
  }
  yield* readFields(feed, budget);
  return concatBytes(...chunks);
}

function* readChunkSize(feed: Feed): Generator<void, number> {
  const { text, octets, crlf } = yield* feed.line(MAX_CHUNK_LINE);
  if (text === null && octets <= MAX_CHUNK_LINE) cutOff();
  const size = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(text ?? '')?.[1];
  if (size === undefined || !crlf) {
    throw new HttpFault('http.chunk', `chunk: "${shortened(text ?? '')}" is no size`);
  }
  return Number.parseInt(size, 16);
}

function tooLarge(max: number): never {
  throw new HttpFault('http.body-too-large', `the body is larger than ${max} octets`, 413);
}
