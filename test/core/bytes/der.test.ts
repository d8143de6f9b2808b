import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bits,
  bool,
  contextExplicit,
  contextPrimitive,
  DerError,
  DerReader,
  fromHex,
  generalizedTime,
  int,
  namedBits,
  octets,
  oid,
  printableString,
  seq,
  setOf,
  TAG,
  time,
  toHex,
  uint,
  utcTime,
  utf8String,
} from '../../../src/core/bytes/index.ts';

const reading = (der: Uint8Array) => new DerReader(der).read();

describe('writing DER', () => {
  it.each([
    ['int(0)', int(0), '020100'],
    ['int(127)', int(127), '02017f'],
    ['int(128)', int(128), '02020080'],
    ['int(256)', int(256), '02020100'],
    ['int(-128)', int(-128), '020180'],
    ['int(-129)', int(-129), '0202ff7f'],
    ['uint of a high bit', uint(fromHex('80')), '02020080'],
    ['uint with zeros in front', uint(fromHex('000001')), '020101'],
    ['uint of nothing', uint(new Uint8Array(0)), '020100'],
    ['bool', seq(bool(true), bool(false)), '30060101ff010100'],
    ['digitalSignature, keyEncipherment', namedBits([0, 2]), '030205a0'],
    ['keyCertSign', namedBits([5]), '03020204'],
    ['decipherOnly', namedBits([8]), '0303070080'],
    ['no bits', namedBits([]), '030100'],
    ['rsaEncryption', oid('1.2.840.113549.1.1.1'), '06092a864886f70d010101'],
    ['2.999', oid('2.999'), '06028837'],
    ['empty sequence', seq(), '3000'],
    ['set in order of encodings', setOf(int(2), int(1)), '3106020101020102'],
    ['[3] explicit', contextExplicit(3, int(1)), 'a303020101'],
    ['[6] URI', contextPrimitive(6, new TextEncoder().encode('a')), '860161'],
  ])('%s', (_, der, expected) => {
    expect(toHex(der)).toBe(expected);
  });

  it.each([127, 128, 255, 256, 65535, 65536])('writes the shortest length of %i octets', (length) => {
    const der = octets(new Uint8Array(length));
    const node = reading(der);
    expect(node.end).toBe(der.length);
    expect(node.end - node.contentStart).toBe(length);
  });

  it('writes UTCTime through 2049 and GeneralizedTime from 2050', () => {
    const text = (der: Uint8Array) => new TextDecoder().decode(der.subarray(2));
    expect(text(time(new Date('2049-12-31T23:59:59Z')))).toBe('491231235959Z');
    expect(text(time(new Date('2050-01-01T00:00:00Z')))).toBe('20500101000000Z');
    expect(text(time(new Date('1949-12-31T23:59:59Z')))).toBe('19491231235959Z');
  });

  it.each(['', '1', '3.1', '1.40', '1.2.03', 'a.b'])('refuses %j as an object identifier', (dotted) => {
    expect(() => oid(dotted)).toThrow('is no object identifier');
  });
});

