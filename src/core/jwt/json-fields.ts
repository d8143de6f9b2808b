/** A member of a JSON object and where it stands in the text, from its key to the end of its value. */
export interface JsonField {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly valueText: string;
}

/**
 * The members of the outermost object of a JSON text.
 *
 * @param text - valid JSON, an object
 */
export function jsonFields(text: string): JsonField[] {
  const fields: JsonField[] = [];
  let at = skipSpace(text, text.indexOf('{') + 1);
  while (text[at] === '"') {
    const keyEnd = endOfString(text, at);
    const valueStart = skipSpace(text, text.indexOf(':', keyEnd) + 1);
    const end = endOfValue(text, valueStart);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    fields.push({ key, start: at, end, valueText: text.slice(valueStart, end) });
    const next = skipSpace(text, end);
    if (text[next] !== ',') break;
    at = skipSpace(text, next + 1);
  }
  return fields;
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && /\s/.test(text.charAt(at))) at++;
  return at;
}

function endOfString(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end + 1;
}

function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"') {
      at = endOfString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (depth === 0 && /[,}\]\s]/.test(character)) return at;
    if (/[[{]/.test(character)) depth++;
    if (/[\]}]/.test(character) && --depth === 0) return at + 1;
    at++;
  }
  return at;
}
