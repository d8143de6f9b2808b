import type { Circle, Rect } from './geometry.ts';
import type { StageLayout } from './layout.ts';

/**
 * Layouts between two layouts: what stands in both glides from the one place to the other, what is new stands where
 * it will stay. Sizes of texts and the level of detail are the new layout's from the start.
 */
export function interpolateLayout(from: StageLayout, to: StageLayout): (share: number) => StageLayout {
  const circle = between<Circle>((a, b, share) => ({
    x: mix(a.x, b.x, share),
    y: mix(a.y, b.y, share),
    r: mix(a.r, b.r, share),
  }));
  const rect = between<Rect>((a, b, share) => ({
    x: mix(a.x, b.x, share),
    y: mix(a.y, b.y, share),
    width: mix(a.width, b.width, share),
    height: mix(a.height, b.height, share),
  }));
  return (share) =>
    share >= 1
      ? to
      : {
          ...to,
          istiods: rect.all(from.istiods, to.istiods, share),
          apiServer: rect.one(from.apiServer, to.apiServer, share),
          nodes: rect.all(from.nodes, to.nodes, share),
          pods: circle.all(from.pods, to.pods, share),
        };
}

function between<T>(one: (a: T, b: T, share: number) => T) {
  return {
    one,
    all: (
      from: ReadonlyMap<string, T>,
      to: ReadonlyMap<string, T>,
      share: number,
    ): ReadonlyMap<string, T> => {
      const mixed = new Map<string, T>();
      for (const [key, target] of to) {
        const source = from.get(key);
        mixed.set(key, source === undefined ? target : one(source, target, share));
      }
      return mixed;
    },
  };
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** Whether a change of layout is worth a glide: a resize is followed at once, and so is a crowd. */
export function glideMs(from: StageLayout, to: StageLayout): number {
  const resized = from.containerWidth !== to.containerWidth || from.containerHeight !== to.containerHeight;
  return resized || from.pods.size === 0 || to.pods.size > 150 ? 0 : 420;
}
