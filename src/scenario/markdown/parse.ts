import type { Block, Inline } from './ast.ts';
import { parseInline, type MarkdownProblem } from './inline.ts';

export interface MarkdownResult {
  readonly blocks: readonly Block[];
  readonly problems: readonly MarkdownProblem[];
}

/**
 * Parses the Markdown subset of lessons: paragraphs, `- ` lists, **strong**, *emphasis*, `code` and links to things on
 * stage or to allowed sites. Everything else, HTML above all, is text. Never fails: a link that leads nowhere is
 * reported and its text kept.
 */
export function parseMarkdown(source: string): MarkdownResult {
  const problems: MarkdownProblem[] = [];
  const blocks: Block[] = [];
  for (const chunk of chunksOf(source)) {
    const children = parseChunk(chunk, problems);
    if (chunk.type === 'paragraph') blocks.push({ type: 'paragraph', children });
    else addItem(blocks, children);
  }
  return { blocks, problems };
}

/** Lines that belong together, joined by a space; `starts` says where each line was in the source. */
interface Chunk {
  readonly type: 'paragraph' | 'item';
  text: string;
  readonly starts: { readonly at: number; readonly offset: number }[];
}

function parseChunk(chunk: Chunk, problems: MarkdownProblem[]): readonly Inline[] {
  const found: MarkdownProblem[] = [];
  const children = parseInline(chunk.text, found);
  for (const problem of found) {
    const start = chunk.starts.findLast(({ at }) => at <= problem.offset) ?? { at: 0, offset: 0 };
    problems.push({ ...problem, offset: start.offset + problem.offset - start.at });
  }
  return children;
}

function chunksOf(source: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let open: Chunk | null = null;
  let lineStart = 0;
  for (const line of source.split('\n')) {
    const marker = /^\s*- +|^\s*/.exec(line)?.[0] ?? '';
    const text = line.slice(marker.length).trimEnd();
    const offset = lineStart + marker.length;
    if (marker.includes('-')) chunks.push((open = newChunk('item', text, offset)));
    else if (text === '') open = null;
    else if (open === null) chunks.push((open = newChunk('paragraph', text, offset)));
    else addLine(open, text, offset);
    lineStart += line.length + 1;
  }
  return chunks;
}

function newChunk(type: Chunk['type'], text: string, offset: number): Chunk {
  return { type, text, starts: [{ at: 0, offset }] };
}

function addLine(chunk: Chunk, text: string, offset: number): void {
  chunk.starts.push({ at: chunk.text.length + 1, offset });
  chunk.text += ` ${text}`;
}

function addItem(blocks: Block[], item: readonly Inline[]): void {
  const last = blocks.at(-1);
  if (last?.type === 'list') blocks[blocks.length - 1] = { type: 'list', items: [...last.items, item] };
  else blocks.push({ type: 'list', items: [item] });
}
