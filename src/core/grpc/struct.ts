import { ProtoError, type ProtoReader, type ProtoWriter } from '../bytes/protobuf.ts';
import type { ProtoMessageType } from '../bytes/proto-tree.ts';

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

const MAX_DEPTH = 32;

/** Writes the fields of a google.protobuf.Struct; keys in the order of `value`. */
export function writeStruct(writer: ProtoWriter, value: JsonObject): void {
  for (const [key, member] of Object.entries(value)) {
    writer.message(1, (entry) => {
      entry.string(1, key);
      entry.message(2, (inner) => writeValue(inner, member));
    });
  }
}

/**
 * Reads a google.protobuf.Struct.
 *
 * @throws ProtoError for malformed messages and nesting deeper than 32
 */
export function readStruct(reader: ProtoReader, depth = 0): JsonObject {
  if (depth > MAX_DEPTH) throw new ProtoError(`Struct nests deeper than ${MAX_DEPTH}`, reader.start);
  const entries = new Map<string, JsonValue>();
  while (reader.next()) {
    if (reader.field !== 1) continue;
    let key = '';
    let value: JsonValue = null;
    const entry = reader.message();
    while (entry.next()) {
      if (entry.field === 1) key = entry.string();
      if (entry.field === 2) value = readValue(entry.message(), depth);
    }
    entries.set(key, value);
  }
  return Object.fromEntries(entries);
}

function writeValue(writer: ProtoWriter, value: JsonValue): void {
  if (value === null) writer.varintAlways(1, 0);
  else if (typeof value === 'number') writer.doubleAlways(2, value);
  else if (typeof value === 'string') writer.stringAlways(3, value);
  else if (typeof value === 'boolean') writer.varintAlways(4, value);
  else if (isList(value)) {
    writer.message(6, (list) => {
      for (const element of value) list.message(1, (inner) => writeValue(inner, element));
    });
  } else writer.message(5, (inner) => writeStruct(inner, value));
}

function readValue(reader: ProtoReader, depth: number): JsonValue {
  let value: JsonValue = null;
  while (reader.next()) {
    if (reader.field === 1) value = null;
    else if (reader.field === 2) value = reader.double();
    else if (reader.field === 3) value = reader.string();
    else if (reader.field === 4) value = reader.bool();
    else if (reader.field === 5) value = readStruct(reader.message(), depth + 1);
    else if (reader.field === 6) value = readList(reader.message(), depth + 1);
  }
  return value;
}

function readList(reader: ProtoReader, depth: number): JsonValue[] {
  if (depth > MAX_DEPTH) throw new ProtoError(`Struct nests deeper than ${MAX_DEPTH}`, reader.start);
  const values: JsonValue[] = [];
  while (reader.next()) if (reader.field === 1) values.push(readValue(reader.message(), depth));
  return values;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

const VALUE: ProtoMessageType = {
  name: 'google.protobuf.Value',
  fields: {
    1: { name: 'null_value', type: 'enum', values: { 0: 'NULL_VALUE' } },
    2: { name: 'number_value', type: 'double' },
    3: { name: 'string_value', type: 'string' },
    4: { name: 'bool_value', type: 'bool' },
    5: { name: 'struct_value', type: () => STRUCT },
    6: {
      name: 'list_value',
      type: { name: 'google.protobuf.ListValue', fields: { 1: { name: 'values', type: () => VALUE } } },
    },
  },
};

/** Field names of google.protobuf.Struct. */
export const STRUCT: ProtoMessageType = {
  name: 'google.protobuf.Struct',
  fields: {
    1: {
      name: 'fields',
      type: {
        name: 'google.protobuf.Struct.FieldsEntry',
        fields: { 1: { name: 'key', type: 'string' }, 2: { name: 'value', type: VALUE } },
      },
    },
  },
};
