/** Where the members of a JSON text stand, which JSON.parse does not say. */
import { utf8Decode } from '../../core/bytes/index.ts';

export interface JsonNode {
  /** Key within an object; null for the root and in lists. */
  readonly key: string | null;
  readonly type: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  /** Value of a scalar. */
  readonly value: string | number | boolean | null;
  /** From the key (or the value, where there is none) to the end of the value. */
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
  readonly children: readonly JsonNode[];
}

/** Bytes that are no JSON (RFC 8259); `offset` of the first that does not fit. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`JSON at offset ${offset}: ${message}`);
    this.offset = offset;
  }
}

const MAX_DEPTH = 32;

/**
 * The JSON value that is all of `bytes`.
 *
 * @throws JsonError for anything else, and for nesting deeper than 32
 */
export function jsonOutline(bytes: Uint8Array): JsonNode {
  const scanner = new Scanner(bytes);
  const root = scanner.value(null, null, 0);
  scanner.finish();
  return root;
}

/** The member of an object by its path; undefined where there is none. */
export function jsonAt(
  node: JsonNode | undefined,
  ...path: readonly (string | number)[]
): JsonNode | undefined {
  let found = node;
  for (const step of path) {
    found =
      typeof step === 'number' ? found?.children[step] : found?.children.find((child) => child.key === step);
  }
  return found;
}

/** A scalar as text, a list of scalars joined by commas, else null. */
export function jsonText(node: JsonNode | undefined): string | null {
  if (node === undefined || node.type === 'object') return null;
  if (node.type === 'array') {
    const texts = node.children.map((child) => jsonText(child));
    return texts.some((text) => text === null) ? null : texts.join(', ');
  }
  return String(node.value);
}

/** The value that the node stands for. */
export function jsonValue(node: JsonNode): unknown {
  if (node.type === 'array') return node.children.map(jsonValue);
  if (node.type !== 'object') return node.value;
  return Object.fromEntries(node.children.map((child) => [child.key ?? '', jsonValue(child)]));
}

class Scanner {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  value(key: string | null, keyStart: number | null, depth: number): JsonNode {
    this.#skipSpace();
    if (depth > MAX_DEPTH) throw new JsonError(`values nest deeper than ${MAX_DEPTH}`, this.#at);
    const valueStart = this.#at;
    const start = keyStart ?? valueStart;
    const first = this.#bytes[this.#at];
    if (first === 0x7b) {
      const children = this.#members(depth);
      return { key, type: 'object', value: null, start, valueStart, end: this.#at, children };
    }
    if (first === 0x5b) {
      const children = this.#elements(depth);
      return { key, type: 'array', value: null, start, valueStart, end: this.#at, children };
    }
    const value = first === 0x22 ? this.#string() : this.#word();
    const type = value === null ? 'null' : (typeof value as 'string' | 'number' | 'boolean');
    return { key, type, value, start, valueStart, end: this.#at, children: [] };
  }

  finish(): void {
    this.#skipSpace();
    if (this.#at < this.#bytes.length) throw new JsonError('something stands after the value', this.#at);
  }

  #members(depth: number): JsonNode[] {
    const members: JsonNode[] = [];
    this.#at++;
    if (this.#ends(0x7d)) return members;
    do {
      this.#skipSpace();
      const keyStart = this.#at;
      if (this.#bytes[keyStart] !== 0x22) throw new JsonError('expected a key', keyStart);
      const key = this.#string();
      this.#expect(0x3a, ':');
      members.push(this.value(key, keyStart, depth + 1));
    } while (this.#continues(0x7d, '}'));
    return members;
  }

  #elements(depth: number): JsonNode[] {
    const elements: JsonNode[] = [];
    this.#at++;
    if (this.#ends(0x5d)) return elements;
    do elements.push(this.value(null, null, depth + 1));
    while (this.#continues(0x5d, ']'));
    return elements;
  }

  #ends(close: number): boolean {
    this.#skipSpace();
    if (this.#bytes[this.#at] !== close) return false;
    this.#at++;
    return true;
  }

  #continues(close: number, name: string): boolean {
    if (this.#ends(close)) return false;
    if (this.#bytes[this.#at] !== 0x2c) throw new JsonError(`expected "," or "${name}"`, this.#at);
    this.#at++;
    return true;
  }

  #expect(octet: number, name: string): void {
    this.#skipSpace();
    if (this.#bytes[this.#at] !== octet) throw new JsonError(`expected "${name}"`, this.#at);
    this.#at++;
  }

  #string(): string {
    const start = this.#at++;
    while (this.#at < this.#bytes.length && this.#bytes[this.#at] !== 0x22) {
      this.#at += this.#bytes[this.#at] === 0x5c ? 2 : 1;
    }
    this.#at++;
    return this.#parse(start) as string;
  }

  #word(): number | boolean | null {
    const start = this.#at;
    while (this.#at < this.#bytes.length && !isDelimiter(this.#bytes[this.#at]!)) this.#at++;
    const value: unknown = this.#parse(start);
    if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
    throw new JsonError('no value', start);
  }

  #parse(start: number): unknown {
    if (this.#at > this.#bytes.length || this.#at === start)
      throw new JsonError('the value is cut off', start);
    try {
      return JSON.parse(utf8Decode(this.#bytes.subarray(start, this.#at)));
    } catch {
      throw new JsonError('no value', start);
    }
  }

  #skipSpace(): void {
    while (isSpace(this.#bytes[this.#at])) this.#at++;
  }
}

function isSpace(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x0a || octet === 0x0d || octet === 0x09;
}

function isDelimiter(octet: number): boolean {
  return isSpace(octet) || octet === 0x2c || octet === 0x5d || octet === 0x7d || octet === 0x3a;
}
