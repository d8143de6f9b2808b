import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../../../src/core/bytes/index.ts';
import { HttpRequestReader } from '../../../src/core/http/index.ts';

const head = (fields: string, version = '1.1') => `PUT / HTTP/${version}\r\nhost: a\r\n${fields}\r\n`;
const expectation = 'expect: 100-continue\r\n';

/** What each piece makes the reader say of waiting. */
const waits = (...pieces: readonly string[]) => {
  const reader = new HttpRequestReader();
  return pieces.map((piece) => reader.push(utf8Encode(piece)).awaitsContinue);
};

describe('a client that asks before it sends content', () => {
  it.each([
    [
      'once its head is read, and only once',
      [head(`content-length: 3\r\n${expectation}`), 'a', 'bc'],
      [true, false, false],
    ],
    ['in chunks too', [head(`transfer-encoding: chunked\r\n${expectation}`), '0\r\n\r\n'], [true, false]],
    ['after a request that does not', [head('') + head(`content-length: 1\r\n${expectation}`)], [true]],
    [
      'not before the head is whole',
      [head(`content-length: 3\r\n${expectation}`).slice(0, -2), '\r\n'],
      [false, true],
    ],
    ['not where the content is there', [head(`content-length: 3\r\n${expectation}`) + 'abc'], [false]],
    ['not without content', [head(expectation)], [false]],
    ['not in HTTP/1.0', [head(`content-length: 3\r\n${expectation}`, '1.0')], [false]],
    ['not with another expectation', [head('content-length: 3\r\nexpect: more\r\n')], [false]],
    ['not where the content is refused', [head(`content-length: 9999999\r\n${expectation}`)], [false]],
  ])('waits %s', (_, pieces, answers) => {
    expect(waits(...pieces)).toEqual(answers);
  });
});
