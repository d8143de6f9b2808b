import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromHex,
  ProtoError,
  type ProtoMessageType,
  ProtoReader,
  protoSpans,
  protoTree,
  ProtoWriter,
  toHex,
} from '../../../src/core/bytes/index.ts';

describe('protobuf', () => {
  it('writes the examples of the encoding guide', () => {
    expect(toHex(new ProtoWriter().varint(1, 150).finish())).toBe('089601');
    expect(toHex(new ProtoWriter().string(2, 'testing').finish())).toBe('120774657374696e67');
    expect(toHex(new ProtoWriter().message(3, (m) => m.varint(1, 150)).finish())).toBe('1a03089601');
    expect(toHex(new ProtoWriter().varint(1, -2).finish())).toBe('08feffffffffffffffff01');
  });

  it('leaves out defaults, but not members of a oneof', () => {
    expect(
      new ProtoWriter().string(1, '').varint(2, 0).varint(3, false).bytes(4, new Uint8Array(0)).finish(),
    ).toHaveLength(0);
    expect(
      toHex(
        new ProtoWriter()
          .stringAlways(1, '')
          .varintAlways(2, 0)
          .message(3, () => {})
          .finish(),
      ),
    ).toBe('0a0010001a00');
  });

  it('comes back as it went', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.double(),
        (text, int, double) => {
          const writer = new ProtoWriter().stringAlways(1, text);
          writer.message(2, () => writer.varintAlways(536870911, int).doubleAlways(3, double));
          const reader = new ProtoReader(writer.finish());
          expect(reader.next()).toBe(true);
          expect(reader.string()).toBe(text);
          expect(reader.next()).toBe(true);
          const inner = reader.message();
          inner.next();
          expect([inner.field, inner.int64()]).toEqual([536870911, int]);
          inner.next();
          expect(inner.double()).toBe(double);
          expect([inner.next(), reader.next()]).toEqual([false, false]);
        },
      ),
    );
  });

  it('nests messages longer than one octet of length', () => {
    const text = 'x'.repeat(300);
    const writer = new ProtoWriter();
    writer.message(1, () => writer.message(2, () => writer.string(3, text)).string(4, 'after'));
    const outer = new ProtoReader(writer.finish());
    outer.next();
    const middle = outer.message();
    middle.next();
    const inner = middle.message();
    inner.next();
    expect(inner.string()).toBe(text);
    middle.next();
    expect(middle.string()).toBe('after');
  });

  it.each([
    ['field number 0', '00', 'field number 0 is not possible'],
    ['a group', '0b', 'wire type 3 is not supported'],
    ['a length beyond the end', '0a05aa', 'field 1 goes beyond the end of its message'],
    ['a cut-off varint', '0880', 'varint is cut off'],
    ['a varint of eleven octets', '08ffffffffffffffffffff01', 'varint is longer than ten octets'],
    ['a length near 2^64', '0affffffffffffffffff01', 'field 1 goes beyond the end of its message'],
  ])('refuses %s', (_, hex, message) => {
    const reader = new ProtoReader(fromHex(hex));
    expect(() => reader.next()).toThrow(ProtoError);
    expect(() => new ProtoReader(fromHex(hex)).next()).toThrow(message);
  });

  it('refuses a value of another type and text that is no UTF-8', () => {
    const number = new ProtoReader(fromHex('0801'));
    number.next();
    expect(() => number.string()).toThrow('field 1 has wire type 0, expected 2');
    const text = new ProtoReader(fromHex('0a01ff'));
    text.next();
    expect(() => text.string()).toThrow('field 1 is not UTF-8');
  });
});

describe('protoTree', () => {
  const type: ProtoMessageType = {
    name: 'test.Outer',
    fields: {
      1: { name: 'text', type: 'string' },
      2: { name: 'inner', type: { name: 'test.Inner', fields: { 1: { name: 'flag', type: 'bool' } } } },
      3: { name: 'blob', type: 'bytes' },
    },
  };

  it('names fields and says where they stand', () => {
    const writer = new ProtoWriter()
      .string(1, 'a')
      .message(2, (m) => m.varint(1, true))
      .bytes(3, fromHex('ff00'))
      .varint(9, 7);
    const nodes = protoTree(writer.finish(), type);
    expect(protoSpans(nodes)).toEqual([
      { start: 0, end: 3, label: 'text', detail: 'a', depth: 0 },
      { start: 3, end: 7, label: 'inner', depth: 0 },
      { start: 5, end: 7, label: 'flag', detail: 'true', depth: 1 },
      { start: 7, end: 11, label: 'blob', detail: 'ff00', depth: 0 },
      { start: 11, end: 13, label: 'field 9', detail: '7', depth: 0 },
    ]);
    expect(nodes[1]).toMatchObject({ type: 'test.Inner', contentStart: 5 });
  });

  it('gives a tree or a ProtoError for any bytes', () => {
    const self: ProtoMessageType = {
      name: 'Self',
      fields: { 1: { name: 'self', type: () => self }, 2: { name: 'text', type: 'string' } },
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          protoTree(bytes, self);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtoError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
