import { hierarchy, tree } from 'd3-hierarchy';
import { linkVertical } from 'd3-shape';
import type { Certification } from '../../projection/trust/view.ts';
import type { TreeBranch, TreeItem, TrustForest } from './tree-items.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface PlacedItem extends Size {
  readonly item: TreeItem;
  readonly x: number;
  readonly y: number;
  readonly depth: number;
}

export interface PlacedEdge {
  readonly key: string;
  readonly path: string;
  readonly from: TreeItem;
  readonly to: TreeItem;
  readonly certification: Certification | null;
  /** One that the forest has no place for, such as a second issuer. */
  readonly further: boolean;
}

export interface TreeLayout extends Size {
  readonly items: readonly PlacedItem[];
  readonly edges: readonly PlacedEdge[];
}

const gap = { beside: 22, between: 46 };
const margin = 12;

/** Stands above all roots and is not drawn. */
interface Ground {
  readonly item: null;
  readonly branches: readonly TreeBranch[];
}

type Datum = TreeBranch | Ground;

/**
 * Places a forest from the roots down.
 *
 * @param sizeOf the card of each item; a row is as high as its highest card
 */
export function layoutTree(forest: TrustForest, sizeOf: (item: TreeItem) => Size): TreeLayout {
  const ground: Ground = { item: null, branches: forest.roots };
  const widthOf = ({ item }: Datum): number => (item === null ? 0 : sizeOf(item).width);
  const placed = tree<Datum>()
    .nodeSize([1, 1])
    .separation((a, b) => (widthOf(a.data) + widthOf(b.data)) / 2 + gap.beside)(
    hierarchy<Datum>(ground, ({ branches }) => branches),
  );
  const nodes = placed
    .descendants()
    .flatMap(({ x, depth, data, parent }): Drawn[] =>
      data.item === null ? [] : [{ x, depth: depth - 1, branch: data, above: parent?.data.item ?? null }],
    );
  if (nodes.length === 0) return { width: 0, height: 0, items: [], edges: [] };
  const tops = rowTops(nodes, sizeOf);
  const left = Math.min(...nodes.map(({ x, branch }) => x - sizeOf(branch.item).width / 2));
  const items = nodes.map(({ x, depth, branch }): PlacedItem => {
    const size = sizeOf(branch.item);
    const at = { x: x - size.width / 2 - left + margin, y: tops[depth] ?? 0 };
    return { ...size, ...at, item: branch.item, depth };
  });
  return {
    width: Math.max(...items.map(({ x, width }) => x + width)) + margin,
    height: Math.max(...items.map(({ y, height }) => y + height)) + margin,
    items,
    edges: [...treeEdges(nodes, items), ...furtherEdges(forest, items)],
  };
}

interface Drawn {
  readonly x: number;
  /** 0 for a root. */
  readonly depth: number;
  readonly branch: TreeBranch;
  readonly above: TreeItem | null;
}

function rowTops(nodes: readonly Drawn[], sizeOf: (item: TreeItem) => Size): readonly number[] {
  const heights: number[] = [];
  for (const { depth, branch } of nodes) {
    heights[depth] = Math.max(heights[depth] ?? 0, sizeOf(branch.item).height);
  }
  let top = margin;
  return heights.map((height) => {
    const here = top;
    top += height + gap.between;
    return here;
  });
}

const link = linkVertical<unknown, readonly [number, number]>();

function treeEdges(nodes: readonly Drawn[], items: readonly PlacedItem[]): PlacedEdge[] {
  const byKey = new Map(items.map((each) => [each.item.key, each]));
  const edges: PlacedEdge[] = [];
  for (const { branch, above } of nodes) {
    const to = byKey.get(branch.item.key);
    const from = above === null ? undefined : byKey.get(above.key);
    if (from === undefined || to === undefined) continue;
    edges.push({
      key: `${from.item.key}>${to.item.key}`,
      path: downward(from, to),
      from: from.item,
      to: to.item,
      certification: branch.certification,
      further: false,
    });
  }
  return edges;
}

function downward(from: PlacedItem, to: PlacedItem): string {
  const source = [from.x + from.width / 2, from.y + from.height] as const;
  const target = [to.x + to.width / 2, to.y] as const;
  return link({ source, target }) ?? '';
}

function furtherEdges({ further }: TrustForest, items: readonly PlacedItem[]): PlacedEdge[] {
  const byName = new Map(items.map((each) => [each.item.key, each]));
  const edges: PlacedEdge[] = [];
  for (const certification of further) {
    const [from, to] = [byName.get(certification.from), byName.get(certification.to)];
    if (from === undefined || to === undefined) continue;
    const path = to.depth > from.depth ? aside(from, to) : level(from, to);
    edges.push({
      key: `${certification.from}>${certification.to}`,
      path,
      from: from.item,
      to: to.item,
      certification,
      further: true,
    });
  }
  return edges;
}

/** Off the middle of both cards, so that it is told apart from the edge that the tree stands on. */
function aside(from: PlacedItem, to: PlacedItem): string {
  const side = from.x + from.width / 2 < to.x + to.width / 2 ? 1 : -1;
  const source = [from.x + from.width / 2 + side * from.width * 0.3, from.y + from.height] as const;
  const target = [to.x + to.width / 2 - side * to.width * 0.3, to.y] as const;
  return link({ source, target }) ?? '';
}

/** Between CAs of one row, or upwards: below the cards, from one to the other. */
function level(from: PlacedItem, to: PlacedItem): string {
  const rightwards = from.x < to.x;
  const start = { x: from.x + from.width * (rightwards ? 0.75 : 0.25), y: from.y + from.height };
  const end = { x: to.x + to.width * (rightwards ? 0.25 : 0.75), y: to.y + to.height };
  // Two that have certified each other have two ways, one below the other.
  const depth = Math.max(start.y, end.y) + (rightwards ? 22 : 36);
  const point = ({ x, y }: { readonly x: number; readonly y: number }): string =>
    `${x.toFixed(1)},${y.toFixed(1)}`;
  return `M${point(start)}C${point({ x: start.x, y: depth })} ${point({ x: end.x, y: depth })} ${point(end)}`;
}
