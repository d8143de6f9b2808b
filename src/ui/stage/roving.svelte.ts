import type { Point } from './geometry.ts';

/** Arrow keys as directions on the stage. */
const directions: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/**
 * One tab stop for a group of things on the stage; arrow keys move to the neighbour in their direction, Home and End
 * to the first and last.
 */
export class Roving {
  #places: () => ReadonlyMap<string, Point>;
  #chosen = $state<string | null>(null);
  /** The member that Tab reaches: the last one visited, or the first while that one is gone. */
  readonly active = $derived.by(() => {
    const places = this.#places();
    if (this.#chosen !== null && places.has(this.#chosen)) return this.#chosen;
    return places.keys().next().value ?? null;
  });

  constructor(places: () => ReadonlyMap<string, Point>) {
    this.#places = places;
  }

  choose(key: string): void {
    this.#chosen = key;
  }

  /** Handles a key press on a member; returns the member to focus, or null when the key means nothing here. */
  move(event: KeyboardEvent, from: string): string | null {
    if (event.altKey || event.ctrlKey || event.metaKey) return null;
    const keys = [...this.#places().keys()];
    const next =
      event.key === 'Home'
        ? keys[0]
        : event.key === 'End'
          ? keys.at(-1)
          : this.#neighbour(from, directions[event.key]);
    if (next === undefined || next === from) return null;
    event.preventDefault();
    this.#chosen = next;
    return next;
  }

  #neighbour(from: string, direction: Point | undefined): string | undefined {
    const places = this.#places();
    const start = places.get(from);
    if (direction === undefined || start === undefined) return undefined;
    let best: { readonly key: string; readonly cost: number } | undefined;
    for (const [key, at] of places) {
      const along = (at.x - start.x) * direction.x + (at.y - start.y) * direction.y;
      const aside = Math.abs((at.x - start.x) * direction.y) + Math.abs((at.y - start.y) * direction.x);
      if (key === from || along < 1) continue;
      const cost = along + 2.5 * aside;
      if (best === undefined || cost < best.cost) best = { key, cost };
    }
    return best?.key;
  }
}
