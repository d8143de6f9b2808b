import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromBase64,
  fromBase64Url,
  fromHex,
  hexDump,
  PemError,
  pemDecode,
  pemDecodeAll,
  pemEncode,
  toBase64,
  toBase64Url,
  toHex,
} from '../../../src/core/bytes/index.ts';

const anyBytes = fc.uint8Array({ maxLength: 300 });

describe('hex', () => {
  it('comes back as it went', () => {
    fc.assert(fc.property(anyBytes, (bytes) => void expect(fromHex(toHex(bytes))).toEqual(bytes)));
  });

  it('agrees with Node', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => void expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))),
    );
  });

  it('reads what OpenSSL prints', () => {
    expect(fromHex('0A:ff:\n 10')).toEqual(Uint8Array.of(10, 255, 16));
    expect(toHex(Uint8Array.of(10, 255, 16), ':')).toBe('0a:ff:10');
  });

  it.each([
    ['abc', 'hex: odd count of digits (3)'],
    ['zz', 'hex: "z" is no hex digit'],
  ])('refuses %j', (text, message) => {
    expect(() => fromHex(text)).toThrow(message);
  });

  it('dumps rows of sixteen with their printable characters', () => {
    expect(hexDump(new TextEncoder().encode('spiffe://cluster.local\n'))).toBe(
      '00000000  73 70 69 66 66 65 3a 2f 2f 63 6c 75 73 74 65 72  spiffe://cluster\n' +
        '00000010  2e 6c 6f 63 61 6c 0a                             .local.\n',
    );
  });
});

describe('base64', () => {
  it('comes back as it went, in both alphabets', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });

  it('agrees with Node', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      }),
    );
  });

  it.each([
    ['AAA', 'base64: length 3 is not a multiple of 4'],
    ['AA!=', 'base64: unexpected character "!" at 2'],
    ['AB==', 'base64: unused bits are not zero'],
    ['AA-_', 'base64: unexpected character "-" at 2'],
  ])('refuses %j', (text, message) => {
    expect(() => fromBase64(text)).toThrow(message);
  });

  it.each([
    ['A', 'base64url: length 1 is impossible'],
    ['AA==', 'base64url: unexpected character "=" at 2'],
    ['A A', 'base64url: unexpected character " " at 1'],
  ])('refuses %j as base64url', (text, message) => {
    expect(() => fromBase64Url(text)).toThrow(message);
  });
});

describe('PEM', () => {
  it('comes back as it went, with any text around and between', () => {
    fc.assert(
      fc.property(fc.array(anyBytes, { minLength: 1, maxLength: 4 }), (blocks) => {
        const text = blocks.map((der, i) => `# block ${i}\n${pemEncode('CERTIFICATE', der)}`).join('\n');
        expect(pemDecodeAll(text).map((block) => block.der)).toEqual(blocks);
      }),
    );
  });

  it('breaks lines after 64 characters and ends in a newline', () => {
    expect(pemEncode('X', new Uint8Array(49))).toBe(
      `-----BEGIN X-----\n${'A'.repeat(64)}\nAA==\n-----END X-----\n`,
    );
  });

  it('says where in the text a block stands', () => {
    const text = `before\n${pemEncode('RSA PRIVATE KEY', Uint8Array.of(1))}after`;
    const [block] = pemDecodeAll(text);
    expect(text.slice(block!.start, block!.end)).toBe(
      pemEncode('RSA PRIVATE KEY', Uint8Array.of(1)).trimEnd(),
    );
  });

  it('finds the block with the label that is asked for', () => {
    const text = pemEncode('A', Uint8Array.of(1)) + pemEncode('B', Uint8Array.of(2));
    expect(pemDecode(text, 'B')).toEqual(Uint8Array.of(2));
    expect(() => pemDecode(text, 'C')).toThrow('no "C" block (found A, B)');
  });

  it.each([
    ['-----BEGIN A-----\nAAAA\n', '"BEGIN A" has no "END A"'],
    ['-----BEGIN A-----\nAA\n-----END A-----', 'base64: length 2 is not a multiple of 4'],
  ])('refuses %j', (text, message) => {
    expect(() => pemDecodeAll(text)).toThrow(PemError);
    expect(() => pemDecodeAll(text)).toThrow(message);
  });
});
