/** Spans of a reader or writer as a tree, with the bytes they name. */
import type { Span } from '../../core/bytes/index.ts';
import type { StructureNode } from './document.ts';

/** A span with the spans inside it. */
export interface SpanNode extends Span {
  readonly children: readonly SpanNode[];
}

/** Spans stand in the order in which they begin, each before what is inside it. */
export function spanTree(spans: readonly Span[]): SpanNode[] {
  const roots: SpanNode[] = [];
  const open: (Span & { children: SpanNode[] })[] = [];
  for (const span of spans) {
    while (open.length > 0 && (open.at(-1)?.depth ?? 0) >= span.depth) open.pop();
    const node = { ...span, children: [] };
    (open.at(-1)?.children ?? roots).push(node);
    open.push(node);
  }
  return roots;
}

/**
 * @param extend what is inside a span that has no spans inside
 */
export function spanStructure(
  node: SpanNode,
  extend: (node: SpanNode) => readonly StructureNode[] = () => [],
): StructureNode {
  const children = node.children.map((child) => spanStructure(child, extend));
  return {
    label: node.label,
    type: node.detail === undefined && children.length > 0 ? '' : sizeType(node),
    value: node.detail ?? null,
    start: node.start,
    contentStart: node.children[0]?.start ?? node.start,
    end: node.end,
    children: children.length > 0 ? children : extend(node),
  };
}

function sizeType({ start, end }: SpanNode): string {
  const octets = end - start;
  return octets <= 4 && octets > 0 ? `uint${octets * 8}` : 'opaque';
}

/** The first span of this name at any depth. */
export function findSpan(nodes: readonly SpanNode[], label: string): SpanNode | null {
  for (const node of nodes) {
    const found = node.label === label ? node : findSpan(node.children, label);
    if (found) return found;
  }
  return null;
}

/** Spans without further spans, in order. */
export function leaves(node: SpanNode): SpanNode[] {
  return node.children.length === 0 ? [node] : node.children.flatMap(leaves);
}
