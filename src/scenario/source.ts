import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';
import type { Problem } from './problem.ts';

/** Where a value stands in a lesson: keys and list indices from the top. */
export type LessonPath = readonly (string | number)[];

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A lesson file may not be larger; it is untrusted input. */
const maxFileLength = 512 * 1024;

/** Deeper than any lesson goes; the YAML library recurses once a level. */
const maxNesting = 64;

/** The YAML of a lesson file, able to say where each of its values stands. */
export class LessonSource {
  readonly #text: string;
  readonly #lines: readonly string[];
  readonly #document: Document;
  readonly #counter: LineCounter;

  private constructor(text: string, document: Document, counter: LineCounter) {
    this.#text = text;
    this.#lines = text.split('\n');
    this.#document = document;
    this.#counter = counter;
  }

  /** Reads a file, or says what keeps it from being read. Values are those of YAML 1.2: `yes` and `on` are text. */
  static read(text: string): { source: LessonSource } | { problems: readonly (Problem & Position)[] } {
    const bound = boundProblem(text);
    if (bound !== null) return { problems: [bound] };
    const counter = new LineCounter();
    const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, logLevel: 'silent' });
    if (document.errors.length === 0) return { source: new LessonSource(text, document, counter) };
    const problems = document.errors.slice(0, 10).map((error) => {
      const { line, col } = counter.linePos(Math.min(error.pos[0], text.length));
      const message = (error.message.split('\n')[0] ?? error.message).slice(0, 200);
      return { rule: 'yaml', message, line: Math.max(1, line), column: Math.max(1, col) };
    });
    return { problems };
  }

  /** The file as plain data. Throws where aliases multiply beyond reason. */
  toData(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 });
  }

  /** Where a value begins; the nearest value around it where there is none. */
  positionOf(path: LessonPath): Position {
    for (let length = path.length; length > 0; length--) {
      const offset = this.#node(path.slice(0, length))?.range?.[0];
      if (offset !== undefined) return this.#at(offset);
    }
    return { line: 1, column: 1 };
  }

  /** Where the key of a value stands; the value itself where it is an item of a list. */
  positionOfKey(path: LessonPath): Position {
    const parent = this.#node(path.slice(0, -1));
    const pair = isMap(parent) ? parent.items.find(({ key }) => keyText(key) === path.at(-1)) : undefined;
    const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    return offset === undefined ? this.positionOf(path) : this.#at(offset);
  }

  /** Where a line and column of a text value stand in the file. Exact for `|` blocks and texts on one line. */
  positionInside(path: LessonPath, line: number, column: number): Position {
    const node = this.#node(path);
    const start = this.positionOf(path);
    if (!isScalar(node) || typeof node.value !== 'string') return start;
    if (node.type === 'BLOCK_LITERAL') {
      return { line: start.line + line, column: column + this.#indent(node.value, start.line) };
    }
    const isOneLine = !this.#text.slice(node.range?.[0], node.range?.[1]).includes('\n');
    if (!isOneLine) return start;
    return { line: start.line, column: start.column + column - 1 + (node.type === 'PLAIN' ? 0 : 1) };
  }

  /** Where an offset into a text value stands in the file. */
  positionOfOffset(path: LessonPath, offset: number): Position {
    const node = this.#node(path);
    const text = isScalar(node) && typeof node.value === 'string' ? node.value.slice(0, offset) : '';
    return this.positionInside(path, text.split('\n').length, offset - text.lastIndexOf('\n'));
  }

  /** How far a block is indented, read off its first line that is not blank. */
  #indent(value: string, headerLine: number): number {
    const lines = value.split('\n');
    const first = lines.findIndex((line) => line.trim() !== '');
    const written = this.#lines[headerLine + first]?.trimEnd() ?? '';
    return Math.max(0, written.length - (lines[first]?.trimEnd().length ?? 0));
  }

  #node(path: LessonPath): Node | null {
    let node: unknown = this.#document.contents;
    for (const key of path) {
      node = this.#resolve(node);
      if (isSeq(node)) node = node.items[Number(key)];
      else if (isMap(node)) node = node.items.find((pair) => keyText(pair.key) === key)?.value;
      else return null;
    }
    return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node : null;
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  #at(offset: number): Position {
    const { line, col } = this.#counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function keyText(key: unknown): string | null {
  return isScalar(key) ? String(key.value) : null;
}

function boundProblem(text: string): (Problem & Position) | null {
  if (text.length > maxFileLength) {
    return {
      rule: 'size',
      message: `the file is larger than ${maxFileLength / 1024} kB`,
      line: 1,
      column: 1,
    };
  }
  let open = 0;
  for (const [index, line] of text.split('\n').entries()) {
    for (const [bracket] of line.matchAll(/[[\]{}]/g)) open += '[{'.includes(bracket) ? 1 : -1;
    open = Math.max(0, open);
    const stacked =
      /^\s*(?:[-?:]\s+){20}/.test(line) || (/^ */.exec(line)?.[0].length ?? 0) > 40 * maxNesting;
    if (open > 10 * maxNesting || stacked) {
      return { rule: 'size', message: 'nested too deeply', line: index + 1, column: 1 };
    }
  }
  return null;
}
