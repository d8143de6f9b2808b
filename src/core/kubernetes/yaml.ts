import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Scalar, Tags, YAMLMap } from 'yaml';
import type { Findings, InputFile, SourcePosition } from './input.ts';
import type { Located, LocatedEntry, LocatedMap } from './located.ts';

/** Bounds on what is read, so that pasted text cannot make a page stand still. */
export const INPUT_LIMITS = { characters: 1_048_576, documents: 2_000, depth: 100, values: 200_000 } as const;

/** One YAML document: its top value, never an empty one. */
export interface YamlDocument {
  readonly file: string;
  readonly root: Located;
}

/**
 * Reads files of YAML documents, split at `---` lines as kubectl splits them, so that a broken document leaves the
 * others whole. Plain values follow YAML 1.1, as in Kubernetes: `yes` and `on` are booleans.
 *
 * @param files - texts and the names to report them by
 * @param findings - receives one error for each document that cannot be read
 * @returns the readable documents in order; none if the input is over {@link INPUT_LIMITS}
 */
export function readYaml(files: readonly InputFile[], findings: Findings): YamlDocument[] {
  const total = files.reduce((sum, file) => sum + file.text.length, 0);
  if (total > INPUT_LIMITS.characters) {
    const at = { file: files[0]?.name ?? '', line: 1, column: 1 };
    findings.error(
      at,
      'input.size',
      `input of ${total} characters; at most ${INPUT_LIMITS.characters} are read`,
    );
    return [];
  }
  const documents: YamlDocument[] = [];
  let left = INPUT_LIMITS.documents;
  for (const file of files) {
    for (const chunk of splitDocuments(file.text)) {
      if (left-- === 0) {
        const at = { file: file.name, line: chunk.firstLine, column: 1 };
        findings.error(at, 'input.documents', `more than ${INPUT_LIMITS.documents} documents`);
        return documents;
      }
      const root = readDocument(file.name, chunk, findings);
      if (root !== null) documents.push({ file: file.name, root });
    }
  }
  return documents;
}

interface Chunk {
  readonly text: string;
  readonly firstLine: number;
}

