import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJwt, JwtError, sortedJson } from '../../../src/core/jwt/index.ts';

const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const token = (header: unknown, payload: unknown, signature = 'AQID') =>
  `${part(header)}.${part(payload)}.${signature}`;

describe('a token taken apart', () => {
  it('gives header, payload and signature', () => {
    const decoded = decodeJwt(token({ alg: 'RS256' }, { sub: 'x', n: 1 }));
    expect(decoded.header).toEqual({ alg: 'RS256' });
    expect(decoded.payload).toEqual({ sub: 'x', n: 1 });
    expect([...decoded.signature]).toEqual([1, 2, 3]);
  });

  it('says where each member stands in the text', () => {
    const text = token({ alg: 'RS256' }, { aud: ['istio-ca'], nested: { a: '},"' }, exp: 12 });
    const spans = decodeJwt(text).spans;
    expect(spans.map(({ label, detail, depth }) => [depth, label, detail])).toEqual([
      [0, 'header', undefined],
      [1, 'alg', '"RS256"'],
      [0, 'payload', undefined],
      [1, 'aud', '["istio-ca"]'],
      [1, 'nested', '{"a":"},\\""}'],
      [1, 'exp', '12'],
      [0, 'signature', undefined],
    ]);
    for (const { start, end, label, detail } of spans) {
      if (detail === undefined) continue;
      const whole = spans.find((span) => span.depth === 0 && span.start <= start && end <= span.end);
      // Whole groups of four characters, so that the piece decodes by itself.
      const from = (whole?.start ?? 0) + Math.floor((start - (whole?.start ?? 0)) / 4) * 4;
      expect(Buffer.from(text.slice(from, end + 4), 'base64url').toString()).toContain(`"${label}"`);
    }
  });

  it.each([
    ['', 'jwt.parts', 'a JWT has three parts joined by dots; this has 1', 0],
    ['a.b', 'jwt.parts', 'a JWT has three parts joined by dots; this has 2', 0],
    ['a.b.c.d', 'jwt.parts', 'a JWT has three parts joined by dots; this has 4', 0],
    ['!.e30.AA', 'jwt.base64url', 'header: base64url: length 1 is impossible', 0],
    ['e30.!!.AA', 'jwt.base64url', 'payload: base64url: unexpected character "!" at 0', 4],
    ['e30.e30.A=', 'jwt.base64url', 'signature: base64url: unexpected character "=" at 1', 8],
    [`${part('[]')}.e30.AA`, 'jwt.json', 'header: not a JSON object', 0],
    [`e30.${part('{"a":')}.AA`, 'jwt.json', 'payload: not a JSON object', 4],
    [`e30._w.AA`, 'jwt.json', 'payload: not UTF-8', 4],
  ])('%s is refused', (text, rule, message, position) => {
    let caught: unknown;
    try {
      decodeJwt(text);
    } catch (cause) {
      caught = cause;
    }
    expect(caught).toBeInstanceOf(JwtError);
    expect(caught).toMatchObject({ rule, message, position });
  });

  it('never throws anything but its own error', () => {
    const text = fc.oneof(
      fc.string(),
      fc.tuple(fc.string(), fc.string(), fc.string()).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(text, (each) => {
        try {
          decodeJwt(each);
        } catch (cause) {
          expect(cause).toBeInstanceOf(JwtError);
        }
      }),
    );
  });

  it('finds every member of any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (payload, pretty) => {
        const text = JSON.stringify(payload, null, pretty ? 2 : 0);
        const decoded = decodeJwt(`${part({})}.${part(text)}.AA`);
        // Spans are for texts whose characters are one byte each, as Kubernetes' claims are.
        const found = decoded.spans.filter((span) => span.depth === 1);
        if (Buffer.byteLength(text) !== text.length) return;
        expect(found.map((span) => [span.label, JSON.parse(span.detail ?? '') as unknown])).toEqual(
          Object.entries(JSON.parse(text) as object),
        );
      }),
    );
  });
});

describe('sorted JSON', () => {
  it('means the same and has its keys in order', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = sortedJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(sortedJson(JSON.parse(text))).toBe(text);
      }),
    );
    expect(sortedJson({ b: 1, a: { d: undefined, c: [{ z: 1, y: 2 }] } })).toBe(
      '{"a":{"c":[{"y":2,"z":1}]},"b":1}',
    );
  });
});
