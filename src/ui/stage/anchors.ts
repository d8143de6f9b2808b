import { actorOf } from '../../projection/actor.ts';
import {
  bowedCurve,
  centreOf,
  pointAt,
  rimTowards,
  uprightCurve,
  type Circle,
  type Curve,
  type Point,
  type Rect,
} from './geometry.ts';
import type { PodSize, StageLayout } from './layout.ts';
import { signShares } from './link-words.ts';

type Placed =
  { readonly kind: 'card'; readonly rect: Rect } | { readonly kind: 'pod'; readonly circle: Circle };

/** The line a message takes from one actor to another; null where one of them is not on the stage. */
export function messageCurve(layout: StageLayout, from: string, to: string): Curve | null {
  const source = placed(layout, from);
  const target = placed(layout, to);
  if (source === null || target === null) return null;
  if (source.kind === 'pod' && target.kind === 'pod') {
    return source.circle === target.circle
      ? withinPod(source.circle, from, to)
      : bowedCurve(source.circle, target.circle, bowOf(source.circle, target.circle, layout));
  }
  if (source.kind === 'card' && target.kind === 'card') return betweenCards(source.rect, target.rect);
  if (source.kind === 'card' && target.kind === 'pod') return toPod(source.rect, target.circle, layout);
  if (source.kind === 'pod' && target.kind === 'card') {
    return reversed(toPod(target.rect, source.circle, layout));
  }
  return null;
}

/** The line of a connection between two pods. */
export function connectionCurve(layout: StageLayout, from: string, to: string): Curve | null {
  const source = layout.pods.get(from);
  if (source === undefined) return null;
  const target = layout.pods.get(to);
  return target === undefined ? stub(source) : bowedCurve(source, target, bowOf(source, target, layout));
}

function placed(layout: StageLayout, systemId: string): Placed | null {
  const { role, pod, node } = actorOf(systemId);
  if (role === 'istiod') {
    const rect = layout.istiods.get(systemId) ?? layout.istiods.values().next().value;
    return rect === undefined ? null : { kind: 'card', rect };
  }
  if (role === 'api-server') return { kind: 'card', rect: layout.apiServer };
  if (node !== null) {
    const rect = layout.nodes.get(node);
    return rect === undefined ? null : { kind: 'card', rect };
  }
  const circle = layout.pods.get(pod ?? systemId);
  return circle === undefined ? null : { kind: 'pod', circle };
}

/**
 * Upright from a card's lower edge to the top of the pod, or level from its side where the cards stand beside the nodes;
 * links of pods side by side leave the card side by side.
 */
function toPod(card: Rect, pod: Circle, layout: StageLayout): Curve {
  if (layout.beside) {
    const share = 0.2 + 0.6 * (pod.y / Math.max(1, layout.height));
    const start = { x: card.x + card.width, y: card.y + card.height * share };
    const end = { x: pod.x - pod.r - 8, y: pod.y };
    const middle = (start.x + end.x) / 2;
    return [start, { x: middle, y: start.y }, { x: middle, y: end.y }, end];
  }
  const share = 0.16 + 0.68 * (pod.x / Math.max(1, layout.width));
  const start = { x: card.x + card.width * share, y: card.y + card.height };
  const end = { x: pod.x, y: pod.y - pod.r - 8 };
  return uprightCurve(start, end);
}

function betweenCards(from: Rect, to: Rect): Curve {
  const above = from.y + from.height <= to.y;
  const below = to.y + to.height <= from.y;
  if (above || below) {
    const upper = above ? from : to;
    const lower = above ? to : from;
    const curve = uprightCurve(
      { x: centreOf(upper).x, y: upper.y + upper.height },
      { x: centreOf(lower).x, y: lower.y },
    );
    return above ? curve : reversed(curve);
  }
  // Side by side: below the cards, where the words cover neither.
  const leftToRight = from.x < to.x;
  const inset = Math.min(46, from.width / 4);
  const start = { x: leftToRight ? from.x + from.width - inset : from.x + inset, y: from.y + from.height };
  const end = { x: leftToRight ? to.x + inset : to.x + to.width - inset, y: to.y + to.height };
  const depth = Math.max(start.y, end.y) + Math.min(52, from.height * 0.5);
  return [start, { x: start.x, y: depth }, { x: end.x, y: depth }, end];
}

