/** DER, protobuf and JSON outlines as one kind of tree, with the ranges of the document they stand in. */
import type { DerNode, ProtoNode } from '../../core/bytes/index.ts';
import type { StructureNode } from './document.ts';
import type { JsonNode } from './json-outline.ts';
import type { Place } from './place.ts';

/** What a standard calls the elements of a DER tree. */
export type DerNames = ReadonlyMap<DerNode, string>;

export function derStructure(node: DerNode, names: DerNames, place: Place): StructureNode {
  const { start, end } = place(node.start, node.end);
  return {
    label: names.get(node) ?? node.oidName ?? node.name,
    type: node.name,
    value: node.text ?? null,
    start,
    contentStart: place(node.contentStart, Math.max(node.contentStart, node.end)).start,
    end,
    children: node.children.map((child) => derStructure(child, names, place)),
  };
}

/**
 * @param open the parts inside a scalar, such as the certificate in a PEM text
 */
export function protoStructure(
  node: ProtoNode,
  place: Place,
  open: (node: ProtoNode) => readonly StructureNode[] = () => [],
): StructureNode {
  const { start, end } = place(node.start, node.end);
  const children = node.children.map((child) => protoStructure(child, place, open));
  const contentStart = place(node.contentStart, node.end).start;
  const inside = children.length > 0 ? children : open(node);
  return { label: node.name, type: node.type, value: node.text, start, contentStart, end, children: inside };
}

export function jsonStructure(node: JsonNode, place: Place, label = node.key ?? node.type): StructureNode {
  const { start, end } = place(node.start, node.end);
  const scalar = node.type !== 'object' && node.type !== 'array';
  return {
    label,
    type: node.type,
    value: scalar ? String(node.value) : null,
    start,
    contentStart: place(node.valueStart, node.end).start,
    end,
    children: node.children.map((child, index) => jsonStructure(child, place, child.key ?? `[${index}]`)),
  };
}

/** The nodes from the outermost to the innermost that hold the byte at `offset`. */
export function structurePath(roots: readonly StructureNode[], offset: number): StructureNode[] {
  const path: StructureNode[] = [];
  let level = roots;
  for (;;) {
    const holder = level.find((node) => node.start <= offset && offset < node.end);
    if (!holder) return path;
    path.push(holder);
    level = holder.children;
  }
}
