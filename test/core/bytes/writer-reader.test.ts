import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteError, ByteReader, ByteWriter, fromHex, toHex } from '../../../src/core/bytes/index.ts';

describe('ByteWriter', () => {
  it('writes bytes and the spans that name them in one go', () => {
    const writer = new ByteWriter();
    writer.u8(22, 'content type', 'handshake');
    writer.u16(0x0303, 'version');
    writer.lengthPrefixed(2, 'fragment', () => writer.utf8('hi', 'body'));
    const { bytes, spans } = writer.finish();
    expect(toHex(bytes)).toBe('16030300026869');
    expect(spans).toEqual([
      { start: 0, end: 1, label: 'content type', detail: 'handshake', depth: 0 },
      { start: 1, end: 3, label: 'version', detail: '771', depth: 0 },
      { start: 3, end: 7, label: 'fragment', depth: 0 },
      { start: 3, end: 5, label: 'length', detail: '2', depth: 1 },
      { start: 5, end: 7, label: 'body', detail: 'hi', depth: 1 },
    ]);
  });

  it('records nothing when no spans are wanted', () => {
    const writer = new ByteWriter({ spans: false });
    writer.lengthPrefixed(1, 'a', () => writer.u8(1, 'b'));
    expect(writer.finish()).toEqual({ bytes: Uint8Array.of(1, 1), spans: [] });
  });

  it('takes over annotated bytes and moves their spans', () => {
    const inner = new ByteWriter().u16(1, 'inner').finish();
    const writer = new ByteWriter().u8(0, 'outer');
    writer.scope('scope', () => writer.annotated(inner));
    expect(writer.finish().spans).toEqual([
      { start: 0, end: 1, label: 'outer', detail: '0', depth: 0 },
      { start: 1, end: 3, label: 'scope', depth: 0 },
      { start: 1, end: 3, label: 'inner', detail: '1', depth: 1 },
    ]);
  });

  it('moves spans when a varint length turns out to need more octets', () => {
    const writer = new ByteWriter();
    writer.varintPrefixed(() => writer.bytes(new Uint8Array(200), 'content'));
    const { bytes, spans } = writer.finish();
    expect(bytes.length).toBe(202);
    expect(spans).toEqual([{ start: 2, end: 202, label: 'content', depth: 0 }]);
  });

  it.each([
    [() => new ByteWriter().u8(256, 'type'), 'type: 256 does not fit 1 octets'],
    [() => new ByteWriter().u16(-1), 'integer: -1 does not fit 2 octets'],
    [() => new ByteWriter({ spans: false }).u8(1.5), 'integer: 1.5 does not fit 1 octets'],
  ])('refuses a value that does not fit', (write, message) => {
    expect(write).toThrow(message);
  });

  it('refuses content longer than its prefix can say', () => {
    const writer = new ByteWriter();
    expect(() => writer.lengthPrefixed(1, 'session id', () => writer.bytes(new Uint8Array(256)))).toThrow(
      'session id: 256 does not fit 1 octets',
    );
  });
});

describe('ByteReader', () => {
  it('reads back what was written, with equal spans', () => {
    const field = fc.oneof(
      fc.record({ kind: fc.constant('u8' as const), value: fc.nat(0xff) }),
      fc.record({ kind: fc.constant('u16' as const), value: fc.nat(0xffff) }),
      fc.record({ kind: fc.constant('u24' as const), value: fc.nat(0xffffff) }),
      fc.record({ kind: fc.constant('u32' as const), value: fc.nat(0xffffffff) }),
    );
    fc.assert(
      fc.property(fc.array(field, { maxLength: 200 }), fc.uint8Array(), (fields, tail) => {
        const writer = new ByteWriter();
        writer.lengthPrefixed(3, 'all', () => fields.forEach(({ kind, value }) => writer[kind](value, kind)));
        writer.bytes(tail, 'tail');
        const { bytes, spans } = writer.finish();
        const reader = new ByteReader(bytes);
        const values = reader.lengthPrefixed(3, 'all', () => fields.map(({ kind }) => reader[kind](kind)));
        expect(reader.rest('tail')).toEqual(tail);
        reader.finish();
        expect(values).toEqual(fields.map(({ value }) => value));
        expect(reader.spans).toEqual(spans);
      }),
    );
  });

  it('reads 64 bits', () => {
    expect(new ByteReader(fromHex('00ffffffffffffffff'), { start: 1 }).u64('n')).toBe(0xffffffffffffffffn);
  });

  it('complains with the offset', () => {
    const reader = new ByteReader(fromHex('0003aabb'));
    const error = (() => {
      try {
        reader.lengthPrefixed(2, 'fragment', () => reader.rest());
        return null;
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(ByteError);
    expect(error).toMatchObject({ offset: 2, message: 'offset 2: fragment: 3 octets announced, 2 left' });
  });

  it('does not accept content that is not read to its end', () => {
    const reader = new ByteReader(fromHex('02aabb'));
    expect(() => reader.lengthPrefixed(1, 'list', () => reader.u8())).toThrow(
      'list: 1 octets were not expected',
    );
  });

  it('does not read beyond its scope', () => {
    const reader = new ByteReader(fromHex('01aabb'));
    expect(() => reader.lengthPrefixed(1, 'list', () => reader.u16('item'))).toThrow(
      'item: needs 2 octets, 1 left',
    );
  });
});
