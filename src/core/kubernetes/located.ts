import type { SourcePosition } from './input.ts';

/** A YAML value that still knows where it was written. Aliases share the value they point to. */
export type Located = LocatedMap | LocatedList | LocatedScalar;

export interface LocatedMap {
  readonly type: 'map';
  readonly at: SourcePosition;
  /** Last line of the mapping. */
  readonly endLine: number;
  readonly entries: ReadonlyMap<string, LocatedEntry>;
  /** Values below this one with every alias written out. */
  readonly size: number;
}

export interface LocatedEntry {
  readonly keyAt: SourcePosition;
  readonly value: Located;
}

interface LocatedList {
  readonly type: 'list';
  readonly at: SourcePosition;
  readonly items: readonly Located[];
  readonly size: number;
}

interface LocatedScalar {
  readonly type: 'scalar';
  readonly at: SourcePosition;
  readonly value: string | number | boolean | null;
  /** As written, without quotes. */
  readonly source: string;
  readonly size: 1;
}

/** Plain JSON data, as a client would send it to the API server. */
export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

/** The value without its positions; shared values (aliases) stay shared. */
export function toPlain(value: Located, seen = new Map<Located, Plain>()): Plain {
  if (value.type === 'scalar') return value.value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const plain: Plain =
    value.type === 'list'
      ? value.items.map((item) => toPlain(item, seen))
      : Object.fromEntries([...value.entries].map(([key, entry]) => [key, toPlain(entry.value, seen)]));
  seen.set(value, plain);
  return plain;
}

/** What a value is, in words: `the string "three"`, `a list`, `nothing`. */
export function describe(value: Located): string {
  if (value.type === 'list') return 'a list';
  if (value.type === 'map') return 'a mapping';
  if (value.value === null) return 'nothing';
  if (typeof value.value === 'string') return `the string ${JSON.stringify(value.value)}`;
  return typeof value.value === 'boolean' ? `the boolean ${value.source}` : `the number ${value.source}`;
}
