import type { Problem } from '../problem.ts';
import { parseReference } from '../reference.ts';
import type { Inline } from './ast.ts';
import { parseExternal } from './external.ts';

/** A problem and where in the text it is. */
export interface MarkdownProblem extends Problem {
  readonly offset: number;
}

/** Deeper nesting is left as it stands, so that whoever walks the tree needs no deep stack. */
const maxDepth = 8;

/** Something opened and not yet closed: its marker is shown as text if it never is. */
interface Frame {
  readonly kind: 'root' | 'strong' | 'emphasis' | 'link';
  readonly marker: string;
  children: Inline[];
}

/**
 * Parses running text in one pass. CommonMark decides whether `**` opens or closes by the punctuation around it, and so
 * leaves the second marker of ``**`order`**의`` as text, since a Korean particle follows punctuation without a space. Here
 * only white space decides: a marker opens when none follows it and closes when none precedes it.
 */
export function parseInline(text: string, problems: MarkdownProblem[]): readonly Inline[] {
  return new InlineParser(text, problems).parse();
}

class InlineParser {
  readonly #text: string;
  readonly #problems: MarkdownProblem[];
  readonly #stack: Frame[] = [{ kind: 'root', marker: '', children: [] }];
  #at = 0;

  constructor(text: string, problems: MarkdownProblem[]) {
    this.#text = text;
    this.#problems = problems;
  }

  parse(): readonly Inline[] {
    while (this.#at < this.#text.length) this.#step();
    this.#unwindTo(0);
    return this.#top().children;
  }

  #step(): void {
    switch (this.#text[this.#at]) {
      case '\\':
        return this.#escape();
      case '`':
        return this.#code();
      case '*':
        return this.#stars();
      case '[':
        return this.#openLink();
      case ']':
        return this.#closeLink();
      default:
        return this.#plain();
    }
  }

  #plain(): void {
    const run = /[^\\`*[\]]+/y;
    run.lastIndex = this.#at;
    this.#write(run.exec(this.#text)?.[0] ?? '');
  }

  #escape(): void {
    const next = this.#text[this.#at + 1];
    if (next !== undefined && /[\\`*[\]()-]/.test(next)) {
      this.#at += 1;
      this.#write(next);
    } else {
      this.#write('\\');
    }
  }

  #code(): void {
    const fence = this.#run('`');
    const close = findFence(this.#text, this.#at + fence.length, fence.length);
    if (close < 0) return this.#write(fence);
    const inside = this.#text.slice(this.#at + fence.length, close);
    this.#top().children.push({
      type: 'code',
      text: /^ .*\S.* $/.test(inside) ? inside.slice(1, -1) : inside,
    });
    this.#at = close + fence.length;
  }

  #stars(): void {
    const run = this.#run('*');
    const before = this.#text[this.#at - 1];
    const after = this.#text[this.#at + run.length];
    this.#at += run.length;
    let left = run.length;
    if (before !== undefined && !/\s/.test(before)) left = this.#closeStars(left);
    if (left > 0 && after !== undefined && !/\s/.test(after)) left = this.#openStars(left);
    if (left > 0) append(this.#top(), '*'.repeat(left));
  }

  /** Closes what a run of stars closes; returns how many stars are left. */
  #closeStars(count: number): number {
    let left = count;
    while (left > 0) {
      const top = this.#top().kind;
      const wanted =
        left >= 3 && (top === 'strong' || top === 'emphasis') ? top : left >= 2 ? 'strong' : 'emphasis';
      const found = this.#findOpen(wanted);
      if (found < 0) break;
      this.#unwindTo(found);
      this.#close(wanted);
      left -= wanted === 'strong' ? 2 : 1;
    }
    return left;
  }

  #openStars(count: number): number {
    let left = count;
    while (left > 0 && left <= 3 && this.#stack.length <= maxDepth) {
      const size = left >= 2 ? 2 : 1;
      this.#stack.push({ kind: size === 2 ? 'strong' : 'emphasis', marker: '*'.repeat(size), children: [] });
      left -= size;
    }
    return left;
  }

  #close(kind: 'strong' | 'emphasis'): void {
    const frame = this.#stack.pop();
    if (frame !== undefined) this.#top().children.push({ type: kind, children: frame.children });
  }

  #openLink(): void {
    const inLink = this.#stack.some((frame) => frame.kind === 'link');
    if (inLink || this.#stack.length > maxDepth) return this.#write('[');
    this.#at += 1;
    this.#stack.push({ kind: 'link', marker: '[', children: [] });
  }

  #closeLink(): void {
    const open = this.#stack.findLastIndex((frame) => frame.kind === 'link');
    if (open < 0) return this.#write(']');
    this.#unwindTo(open);
    const target = /\]\(([^()\s]{1,300})\)/y;
    target.lastIndex = this.#at;
    const [whole, href] = target.exec(this.#text) ?? [];
    const children = this.#top().children;
    if (whole === undefined || href === undefined || children.length === 0) {
      this.#unwindTo(open - 1);
      return this.#write(']');
    }
    this.#stack.pop();
    const node = this.#link(href, children);
    if (node === null) this.#top().children.push(...children);
    else this.#top().children.push(node);
    this.#at += whole.length;
  }

  #link(href: string, children: readonly Inline[]): Inline | null {
    const target = href.startsWith('fact:') ? href.slice('fact:'.length) : href;
    if (/^[a-z]+:\/\//.test(target) || target !== href) {
      const external = parseExternal(target);
      if (external.ok) return { type: 'external', href: external.href, children };
      return this.#report(external.problem);
    }
    const parsed = parseReference(target);
    return parsed.ok
      ? { type: 'reference', reference: parsed.reference, children }
      : this.#report(parsed.problem);
  }

  #report(problem: Problem): null {
    this.#problems.push({ ...problem, offset: this.#at });
    return null;
  }

  /** Index of the innermost open frame of a kind, not looking out of a link; -1 where there is none. */
  #findOpen(kind: Frame['kind']): number {
    for (let i = this.#stack.length - 1; i > 0; i--) {
      if (this.#stack[i]?.kind === kind) return i;
      if (this.#stack[i]?.kind === 'link') return -1;
    }
    return -1;
  }

  /** Gives up the frames above an index: their markers become text. */
  #unwindTo(index: number): void {
    while (this.#stack.length - 1 > index) {
      const frame = this.#stack.pop();
      if (frame === undefined) return;
      append(this.#top(), frame.marker);
      for (const child of frame.children) {
        if (child.type === 'text') append(this.#top(), child.text);
        else this.#top().children.push(child);
      }
    }
  }

  #top(): Frame {
    const top = this.#stack.at(-1);
    if (top === undefined) throw new Error('the root frame is never popped');
    return top;
  }

  #run(mark: string): string {
    let end = this.#at;
    while (this.#text[end] === mark) end += 1;
    return this.#text.slice(this.#at, end);
  }

  #write(text: string): void {
    append(this.#top(), text);
    this.#at += text.length;
  }
}

/** Adds text, joining it with text that stands right before. */
function append(frame: Frame, text: string): void {
  if (text === '') return;
  const last = frame.children.at(-1);
  if (last?.type === 'text')
    frame.children[frame.children.length - 1] = { type: 'text', text: last.text + text };
  else frame.children.push({ type: 'text', text });
}

/** Where the next run of exactly so many backticks stands; -1 where there is none. */
function findFence(text: string, from: number, length: number): number {
  const runs = /`+/g;
  runs.lastIndex = from;
  for (let run = runs.exec(text); run !== null; run = runs.exec(text)) {
    if (run[0].length === length) return run.index;
  }
  return -1;
}