/** Within a pod the way bulges out over the rim, so that what travels hides neither sender nor receiver. */
function withinPod({ x, y, r }: Circle, from: string, to: string): Curve {
  const unit = r / 92;
  const seat = (systemId: string): Point => {
    const { role } = actorOf(systemId);
    if (role === 'agent') return { x: x + 52 * unit, y: y + 52 * unit };
    if (role === 'envoy') return { x: x + 63 * unit, y: y + 6 * unit };
    return { x: x - 35 * unit, y: y - 18 * unit };
  };
  const side = (systemId: string): Point =>
    actorOf(systemId).role === 'agent'
      ? { x: x + 1.42 * r, y: y + 0.66 * r }
      : { x: x + 1.42 * r, y: y + 0.04 * r };
  return [seat(from), side(from), side(to), seat(to)];
}

function stub(pod: Circle): Curve {
  const end = { x: pod.x + pod.r * 1.5, y: pod.y - pod.r * 1.25 };
  const start = rimTowards(pod, end, 6);
  return [start, start, end, end];
}

/**
 * How far a line between two pods bows to its left: over the heads of neighbours, and the way that leads through the
 * fewest other pods and puts its sign on the fewest captions.
 */
function bowOf(from: Circle, to: Circle, layout: StageLayout): number {
  const { pods } = layout;
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const usual = Math.min(distance * 0.22, 90) + (distance < 3.4 * from.r ? from.r * 0.7 : 0);
  // Up for either direction; the way back is a little flatter, so that both are seen.
  const up = to.x >= from.x ? 1 : -0.78;
  const over = (from.r + 20) / 0.62;
  // In a crowd every way leads through somebody.
  if (pods.size > 100) return usual * up;
  const all = [...pods.values()];
  const others = all.filter((pod) => pod !== from && pod !== to);
  const captions = all.map((pod) => captionOf(pod, layout.size));
  let best = { bow: usual * up, cost: Infinity };
  for (const bow of [
    usual * up,
    over * up,
    usual * -up,
    8 * up,
    over * -up,
    over * 1.5 * up,
    over * 1.5 * -up,
  ]) {
    const curve = bowedCurve(from, to, bow);
    const through = others.reduce((sum, pod) => sum + pointsInside(curve, pod), 0);
    const hidden = captions.reduce((sum, caption) => sum + signsOn(curve, caption), 0);
    const cost = through + 0.6 * hidden + (isWithin(curve, layout) ? 0 : 2);
    if (cost < best.cost) best = { bow, cost };
    if (cost === 0) break;
  }
  return best.bow;
}

function pointsInside(curve: Curve, { x, y, r }: Circle): number {
  return [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].filter((share) => {
    const point = pointAt(curve, share);
    return Math.hypot(point.x - x, point.y - y) < r + 4;
  }).length;
}

/** Where a pod's name and what stands under it are written. */
export function captionOf({ x, y, r }: Circle, { cellWidth, cellHeight }: PodSize): Rect {
  const height = Math.max(0, cellHeight - 2 * r - 20);
  return { x: x - cellWidth * 0.42, y: y + r + 4, width: cellWidth * 0.84, height };
}

const signRadius = 11;

/** How many of the places where a line may wear its sign would hide some of a caption. */
function signsOn(curve: Curve, { x, y, width, height }: Rect): number {
  return signShares.filter((share) => {
    const sign = pointAt(curve, share);
    const across = Math.max(x - sign.x, 0, sign.x - x - width);
    const down = Math.max(y - sign.y, 0, sign.y - y - height);
    return Math.hypot(across, down) < signRadius;
  }).length;
}

function isWithin(curve: Curve, { width, height }: StageLayout): boolean {
  const { x, y } = pointAt(curve, 0.5);
  return x > signRadius && x < width - signRadius && y > signRadius && y < height - signRadius;
}

function reversed([a, b, c, d]: Curve): Curve {
  return [d, c, b, a];
}
