import { equalBytes } from '../../core/bytes/index.ts';
import type { Field, InspectedDocument, Range, StructureNode } from './document.ts';

/** One line of a comparison: the same field of both documents. */
export interface ComparedRow {
  readonly id: Field['id'];
  readonly label: string;
  readonly state: 'equal' | 'different' | 'only-a' | 'only-b';
  readonly a: Field | null;
  readonly b: Field | null;
}

export interface Comparison {
  readonly rows: readonly ComparedRow[];
  /** Parts of `a` that differ from their counterpart in `b`, in order; whole parts where one has no counterpart. */
  readonly rangesA: readonly Range[];
  readonly rangesB: readonly Range[];
}

/** Two documents side by side: fields by their id (the n-th with the n-th), bytes by their structure. */
export function compareDocuments(a: InspectedDocument, b: InspectedDocument): Comparison {
  const rangesA: Range[] = [];
  const rangesB: Range[] = [];
  compareNodes(
    { document: a, nodes: a.structure, ranges: rangesA },
    { document: b, nodes: b.structure, ranges: rangesB },
  );
  return { rows: compareFields(a.fields, b.fields), rangesA, rangesB };
}

function compareFields(a: readonly Field[], b: readonly Field[]): ComparedRow[] {
  const left = keyed(a);
  const right = keyed(b);
  const rows = [...left].map(([key, one]) => row(one, right.get(key) ?? null));
  return [...rows, ...[...right].filter(([key]) => !left.has(key)).map(([, other]) => row(null, other))];
}

function row(a: Field | null, b: Field | null): ComparedRow {
  const { id, label } = (a ?? b)!;
  const state = a === null ? 'only-b' : b === null ? 'only-a' : a.value === b.value ? 'equal' : 'different';
  return { id, label, state, a, b };
}

/** By label (and, for fields, group and id) and how many of the same came before. */
function keyed<T extends Pick<Field, 'label'> & Partial<Pick<Field, 'group' | 'id'>>>(
  items: readonly T[],
): Map<string, T> {
  const counts = new Map<string, number>();
  const map = new Map<string, T>();
  for (const item of items) {
    const name = `${item.group ?? ''}/${item.id ?? ''}/${item.label}`;
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    map.set(`${name}/${count}`, item);
  }
  return map;
}

interface Side {
  readonly document: InspectedDocument;
  readonly nodes: readonly StructureNode[];
  readonly ranges: Range[];
}

/** Goes down as long as both sides have the same parts, by name, and marks what differs where they do not. */
function compareNodes(a: Side, b: Side): void {
  const [left, right] = [keyed(a.nodes), keyed(b.nodes)];
  for (const [key, one] of left) {
    const other = right.get(key);
    if (other && equalBytes(bytesOf(a, one), bytesOf(b, other))) continue;
    if (other && sameParts(one, other)) {
      compareNodes({ ...a, nodes: one.children }, { ...b, nodes: other.children });
      continue;
    }
    a.ranges.push({ start: one.start, end: one.end });
    if (other) b.ranges.push({ start: other.start, end: other.end });
  }
  for (const [key, other] of right) if (!left.has(key)) b.ranges.push({ start: other.start, end: other.end });
}

function sameParts(a: StructureNode, b: StructureNode): boolean {
  return a.children.length > 0 && b.children.length > 0 && a.type === b.type;
}

function bytesOf({ document }: Side, { start, end }: StructureNode): Uint8Array {
  return document.bytes.subarray(start, end);
}
