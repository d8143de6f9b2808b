import { Lexer } from 'yaml';

/**
 * Index of the first line that nests beyond any real manifest, or null. To be asked before parsing: the library
 * recurses once a level, and a stack that overflows while a regular expression is compiled ends the process instead
 * of throwing.
 */
export function tooDeepLine(text: string): number | null {
  for (const [index, line] of text.split('\n').entries()) {
    const lead = /^[ \t]*(?:[-?:][ \t]+)*/.exec(line)?.[0] ?? '';
    if (lead.length > MOST_INDENTED || PROPERTIES_BETWEEN.test(line)) return index;
  }
  const openers = text.match(/[[{]/g)?.length ?? 0;
  return openers > MOST_OPEN ? tooManyOpenLine(text) : null;
}

/** Each block level takes a column at least. */
const MOST_INDENTED = 200;
/** The same run of levels with anchors and tags in between. */
const PROPERTIES_BETWEEN = /^[ \t]*(?:[-?:][ \t]+(?:[&!]\S*[ \t]+)*){100}/;
const MOST_OPEN = 100;

/** Brackets in quotes and comments open nothing, so that only the lexer can count. */
function tooManyOpenLine(text: string): number | null {
  let open = 0;
  let line = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') open++;
    else if (token === ']' || token === '}') open--;
    if (open > MOST_OPEN) return line;
    line += token.length === 1 ? Number(token === '\n') : token.split('\n').length - 1;
  }
  return null;
}
