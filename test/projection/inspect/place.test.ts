import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pemDecodeAll, pemEncode, toBase64Url, utf8Encode } from '../../../src/core/bytes/index.ts';
import { pemParts } from '../../../src/projection/inspect/pem-parts.ts';
import { base64UrlPlace, placeAt } from '../../../src/projection/inspect/place.ts';

const bytesAndRange = fc.uint8Array({ minLength: 1, maxLength: 200 }).chain((bytes) =>
  fc.tuple(fc.constant(bytes), fc.nat(bytes.length - 1), fc.nat(bytes.length - 1)).map(([value, a, b]) => ({
    bytes: value,
    start: Math.min(a, b),
    end: Math.max(a, b) + 1,
  })),
);

/** Bits of base64 characters, six each. */
function bits(base64: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const value = (char: string): number =>
    char === '+' || char === '-' ? 62 : char === '/' || char === '_' ? 63 : alphabet.indexOf(char);
  return [...base64].map((char) => value(char).toString(2).padStart(6, '0')).join('');
}

function bitsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(2).padStart(8, '0')).join('');
}

describe('places', () => {
  it('of plain bytes are moved', () => {
    expect(placeAt(5)(1, 3)).toEqual({ start: 6, end: 8 });
  });

  it('in base64url are the fewest characters that carry the bytes', () => {
    fc.assert(
      fc.property(bytesAndRange, ({ bytes, start, end }) => {
        const text = toBase64Url(bytes);
        const range = base64UrlPlace(7, text.length)(start, end);
        const carried = bits(text.slice(range.start - 7, range.end - 7));
        expect(carried).toContain(bitsOf(bytes.subarray(start, end)));
        expect(carried.length).toBeLessThan((end - start) * 8 + 12);
      }),
    );
  });

  it('in a PEM block skip the line ends', () => {
    fc.assert(
      fc.property(bytesAndRange, fc.constantFrom('\n', '\r\n'), ({ bytes, start, end }, lineEnd) => {
        const text = `# before\n${pemEncode('CERTIFICATE', bytes).replaceAll('\n', lineEnd)}after`;
        const document = utf8Encode(text);
        const [part] = pemParts(document);
        const range = part!.place(start, end);
        const carried = bits(text.slice(range.start, range.end).replace(/\s/g, ''));
        expect(carried).toContain(bitsOf(bytes.subarray(start, end)));
        expect(text.slice(part!.start, part!.end)).toBe(
          text.slice(pemDecodeAll(text)[0]!.start, pemDecodeAll(text)[0]!.end),
        );
      }),
    );
  });
});
