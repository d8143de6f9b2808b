import type { Findings, SourcePosition } from './input.ts';
import { describe, type Located, type LocatedMap } from './located.ts';
import { didYouMean } from './suggest.ts';

/**
 * Reads the fields of one mapping with their types, as the API server decodes them: `null` counts as absent, a wrong
 * type is an error at its place and reads as absent.
 */
export class Fields {
  readonly map: LocatedMap;
  /** Dotted path for messages, for example `spec.template`. Empty at the top. */
  readonly path: string;
  /** What the messages begin with, for example `Deployment shop/order`. */
  readonly subject: string;
  readonly findings: Findings;

  constructor(map: LocatedMap, path: string, subject: string, findings: Findings) {
    this.map = map;
    this.path = path;
    this.subject = subject;
    this.findings = findings;
  }

  get at(): SourcePosition {
    return this.map.at;
  }

  get keys(): Iterable<string> {
    return this.map.entries.keys();
  }

  /** Path of one of its fields. */
  pathOf(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  /** Where a field's value stands; the mapping itself where the field is absent. */
  atOf(key: string): SourcePosition {
    return this.map.entries.get(key)?.value.at ?? this.map.at;
  }

  /** Where a field's key stands; the mapping itself where the field is absent. */
  atKey(key: string): SourcePosition {
    return this.map.entries.get(key)?.keyAt ?? this.map.at;
  }

  /** The value of a field; undefined where it is absent or null. */
  value(key: string): Located | undefined {
    const value = this.map.entries.get(key)?.value;
    return value === undefined || (value.type === 'scalar' && value.value === null) ? undefined : value;
  }

  has(key: string): boolean {
    return this.value(key) !== undefined;
  }

  string(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (value.type === 'scalar' && typeof value.value === 'string') return value.value;
    return this.#mismatch(value, this.pathOf(key), 'a string');
  }

  boolean(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (value.type === 'scalar' && typeof value.value === 'boolean') return value.value;
    return this.#mismatch(value, this.pathOf(key), 'true or false');
  }

  integer(key: string): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (value.type === 'scalar' && typeof value.value === 'number' && Number.isInteger(value.value))
      return value.value;
    return this.#mismatch(value, this.pathOf(key), 'an integer');
  }

  /** A port: a number or a name. */
  integerOrString(key: string): number | string | undefined {
    const value = this.value(key);
    return value?.type === 'scalar' && typeof value.value === 'string' ? value.value : this.integer(key);
  }

  /** One of a few words. */
  word<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const text = this.string(key);
    if (text === undefined) return undefined;
    const word = words.find((each) => each === text);
    if (word === undefined) {
      const supported = words.map((each) => JSON.stringify(each)).join(', ');
      this.error(
        key,
        'field.value',
        `${this.pathOf(key)}: Unsupported value: "${text}": supported values: ${supported}`,
        {
          value: text,
          hint: didYouMean(text, words) ?? null,
        },
      );
    }
    return word;
  }

  /** A mapping below this one. */
  fields(key: string): Fields | undefined {
    const value = this.value(key);
    return value === undefined ? undefined : this.asFields(value, this.pathOf(key));
  }

  /** A value as a mapping; an error where it is something else. */
  asFields(value: Located, path: string): Fields | undefined {
    if (value.type === 'map') return new Fields(value, path, this.subject, this.findings);
    return this.#mismatch(value, path, 'a mapping');
  }

  /** The items of a list; undefined where the field is absent. */
  list(key: string): readonly Located[] | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    return value.type === 'list' ? value.items : this.#mismatch(value, this.pathOf(key), 'a list');
  }

  /** The items of a list of mappings; undefined where the field is absent. */
  fieldsList(key: string): Fields[] | undefined {
    return this.list(key)?.flatMap(
      (item, index) => this.asFields(item, `${this.pathOf(key)}[${index}]`) ?? [],
    );
  }

  /** A list of strings with their places; undefined where the field is absent. */
  strings(key: string): { readonly text: string; readonly at: SourcePosition }[] | undefined {
    return this.list(key)?.flatMap((item, index) => {
      if (item.type === 'scalar' && typeof item.value === 'string')
        return [{ text: item.value, at: item.at }];
      this.#mismatch(item, `${this.pathOf(key)}[${index}]`, 'a string');
      return [];
    });
  }

  /** A mapping of strings, such as labels; empty where the field is absent. */
  stringMap(key: string): Record<string, string> {
    const entries: [string, string][] = [];
    const fields = this.fields(key);
    for (const name of fields?.keys ?? []) {
      const value = fields?.string(name);
      if (value !== undefined) entries.push([name, value]);
    }
    return Object.fromEntries(entries);
  }

  /** Reports an error at a field, in the name of the resource. */
  error(
    key: string,
    rule: string,
    message: string,
    more: { value?: string; hint?: string | null } = {},
  ): undefined {
    this.findings.error(this.atOf(key), rule, this.named(message), more);
    return undefined;
  }

  /** Reports that a required field is missing. */
  required(key: string, hint?: string): undefined {
    this.findings.error(this.at, 'field.required', this.named(`${this.pathOf(key)}: Required value`), {
      hint: hint ?? null,
    });
    return undefined;
  }

  notice(key: string, code: string, message: string, hint?: string) {
    this.findings.notice(this.atKey(key), code, this.named(message), hint);
  }

  /** A message that begins with the resource it is about. */
  named(message: string): string {
    return this.subject === '' ? message : `${this.subject}: ${message}`;
  }

  /** An error for every field that does not exist, as the API server's strict decoding reports it. */
  closed(known: readonly string[]) {
    for (const key of this.keys) if (!known.includes(key)) this.#unknown(key, known);
  }

  /** As {@link closed}, but only for names that are a slip away from a known one: the list may be incomplete. */
  nearly(known: readonly string[]) {
    for (const key of this.keys) {
      if (!known.includes(key) && didYouMean(key, known) !== undefined) this.#unknown(key, known);
    }
  }

  #unknown(key: string, known: readonly string[]) {
    this.findings.error(this.atKey(key), 'field.unknown', this.named(`unknown field "${this.pathOf(key)}"`), {
      value: key,
      hint: didYouMean(key, known) ?? null,
    });
  }

  #mismatch(value: Located, path: string, wanted: string): undefined {
    const source = value.type === 'scalar' ? { value: value.source } : {};
    const quotes =
      wanted === 'a string' && value.type === 'scalar'
        ? { hint: `write it in quotes: "${value.source}"` }
        : {};
    const message = this.named(`${path} must be ${wanted}, found ${describe(value)}`);
    this.findings.error(value.at, 'field.type', message, { ...source, ...quotes });
    return undefined;
  }
}
