import type { Circle, Rect } from './geometry.ts';
import type { PodSize } from './layout.ts';
import { podSizes, ring } from './pod-sizes.ts';

export interface NodeContent {
  readonly name: string;
  readonly pods: readonly string[];
}

interface Arrangement {
  readonly size: PodSize;
  readonly boxes: ReadonlyMap<string, Rect>;
  readonly pods: ReadonlyMap<string, Circle>;
}

const boxPadding = { side: 10, top: 12, label: 34 };
const boxGap = 20;
/** An empty node is at least as wide as its name. */
const nameWidth = 66;

/**
 * The largest pods with which all nodes fit an area, and where they then stand; null where none fits.
 *
 * @param roomy whether to try the sizes that name every pod first; on a zoomed-out sheet only the small are tried
 */
export function arrangeNodes(area: Rect, nodes: readonly NodeContent[], roomy: boolean): Arrangement | null {
  if (nodes.length === 0) return { size: podSizes[0] ?? ring(9), boxes: new Map(), pods: new Map() };
  const count = nodes.reduce((sum, node) => sum + node.pods.length, 0);
  // Few pods keep their names even on a small sheet: it is zoomed out a little instead.
  const candidates = count <= 12 ? podSizes.filter((size) => size.detail !== 'ring') : podSizes;
  for (const size of roomy ? candidates : candidates.filter(({ detail }) => detail !== 'full')) {
    const rows = columnsThatFit(area, nodes, size);
    if (rows !== null) return place(area, size, rows);
  }
  return null;
}

/** A row of boxes: how wide each is, and the height they all need. */
interface GridRow {
  readonly nodes: readonly NodeContent[];
  readonly widths: readonly number[];
  readonly height: number;
}

function columnsThatFit(area: Rect, nodes: readonly NodeContent[], size: PodSize): readonly GridRow[] | null {
  let best: readonly GridRow[] | null = null;
  for (let columns = nodes.length; columns >= 1; columns -= 1) {
    const rows = gridOf(area, nodes, size, columns);
    if (rows === null || heightOf(rows) > area.height) continue;
    if (best === null || rows.length < best.length) best = rows;
  }
  return best;
}

function heightOf(rows: readonly GridRow[]): number {
  return rows.reduce((sum, row) => sum + row.height, (rows.length - 1) * boxGap);
}

function gridOf(
  area: Rect,
  nodes: readonly NodeContent[],
  size: PodSize,
  columns: number,
): readonly GridRow[] | null {
  const rows: GridRow[] = [];
  for (let first = 0; first < nodes.length; first += columns) {
    const inRow = nodes.slice(first, first + columns);
    const widths = widthsOf(area.width, inRow);
    let deepest = 0;
    for (const [index, { pods }] of inRow.entries()) {
      const perRow = podsPerRow(widths[index] ?? 0, size);
      if (perRow < 1 && pods.length > 0) return null;
      deepest = Math.max(deepest, pods.length === 0 ? 0 : Math.ceil(pods.length / perRow));
    }
    // A row of empty nodes is but a line of names, unless there is nothing else to show.
    const cells = deepest === 0 && nodes.some((node) => node.pods.length > 0) ? 0.2 : Math.max(1, deepest);
    rows.push({ nodes: inRow, widths, height: cells * size.cellHeight + boxPadding.top + boxPadding.label });
  }
  return rows;
}

/** Nodes with more pods get more of the width, and empty ones little. */
function widthsOf(width: number, nodes: readonly NodeContent[]): number[] {
  const busy = nodes.some((node) => node.pods.length > 0);
  const weights = nodes.map(({ pods }) =>
    busy && pods.length === 0 ? 0.5 : Math.min(2.2, Math.max(1, Math.sqrt(pods.length))),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const room = width - (nodes.length - 1) * boxGap;
  const widths = weights.map((weight) =>
    Math.max(Math.min(nameWidth, room / nodes.length), (room * weight) / sum),
  );
  const excess = widths.reduce((total, each) => total + each, 0) - room;
  const widest = Math.max(...widths);
  return widths.map((each) =>
    each === widest ? each - excess / widths.filter((w) => w === widest).length : each,
  );
}

function podsPerRow(boxWidth: number, size: PodSize): number {
  return Math.floor((boxWidth - 2 * boxPadding.side) / size.cellWidth);
}

function place(area: Rect, size: PodSize, rows: readonly GridRow[]): Arrangement {
  const boxes = new Map<string, Rect>();
  const pods = new Map<string, Circle>();
  const gaps = (rows.length - 1) * boxGap;
  const needed = heightOf(rows) - gaps;
  // Boxes take the room there is, but not so much that a pod looks lost in one.
  const stretch = Math.min((area.height - gaps) / needed, size.detail === 'full' ? 1.5 : 1.35);
  let pitch = Math.max(size.cellWidth, 240);
  let y = area.y + Math.max(0, area.height - needed * stretch - gaps) * 0.3;
  for (const row of rows) {
    let x = area.x;
    row.nodes.forEach((node, column) => {
      const box: Rect = { x, y, width: row.widths[column] ?? 0, height: row.height * stretch };
      boxes.set(node.name, box);
      pitch = Math.min(pitch, placePods(node, box, size, podsPerRow(box.width, size), pods));
      x += box.width + boxGap;
    });
    y += row.height * stretch + boxGap;
  }
  return { size: { ...size, cellWidth: pitch }, boxes, pods };
}

/** Places the pods of one node in its box; returns the room each has from side to side. */
function placePods(
  node: NodeContent,
  box: Rect,
  size: PodSize,
  perRow: number,
  into: Map<string, Circle>,
): number {
  if (node.pods.length === 0) return Infinity;
  const rows = Math.ceil(node.pods.length / perRow);
  const balanced = Math.ceil(node.pods.length / rows);
  const inner = box.height - boxPadding.top - boxPadding.label;
  const rowHeight = Math.min(inner / rows, size.cellHeight * 1.5);
  const top = box.y + boxPadding.top + (inner - rowHeight * rows) / 2;
  const cell = Math.min((box.width - 2 * boxPadding.side) / balanced, size.cellWidth * 1.6);
  node.pods.forEach((pod, index) => {
    const row = Math.floor(index / balanced);
    const inThisRow = Math.min(balanced, node.pods.length - row * balanced);
    const left = box.x + box.width / 2 - (inThisRow * cell) / 2;
    // The text hangs below the ring, so the ring sits in the upper part of its cell.
    const text = size.cellHeight - 2 * size.r;
    into.set(pod, {
      x: left + (index - row * balanced + 0.5) * cell,
      y: top + row * rowHeight + (rowHeight - size.cellHeight) / 2 + size.r + (text > 16 ? 10 : text / 2),
      r: size.r,
    });
  });
  return balanced === 1 ? box.width - 2 * boxPadding.side : cell;
}
