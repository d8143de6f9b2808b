import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../src/core/bytes/index.ts';
import {
  jsonAt,
  JsonError,
  type JsonNode,
  jsonOutline,
  jsonText,
  jsonValue,
} from '../../../src/projection/inspect/json-outline.ts';

const outline = (text: string): JsonNode => jsonOutline(utf8Encode(text));

describe('jsonOutline', () => {
  it('reads what JSON.parse reads', () => {
    const spaced = fc.constantFrom(undefined, 2, '\t');
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }), spaced, (value, space) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        const text = JSON.stringify(value, null, space);
        expect(jsonValue(outline(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('says where members stand, in bytes', () => {
    const bytes = utf8Encode('{"이름": "주문", "list": [1, true]}');
    const text = (node: JsonNode | undefined): string => utf8Decode(bytes.subarray(node!.start, node!.end));
    const root = jsonOutline(bytes);
    expect(text(jsonAt(root, '이름'))).toBe('"이름": "주문"');
    expect(text(jsonAt(root, 'list'))).toBe('"list": [1, true]');
    expect(text(jsonAt(root, 'list', 1))).toBe('true');
    expect(jsonText(jsonAt(root, 'list'))).toBe('1, true');
    expect(jsonAt(root, 'none', 'deeper')).toBeUndefined();
  });

  it.each([
    ['', 0, 'the value is cut off'],
    ['{', 1, 'expected a key'],
    ['{"a" 1}', 5, 'expected ":"'],
    ['{"a":1,}', 7, 'expected a key'],
    ['[1 2]', 3, 'expected "," or "]"'],
    ['"abc', 0, 'the value is cut off'],
    ['nul', 0, 'no value'],
    ['1 2', 2, 'something stands after the value'],
    ['"\u0001"', 0, 'no value'],
  ])('refuses %j', (text, offset, message) => {
    const error = (() => {
      try {
        outline(text);
        return null;
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(JsonError);
    expect(error).toMatchObject({ offset, message: `JSON at offset ${offset}: ${message}` });
  });

  it('stops at a depth', () => {
    expect(() => outline('['.repeat(100) + ']'.repeat(100))).toThrow('values nest deeper than 32');
  });

  it('accepts exactly what JSON.parse accepts', () => {
    const nearJson = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '1', '-', 'e', ' ', '\\', 'true', 'null'),
      maxLength: 12,
    });
    const accepts = (parse: () => unknown): boolean => {
      try {
        parse();
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(nearJson, (text) => {
        expect(accepts(() => outline(text))).toBe(accepts(() => JSON.parse(text)));
      }),
      { numRuns: 3000 },
    );
  });
});
