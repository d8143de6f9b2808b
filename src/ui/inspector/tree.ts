import type { Range, StructureNode } from '../../projection/inspect/index.ts';

/** A line of a tree as it is drawn. */
export interface TreeLine {
  /** Where it stands: `0.2.1`. Stable as long as the document is. */
  readonly key: string;
  readonly node: StructureNode;
  /** From 1. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  readonly isOpen: boolean;
}

/** The lines of a forest that are in sight when the nodes named in `open` are unfolded. */
export function visibleLines(roots: readonly StructureNode[], open: ReadonlySet<string>): TreeLine[] {
  const lines: TreeLine[] = [];
  addLines(roots, '', 1, open, lines);
  return lines;
}

function addLines(
  nodes: readonly StructureNode[],
  parent: string,
  level: number,
  open: ReadonlySet<string>,
  lines: TreeLine[],
): void {
  for (const [index, node] of nodes.entries()) {
    const key = parent === '' ? String(index) : `${parent}.${index}`;
    const isOpen = node.children.length > 0 && open.has(key);
    lines.push({ key, node, level, position: index + 1, siblings: nodes.length, isOpen });
    if (isOpen) addLines(node.children, key, level + 1, open, lines);
  }
}

const fewLines = 26;

/** What is unfolded to begin with: level by level, as long as the tree stays short enough to be taken in. */
export function firstOpen(roots: readonly StructureNode[]): ReadonlySet<string> {
  let open: ReadonlySet<string> = new Set();
  for (;;) {
    const next = visibleLines(roots, open).filter(({ node, isOpen }) => node.children.length > 0 && !isOpen);
    if (next.length === 0) return open;
    const more = new Set([...open, ...next.map(({ key }) => key)]);
    if (open.size > 0 && visibleLines(roots, more).length > fewLines) return open;
    open = more;
  }
}

/** Keys of the nodes from the outermost to the innermost that hold a range. */
export function keysAround(roots: readonly StructureNode[], { start, end }: Range): string[] {
  const keys: string[] = [];
  let level = roots;
  let parent = '';
  for (;;) {
    const index = level.findIndex((node) => node.start <= start && end <= node.end && node.end > node.start);
    const node = level[index];
    if (!node) return keys;
    parent = parent === '' ? String(index) : `${parent}.${index}`;
    keys.push(parent);
    level = node.children;
  }
}

/** `0.2` for `0.2.1`; null at the top. */
export function parentKey(key: string): string | null {
  const dot = key.lastIndexOf('.');
  return dot < 0 ? null : key.slice(0, dot);
}