describe('reading back what was written', () => {
  it('integers', () => {
    fc.assert(fc.property(fc.bigInt(), (value) => void expect(reading(int(value)).integer()).toBe(value)));
    fc.assert(
      fc.property(fc.integer(), (value) => void expect(reading(int(value)).smallInteger()).toBe(value)),
    );
  });

  it('serial numbers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (magnitude) => {
        const hex = toHex(magnitude).replace(/^(00)+(?=..)/, '');
        expect(reading(uint(magnitude)).integerHex()).toBe(hex);
      }),
    );
  });

  it('object identifiers, with arcs of any size', () => {
    const arcs = fc.array(fc.bigInt({ min: 0n, max: 2n ** 70n }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.nat(2), fc.nat(39), arcs, (first, second, rest) => {
        const dotted = [first, second, ...rest].join('.');
        expect(reading(oid(dotted)).oid()).toBe(dotted);
      }),
    );
  });

  it('texts and strings', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), (text, bytes) => {
        expect(reading(utf8String(text)).text()).toBe(text);
        expect(reading(octets(bytes)).content()).toEqual(bytes);
        expect(reading(bits(bytes)).bitString()).toEqual({ content: bytes, unusedBits: 0 });
      }),
    );
  });

  it('times, to the second', () => {
    const seconds = fc.integer({ min: 0, max: 253402300799 });
    fc.assert(
      fc.property(seconds, (at) => {
        expect(reading(generalizedTime(new Date(at * 1000))).time()).toBe(at * 1000);
        expect(reading(time(new Date(at * 1000))).time()).toBe(at * 1000);
      }),
    );
  });

  it('two-digit years below 50 belong to this century', () => {
    expect(reading(utcTime(new Date('2049-01-01T00:00:00Z'))).time()).toBe(Date.UTC(2049, 0, 1));
    expect(reading(utcTime(new Date('1950-01-01T00:00:00Z'))).time()).toBe(Date.UTC(1950, 0, 1));
  });

  it('structures, with offsets of the outermost bytes', () => {
    const outer = new DerReader(seq(int(1), seq(oid('2.5.4.10'), printableString('shop')))).enter(
      TAG.sequence,
    );
    outer.read(TAG.integer);
    const inner = outer.enter(TAG.sequence);
    expect(inner.optional(TAG.boolean)).toBe(false);
    inner.read(TAG.oid);
    expect(inner.start).toBe(7);
    expect(inner.read().text()).toBe('shop');
    inner.finish('inner');
    outer.finish('outer');
  });
});

describe('refusing what is no DER', () => {
  it.each([
    ['nothing', '', 'DER at offset 0: element is missing'],
    ['no length', '30', 'DER at offset 1: element: the length is missing'],
    ['truncated content', '300302', 'DER at offset 1: element: 3 octets announced, 1 left'],
    ['truncated length', '3082', 'DER at offset 1: element: the length is cut off'],
    ['indefinite length', '30800000', 'DER at offset 1: element: indefinite length is not DER'],
    [
      'long form of a short length',
      '048101ff',
      'DER at offset 1: element: the length is not in its shortest form',
    ],
    [
      'length with a leading zero',
      '04820001ff',
      'DER at offset 1: element: the length is not in its shortest form',
    ],
    ['length of five octets', '0485000000000100', 'DER at offset 1: element: the length takes 5 octets'],
    ['high tag number', '1f2000', 'DER at offset 0: element: high tag numbers are not used here'],
  ])('%s', (_, hex, message) => {
    expect(() => reading(fromHex(hex))).toThrow(message);
    expect(() => reading(fromHex(hex))).toThrow(DerError);
  });

  it('names the element that was expected', () => {
    const reader = new DerReader(int(1));
    expect(() => reader.read(TAG.sequence, 'TBSCertificate')).toThrow(
      'DER at offset 0: TBSCertificate: expected tag 0x30, found 0x02',
    );
  });

  it.each([
    ['a cut-off object identifier', '0602 2a86', (r: DerReader) => r.oid(), 'OBJECT IDENTIFIER is cut off'],
    ['a padded arc', '0603 2a8001', (r: DerReader) => r.oid(), 'OBJECT IDENTIFIER arc is padded'],
    ['an empty integer', '0200', (r: DerReader) => r.integer(), 'INTEGER without content'],
    ['bits without content', '0300', (r: DerReader) => r.bitString(), 'BIT STRING has no valid length'],
    [
      'time without seconds',
      '170b 323630333032303930305a',
      (r: DerReader) => r.time(),
      'time is not in the form',
    ],
    ['30 February', '170d 3236303233303039303030305a', (r: DerReader) => r.time(), 'no such date and time'],
  ])('%s', (_, hex, read, message) => {
    expect(() => read(reading(fromHex(hex)))).toThrow(message);
  });

  it('ends for any bytes, with a value or a DerError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const reader = new DerReader(bytes);
        try {
          while (!reader.done) reader.read();
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }),
    );
  });
});
