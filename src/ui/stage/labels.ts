import { between, pointAt, type Curve, type Point, type Rect } from './geometry.ts';

export interface LabelRequest {
  readonly key: string;
  readonly curve: Curve;
  /** The sign on the line that the label explains. */
  readonly sign: Point;
  readonly width: number;
  readonly height: number;
}

/** Something a label should not hide; the weight says how bad it would be. */
export interface Obstacle {
  readonly rect: Rect;
  readonly weight: number;
}

const shares = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];

/** Puts each label on or beside its own line, where it hides least. */
export function placeLabels(
  requests: readonly LabelRequest[],
  obstacles: readonly Obstacle[],
  bounds: Rect,
): Map<string, Point> {
  const taken: Obstacle[] = [...obstacles];
  const labels: Rect[] = [];
  const places = new Map<string, Point>();
  for (const request of requests) {
    let best: { readonly at: Point; readonly rect: Rect; readonly cost: number } | null = null;
    for (const candidate of candidatesOf(request)) {
      const at = inside(candidate.at, request, bounds);
      const rect = rectAround(at, request);
      const far = Math.hypot(at.x - request.sign.x, at.y - request.sign.y) * 9;
      const crossing = labels.filter((label) => crosses(request.sign, at, label)).length * 4_000;
      const cost = taken.reduce(
        (sum, each) => sum + each.weight * overlap(rect, each.rect),
        candidate.cost + far + crossing,
      );
      if (best === null || cost < best.cost) best = { at, rect, cost };
    }
    if (best === null) continue;
    taken.push({ rect: best.rect, weight: 8 });
    labels.push(best.rect);
    places.set(request.key, best.at);
  }
  return places;
}

function* candidatesOf({ curve, width, height }: LabelRequest): Generator<{ at: Point; cost: number }> {
  for (const share of shares) {
    const on = pointAt(curve, share);
    const ahead = pointAt(curve, share + 0.02);
    const angle = Math.atan2(ahead.y - on.y, ahead.x - on.x);
    // How far the box must be moved sideways until its own line no longer runs through it.
    const aside = (Math.abs(Math.sin(angle)) * width + Math.abs(Math.cos(angle)) * height) / 2 + 13;
    for (const side of [-1, 1]) {
      for (const further of [0, 22, 46, 80]) {
        const away = (aside + further) * side;
        yield {
          at: { x: on.x - Math.sin(angle) * away, y: on.y + Math.cos(angle) * away },
          cost: side === 1 ? 60 : 0,
        };
      }
    }
    yield { at: on, cost: 420 };
  }
}

/** Moves pills that would cover each other apart, downwards, in the order given. */
export function separate(rects: readonly Rect[]): Rect[] {
  const placed: Rect[] = [];
  for (const rect of rects) {
    let y = rect.y;
    for (let round = 0; round < 8; round += 1) {
      const hit = placed.find((other) => overlap({ ...rect, y }, other) > 0);
      if (hit === undefined) break;
      y = hit.y + hit.height + 4;
    }
    placed.push({ ...rect, y });
  }
  return placed;
}

function inside({ x, y }: Point, { width, height }: LabelRequest, bounds: Rect): Point {
  const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
  return {
    x: clamp(x, bounds.x + width / 2 + 4, bounds.x + bounds.width - width / 2 - 4),
    y: clamp(y, bounds.y + height / 2 + 4, bounds.y + bounds.height - height / 2 - 4),
  };
}

function rectAround({ x, y }: Point, { width, height }: { width: number; height: number }): Rect {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

function overlap(a: Rect, b: Rect): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Whether the way between two points runs through a box. */
function crosses(from: Point, to: Point, box: Rect): boolean {
  return [0.1, 0.25, 0.4, 0.55, 0.7, 0.85].some((share) => {
    const { x, y } = between(from, to, share);
    return x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;
  });
}
