export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Circle extends Point {
  readonly r: number;
}

/** A cubic Bézier curve: the line of a link, along which messages travel. */
export type Curve = readonly [Point, Point, Point, Point];

export function centreOf({ x, y, width, height }: Rect): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

export function pathOf([from, c1, c2, to]: Curve): string {
  const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
  return `M${at(from)}C${at(c1)} ${at(c2)} ${at(to)}`;
}

/** The point at a share of a curve's parameter, 0 … 1. */
export function pointAt([p0, p1, p2, p3]: Curve, share: number): Point {
  const rest = 1 - share;
  const a = rest ** 3;
  const b = 3 * rest ** 2 * share;
  const c = 3 * rest * share ** 2;
  const d = share ** 3;
  return {
    x: a * p0.x + b * p1.x + c * p2.x + d * p3.x,
    y: a * p0.y + b * p1.y + c * p2.y + d * p3.y,
  };
}

/** The part of a curve before a share of its parameter (de Casteljau). */
export function firstPart([p0, p1, p2, p3]: Curve, share: number): Curve {
  const q0 = between(p0, p1, share);
  const q1 = between(p1, p2, share);
  const q2 = between(p2, p3, share);
  const r0 = between(q0, q1, share);
  const r1 = between(q1, q2, share);
  return [p0, q0, r0, between(r0, r1, share)];
}

export function between(a: Point, b: Point, share: number): Point {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

/** The point of a circle's rim that looks towards another point. */
export function rimTowards(circle: Circle, to: Point, gap = 0): Point {
  const angle = Math.atan2(to.y - circle.y, to.x - circle.x);
  const r = circle.r + gap;
  return { x: circle.x + Math.cos(angle) * r, y: circle.y + Math.sin(angle) * r };
}

/** An S-shaped curve from a point above to a point below, leaving and arriving upright. */
export function uprightCurve(from: Point, to: Point): Curve {
  const middle = (from.y + to.y) / 2;
  return [from, { x: from.x, y: middle }, { x: to.x, y: middle }, to];
}

/** A curve from rim to rim of two circles, bowed to the left of its direction so that both directions are seen. */
export function bowedCurve(from: Circle, to: Circle, bow: number, gap = 6): Curve {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.max(1, Math.hypot(dx, dy));
  const normal = { x: dy / length, y: -dx / length };
  const middle = {
    x: (from.x + to.x) / 2 + normal.x * bow,
    y: (from.y + to.y) / 2 + normal.y * bow,
  };
  const start = rimTowards(from, middle, gap);
  const end = rimTowards(to, middle, gap);
  return [start, between(start, middle, 0.66), between(end, middle, 0.66), end];
}

/** The arc of a ring from one share of the turn to another, clockwise from twelve o'clock. */
export function arcPath(r: number, fromShare: number, toShare: number): string {
  const span = Math.max(0, Math.min(1, toShare - fromShare));
  if (span <= 0) return '';
  if (span >= 0.9999) return `M0 ${-r}A${r} ${r} 0 1 1 0 ${r}A${r} ${r} 0 1 1 0 ${-r}`;
  const start = onRing(r, fromShare);
  const end = onRing(r, fromShare + span);
  return `M${start.x.toFixed(2)} ${start.y.toFixed(2)}A${r} ${r} 0 ${span > 0.5 ? 1 : 0} 1 ${end.x.toFixed(2)} ${end.y.toFixed(2)}`;
}

export function onRing(r: number, share: number): Point {
  const angle = share * 2 * Math.PI - Math.PI / 2;
  return { x: Math.cos(angle) * r, y: Math.sin(angle) * r };
}
