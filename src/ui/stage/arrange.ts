import type { Circle, Rect } from './geometry.ts';
import type { PodSize } from './layout.ts';

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

/**
 * The largest pods with which all nodes fit an area, and where they then stand; null where none fits.
 *
 * @param roomy whether to try the sizes that name every pod first; on a zoomed-out sheet only the small are tried
 */
export function arrangeNodes(area: Rect, nodes: readonly NodeContent[], roomy: boolean): Arrangement | null {
  if (nodes.length === 0) return { size: sizes[0] ?? ring(9), boxes: new Map(), pods: new Map() };
  const count = nodes.reduce((sum, node) => sum + node.pods.length, 0);
  // Few pods keep their names even on a small sheet: it is zoomed out a little instead.
  const candidates = count <= 12 ? sizes.filter((size) => size.detail !== 'ring') : sizes;
  for (const size of roomy ? candidates : candidates.filter(({ detail }) => detail !== 'full')) {
    const columns = columnsThatFit(area, nodes, size);
    if (columns !== null) return place(area, nodes, size, columns);
  }
  return null;
}

/** Every size worth trying, largest first. */
const sizes: readonly PodSize[] = [
  ...range(104, 78, 2).map(full),
  ...range(77, 56, 3).map((r) => medium(r, 2)),
  // To see into a pod is worth more than its second line.
  ...range(60, 54, 2).map((r) => medium(r, 1)),
  ...range(53, 48, 2).map((r) => medium(r, 2)),
  ...range(52, 42, 2).map((r) => medium(r, 1)),
  ...range(45, 22, 2).map((r) => small(r, 1)),
  ...range(30, 16, 2).map((r) => small(r, 0)),
  ...range(15, 11, 1).map(tiny),
  ...range(15, 7, 1).map(ring),
];

function range(from: number, to: number, step: number): number[] {
  const values: number[] = [];
  for (let value = from; value >= to; value -= step) values.push(value);
  return values;
}

function full(r: number): PodSize {
  return { detail: 'full', r, captionLines: 2, cellWidth: 2 * r + 40, cellHeight: 2 * r + 62 };
}

function medium(r: number, captionLines: 1 | 2): PodSize {
  return {
    detail: 'medium',
    r,
    captionLines,
    cellWidth: Math.max(2 * r + 24, 138),
    cellHeight: 2 * r + 58 + captionLines * 15,
  };
}

function small(r: number, captionLines: 0 | 1): PodSize {
  return {
    detail: 'small',
    r,
    captionLines,
    cellWidth: captionLines === 1 ? Math.max(2 * r + 16, 92) : Math.max(2 * r + 12, 70),
    cellHeight: 2 * r + 34 + captionLines * 14,
  };
}

/** As small as a name of one word still fits below. */
function tiny(r: number): PodSize {
  return { detail: 'small', r, captionLines: 0, cellWidth: 61, cellHeight: 2 * r + 26 };
}

function ring(r: number): PodSize {
  return { detail: 'ring', r, captionLines: 0, cellWidth: 2 * r + 8, cellHeight: 2 * r + 8 };
}

interface Grid {
  readonly columns: number;
  readonly boxWidth: number;
  readonly perRow: number;
  /** Height each row of boxes needs. */
  readonly heights: readonly number[];
}

function columnsThatFit(area: Rect, nodes: readonly NodeContent[], size: PodSize): Grid | null {
  let best: Grid | null = null;
  for (let columns = nodes.length; columns >= 1; columns -= 1) {
    const grid = gridOf(area, nodes, size, columns);
    if (grid === null) continue;
    const needed = grid.heights.reduce((sum, height) => sum + height, (grid.heights.length - 1) * boxGap);
    if (needed <= area.height && (best === null || grid.heights.length < best.heights.length)) best = grid;
  }
  return best;
}

function gridOf(area: Rect, nodes: readonly NodeContent[], size: PodSize, columns: number): Grid | null {
  const boxWidth = (area.width - (columns - 1) * boxGap) / columns;
  const perRow = Math.floor((boxWidth - 2 * boxPadding.side) / size.cellWidth);
  if (perRow < 1) return null;
  const heights: number[] = [];
  for (let first = 0; first < nodes.length; first += columns) {
    const most = Math.max(1, ...nodes.slice(first, first + columns).map((node) => node.pods.length));
    heights.push(Math.ceil(most / perRow) * size.cellHeight + boxPadding.top + boxPadding.label);
  }
  return { columns, boxWidth, perRow, heights };
}

function place(area: Rect, nodes: readonly NodeContent[], size: PodSize, grid: Grid): Arrangement {
  const boxes = new Map<string, Rect>();
  const pods = new Map<string, Circle>();
  const gaps = (grid.heights.length - 1) * boxGap;
  const needed = grid.heights.reduce((sum, height) => sum + height, 0);
  // Boxes take the room there is, but not so much that a pod looks lost in one.
  const stretch = Math.min((area.height - gaps) / needed, size.detail === 'full' ? 1.5 : 1.35);
  let pitch = Math.max(size.cellWidth, 240);
  let y = area.y + Math.max(0, area.height - needed * stretch - gaps) * 0.3;
  grid.heights.forEach((height, row) => {
    const inRow = nodes.slice(row * grid.columns, (row + 1) * grid.columns);
    const left = area.x + (area.width - inRow.length * (grid.boxWidth + boxGap) + boxGap) / 2;
    inRow.forEach((node, column) => {
      const box: Rect = {
        x: left + column * (grid.boxWidth + boxGap),
        y,
        width: grid.boxWidth,
        height: height * stretch,
      };
      boxes.set(node.name, box);
      pitch = Math.min(pitch, placePods(node, box, size, grid.perRow, pods));
    });
    y += height * stretch + boxGap;
  });
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
