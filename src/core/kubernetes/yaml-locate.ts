import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { SourcePosition } from './input.ts';
import type { Located, LocatedEntry, LocatedMap } from './located.ts';

/** YAML that is not read although the parser could: too deep, too large, ambiguous. */
export class YamlRefusal extends Error {
  readonly at: SourcePosition | null;
  readonly rule: string;
  readonly hint: string | null;

  constructor(at: SourcePosition | null, rule: string, message: string, hint: string | null = null) {
    super(message);
    this.at = at;
    this.rule = rule;
    this.hint = hint;
  }
}

/** How deep and how large one document may be. */
export interface NestingLimits {
  readonly depth: number;
  /** Values in one document, aliases written out. */
  readonly values: number;
}

/**
 * The value of a document with the place of every part; null for an empty document.
 *
 * @param positionOf - place of an offset into the document's text
 * @throws YamlRefusal for what is over the limits, a key that stands twice and an alias without its anchor
 */
export function locate(
  document: Document,
  positionOf: (offset: number) => SourcePosition,
  limits: NestingLimits,
): Located | null {
  return new Converter(positionOf, limits).convert(document);
}

/** Turns the library's nodes into {@link Located} values. */
class Converter {
  readonly #positionOf: (offset: number) => SourcePosition;
  readonly #anchors = new Map<string, Located>();

  readonly #limits: NestingLimits;

  constructor(positionOf: (offset: number) => SourcePosition, limits: NestingLimits) {
    this.#positionOf = positionOf;
    this.#limits = limits;
  }

  convert(document: Document): Located | null {
    const root = this.#value(document.contents, 0, 0);
    return root.type === 'scalar' && root.value === null ? null : root;
  }

  #value(node: unknown, fallback: number, depth: number): Located {
    const at = this.#at(node, fallback);
    if (depth > this.#limits.depth) {
      throw new YamlRefusal(at, 'yaml.depth', `nested more than ${this.#limits.depth} levels deep`);
    }
    if (isAlias(node)) return this.#aliased(node.source, at);
    const value = this.#plain(node, at, depth);
    if (value.size > this.#limits.values) {
      throw new YamlRefusal(
        at,
        'yaml.aliases',
        `more than ${this.#limits.values} values in one document, aliases written out`,
      );
    }
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, value);
    return value;
  }

  #aliased(name: string, at: SourcePosition): Located {
    const value = this.#anchors.get(name);
    if (value === undefined)
      throw new YamlRefusal(at, 'yaml.alias', `no value with the anchor &${name} before this alias`);
    return value;
  }

  #plain(node: unknown, at: SourcePosition, depth: number): Located {
    if (isMap(node)) return this.#map(node, at, depth);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#value(item, this.#offset(node), depth + 1));
      return { type: 'list', at, items, size: sizeOf(items) };
    }
    return scalar(isScalar(node) ? node : null, at);
  }

  #map(node: YAMLMap, at: SourcePosition, depth: number): LocatedMap {
    const entries = new Map<string, LocatedEntry>();
    const merged: LocatedMap[] = [];
    for (const { key, value } of node.items) {
      const keyAt = this.#at(key, 0);
      const located = this.#value(value, this.#offset(key), depth + 1);
      if (isMergeKey(key)) {
        merged.push(...mapsOf(located, keyAt));
        continue;
      }
      const name = keyName(key, keyAt);
      if (entries.has(name))
        throw new YamlRefusal(keyAt, 'yaml.duplicateKey', `the key "${name}" stands twice in one mapping`);
      entries.set(name, { keyAt, value: located });
    }
    for (const source of merged) {
      for (const [name, entry] of source.entries) if (!entries.has(name)) entries.set(name, entry);
    }
    const endLine = this.#positionOf((rangeOf(node)?.[1] ?? 1) - 1).line;
    return {
      type: 'map',
      at,
      endLine,
      entries,
      size: sizeOf([...entries.values()].map((entry) => entry.value)),
    };
  }

  #at(node: unknown, fallback: number): SourcePosition {
    return this.#positionOf(rangeOf(node)?.[0] ?? fallback);
  }

  #offset(node: unknown): number {
    return rangeOf(node)?.[0] ?? 0;
  }
}

function rangeOf(node: unknown): readonly number[] | null {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)
    ? ((node as Node).range ?? null)
    : null;
}

function sizeOf(values: readonly Located[]): number {
  return values.reduce((sum, value) => sum + value.size, 1);
}

function scalar(node: Scalar | null, at: SourcePosition): Located {
  const value = node?.value;
  const source = node?.source ?? String(value ?? '');
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { type: 'scalar', at, value, source, size: 1 };
  }
  if (typeof value === 'symbol') return { type: 'scalar', at, value: source || '<<', source, size: 1 };
  if (value instanceof Uint8Array) return { type: 'scalar', at, value: source, source, size: 1 };
  return { type: 'scalar', at, value: null, source, size: 1 };
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && (typeof key.value === 'symbol' || (key.type === 'PLAIN' && key.value === '<<'));
}

function mapsOf(value: Located, at: SourcePosition): LocatedMap[] {
  const values = value.type === 'list' ? value.items : [value];
  return values.map((each) => {
    if (each.type !== 'map')
      throw new YamlRefusal(at, 'yaml.merge', '<< takes a mapping or a list of mappings');
    return each;
  });
}

function keyName(key: unknown, at: SourcePosition): string {
  if (isScalar(key) && key.value !== null && key.value !== undefined) return key.source ?? String(key.value);
  throw new YamlRefusal(
    at,
    'yaml.key',
    'a key must be a plain text',
    'are braces meant as text? Put them in quotes',
  );
}