function splitDocuments(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let lines: string[] = [];
  let firstLine = 1;
  const close = () => {
    if (lines.some((line) => !/^\uFEFF?\s*(#|%|$|\.\.\.\s*$)/.test(line))) {
      chunks.push({ text: lines.join('\n'), firstLine });
    }
  };
  for (const [index, line] of text.split('\n').entries()) {
    if (/^---(\s|$)/.test(line)) {
      close();
      lines = [];
      firstLine = index + 1;
    }
    lines.push(/^%/.test(line) ? '' : line.replace(/^---$|^---(?=\s)/, lines.length === 0 ? '   ' : '---'));
  }
  close();
  return chunks;
}

function readDocument(file: string, chunk: Chunk, findings: Findings): Located | null {
  const lineCounter = new LineCounter();
  const positionOf = (offset: number): SourcePosition => {
    const { line, col } = lineCounter.linePos(Math.max(0, Math.min(offset, chunk.text.length)));
    return { file, line: Math.max(1, line) + chunk.firstLine - 1, column: Math.max(1, col) };
  };
  const tooDeep = deeplyNestedLine(chunk.text);
  if (tooDeep !== null) {
    const at = { file, line: chunk.firstLine + tooDeep, column: 1 };
    findings.error(at, 'yaml.depth', 'nested too deeply to read');
    return null;
  }
  try {
    const document = parseDocument(chunk.text, { ...PARSE_OPTIONS, lineCounter });
    const problem = document.errors[0];
    if (problem !== undefined) {
      const at = positionOf(problem.pos[0]);
      findings.error(at, 'yaml.syntax', firstLineOf(problem.message), {
        hint: hintFor(problem.code, chunk.text),
      });
      return null;
    }
    return new Converter(positionOf).convert(document);
  } catch (cause) {
    const refusal = refusalOf(cause);
    if (refusal === null) throw cause;
    const at = refusal.at ?? { file, line: chunk.firstLine, column: 1 };
    findings.error(
      at,
      refusal.rule,
      refusal.message,
      refusal.hint === undefined ? {} : { hint: refusal.hint },
    );
    return null;
  }
}

/**
 * Index of the first line that nests beyond any real manifest, or null. The library recurses once a level, and a stack
 * that overflows inside its regular expressions ends the process instead of throwing.
 */
function deeplyNestedLine(text: string): number | null {
  let open = 0;
  for (const [index, line] of text.split('\n').entries()) {
    for (const character of line.matchAll(/[[{\]}]/g)) open += /[[{]/.test(character[0]) ? 1 : -1;
    if (open > MOST_OPEN || COMPACT_NESTING.test(line)) return index;
    open = Math.max(0, open);
  }
  return null;
}

const MOST_OPEN = 500;
const COMPACT_NESTING = /^\s*(?:[-?:]\s+(?:[&!]\S*\s+)*){200}/;

const PARSE_OPTIONS = {
  version: '1.1',
  schema: 'yaml-1.1',
  prettyErrors: false,
  // The library compares every pair of keys; Converter finds duplicates in linear time.
  uniqueKeys: false,
  logLevel: 'silent',
  // Kubernetes' YAML reader leaves dates and sexagesimal numbers such as 22:22 as text.
  customTags: (tags: Tags): Tags =>
    tags.filter(
      (tag) =>
        typeof tag === 'string' ||
        (!/timestamp/.test(tag.tag) && !('format' in tag && tag.format === 'TIME')),
    ),
} as const;

function firstLineOf(message: string): string {
  return (message.split('\n')[0] ?? message).slice(0, 200);
}

function hintFor(code: string, text: string): string | null {
  if (/\{\{.*\}\}/.test(text))
    return 'this looks like a template: render it first, for example with helm template';
  return HINTS[code] ?? null;
}

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'line the key up with its neighbours',
  MISSING_CHAR: 'is a quote, a bracket or a colon missing?',
  BLOCK_AS_IMPLICIT_KEY: 'a value that contains ": " needs quotes',
  MULTILINE_IMPLICIT_KEY: 'is a colon missing after the key?',
};

class Refusal extends Error {
  readonly at: SourcePosition | null;
  readonly rule: string;
  readonly hint: string | undefined;

  constructor(at: SourcePosition | null, rule: string, message: string, hint?: string) {
    super(message);
    this.at = at;
    this.rule = rule;
    this.hint = hint;
  }
}

function refusalOf(cause: unknown): Refusal | null {
  if (cause instanceof Refusal) return cause;
  // A stack overflow inside the parser: nothing but nesting causes it.
  return cause instanceof RangeError ? new Refusal(null, 'yaml.depth', 'nested too deeply to read') : null;
}

/** Turns the library's nodes into {@link Located} values. */
class Converter {
  readonly #positionOf: (offset: number) => SourcePosition;
  readonly #anchors = new Map<string, Located>();

  constructor(positionOf: (offset: number) => SourcePosition) {
    this.#positionOf = positionOf;
  }

  convert(document: Document): Located | null {
    const root = this.#value(document.contents, 0, 0);
    return root.type === 'scalar' && root.value === null ? null : root;
  }

  #value(node: unknown, fallback: number, depth: number): Located {
    const at = this.#at(node, fallback);
    if (depth > INPUT_LIMITS.depth) {
      throw new Refusal(at, 'yaml.depth', `nested more than ${INPUT_LIMITS.depth} levels deep`);
    }
    if (isAlias(node)) return this.#aliased(node.source, at);
    const value = this.#plain(node, at, depth);
    if (value.size > INPUT_LIMITS.values) {
      throw new Refusal(
        at,
        'yaml.aliases',
        `more than ${INPUT_LIMITS.values} values in one document, aliases written out`,
      );
    }
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, value);
    return value;
  }

  #aliased(name: string, at: SourcePosition): Located {
    const value = this.#anchors.get(name);
    if (value === undefined)
      throw new Refusal(at, 'yaml.alias', `no value with the anchor &${name} before this alias`);
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
        throw new Refusal(keyAt, 'yaml.duplicateKey', `the key "${name}" stands twice in one mapping`);
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
    if (each.type !== 'map') throw new Refusal(at, 'yaml.merge', '<< takes a mapping or a list of mappings');
    return each;
  });
}

function keyName(key: unknown, at: SourcePosition): string {
  if (isScalar(key) && key.value !== null && key.value !== undefined) return key.source ?? String(key.value);
  throw new Refusal(
    at,
    'yaml.key',
    'a key must be a plain text',
    'are braces meant as text? Put them in quotes',
  );
}
